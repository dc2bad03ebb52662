/** What was found of the stains of an image, a slide or a cohort, as plain data. */
import { VERSION } from '../../../utils/version.ts';
import { isPlausible } from '../fit/refuse-implausible.ts';
import type { ImplausibleChoice, StainMethodName } from '../options.ts';
import type { DegenerateReason, StainFit, StainStatistics } from '../stain-method.ts';
import { averageStatistics } from './combine-fits.ts';

export const PROFILE_SCHEMA = 'slideloom/stain-profile/v1';

/** The file or slide that a profile was made of. */
export interface ProfileInput {
  /** Without folders. */
  readonly name: string;
  readonly size?: number | undefined;
  readonly mtimeMs?: number | undefined;
  readonly etag?: string | undefined;
}

export interface StainProfile {
  readonly schema: typeof PROFILE_SCHEMA;
  /** Version of slideloom that made it. */
  readonly slideloom: string;
  readonly method: StainMethodName;
  readonly of: 'image' | 'slide' | 'cohort' | 'reference';
  readonly status: 'fitted' | 'degenerate';
  /** Why there are no statistics. */
  readonly reason?: DegenerateReason | undefined;
  readonly statistics?: StainStatistics | undefined;
  /** Pixels that were looked at, and how many of them were tissue. */
  readonly pixels: number;
  readonly tissuePixels: number;
  /** What it was made of: one slide or image, the members of a cohort. */
  readonly inputs: readonly ProfileInput[];
  /** How pixels were chosen, for a slide. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

export interface ProfileOrigin {
  readonly method: StainMethodName;
  readonly of: StainProfile['of'];
  readonly inputs?: readonly ProfileInput[];
  readonly parameters?: Readonly<Record<string, unknown>>;
}

export function createProfile(
  fit: StainFit,
  { method, of, inputs = [], parameters = {} }: ProfileOrigin,
): StainProfile {
  const { pixels, tissuePixels } = fit;
  const found =
    fit.status === 'fitted'
      ? ({ status: 'fitted', statistics: fit.statistics } as const)
      : ({ status: 'degenerate', reason: fit.reason } as const);
  return { schema: PROFILE_SCHEMA, slideloom: VERSION, method, of, ...found, pixels, tissuePixels, inputs, parameters };
}

/** The profile, or with `refuse` a degenerate one where its stains are not plausible. */
export function refuseProfile(profile: StainProfile, choice: ImplausibleChoice): StainProfile {
  const { statistics } = profile;
  if (choice === 'use' || !statistics || isPlausible(statistics)) return profile;
  return { ...profile, status: 'degenerate', reason: 'implausible-stains', statistics: undefined };
}

/**
 * The profile of a cohort: the mean of its members' vectors (unit length again), strengths and moments. Members without
 * statistics have no say; without any other the cohort is degenerate for the first one's reason.
 * @throws TypeError for no profiles, and for profiles of different methods
 */
export function combineProfiles(profiles: readonly StainProfile[]): StainProfile {
  const [first] = profiles;
  if (!first) throw new TypeError('expected at least one profile');
  const { method } = first;
  const other = profiles.find((profile) => profile.method !== method);
  if (other) throw new TypeError(`expected profiles of ${method} but received one of ${other.method}`);
  const known = profiles.flatMap(({ statistics }) => statistics ?? []);
  const counts = {
    pixels: profiles.reduce((sum, { pixels }) => sum + pixels, 0),
    tissuePixels: profiles.reduce((sum, { tissuePixels }) => sum + tissuePixels, 0),
  };
  const fit: StainFit =
    known.length > 0
      ? { status: 'fitted', statistics: averageStatistics(known, { unit: true }), ...counts }
      : { status: 'degenerate', reason: first.reason ?? 'empty', ...counts };
  return createProfile(fit, { method, of: 'cohort', inputs: profiles.flatMap(({ inputs }) => inputs) });
}
