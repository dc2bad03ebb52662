/** Whether a profile that came from outside makes a transform that shows anything: it can have been edited by hand. */
import { OptionError } from '../../../utils/errors.ts';
import { hasStrengths } from '../fit/check-fit.ts';
import { STAIN_FLOORS, type StainMethodName } from '../options.ts';
import type { ColorMoments, StainStatistics, StainVectors } from '../stain-method.ts';
import { cross } from '../vectors/vectors.ts';
import { PROFILE_SCHEMA, type StainProfile } from './stain-profile.ts';

/** What is left beside haematoxylin and eosin is a stain of its own. */
const THREE_STAINS: readonly StainMethodName[] = ['macenko-histolab', 'macenko-histomicstk'];
/** Stain vectors have length 1, or a little less where they are the mean of several. */
const [SHORTEST, LONGEST] = [0.5, 1.5];
/** Below the least deviation that any method of colours takes for more than noise. */
const LEAST_DEVIATION = 1e-4;

/** What is wrong with the statistics, for messages; undefined for all that the method's `fit` gives. */
export function findFlaw(method: StainMethodName, statistics: StainStatistics): string | undefined {
  const kind = method.startsWith('reinhard') ? 'color' : 'stains';
  if (statistics.kind !== kind) return `${method} has statistics of kind '${kind}', not '${statistics.kind}'`;
  return statistics.kind === 'color' ? findColorFlaw(statistics) : findStainFlaw(method, statistics);
}

/** @throws OptionError for no profile, one of another method, and numbers that would make noise or nothing of a picture */
export function checkProfile(profile: StainProfile, method: StainMethodName, option: string): void {
  const schema: unknown = profile?.schema;
  if (schema !== PROFILE_SCHEMA) throw new OptionError(option, `a profile (${PROFILE_SCHEMA})`, schema);
  if (profile.method !== method)
    throw new OptionError(option, `a profile of ${method}`, profile.method, {
      hint: 'statistics of one method mean nothing to another: fit the profile again, or choose its method',
    });
  const flaw = profile.statistics && findFlaw(method, profile.statistics);
  if (flaw !== undefined)
    throw new OptionError(option, 'statistics as fitStainProfile finds them', flaw, {
      hint: 'fit the profile again: no picture has such stains',
    });
}

function findColorFlaw({ mean, deviation }: ColorMoments): string | undefined {
  if (!mean.every(Number.isFinite)) return 'a mean that is no number';
  return deviation.every((value) => value >= LEAST_DEVIATION && Number.isFinite(value))
    ? undefined
    : `a deviation below ${LEAST_DEVIATION}`;
}

function findStainFlaw(method: StainMethodName, { stains, maxConcentrations }: StainVectors): string | undefined {
  const count = THREE_STAINS.includes(method) ? 3 : 2;
  if (stains.length !== count || maxConcentrations.length !== count) return `not ${count} stains with a strength each`;
  const lengths = stains.map((stain) => Math.hypot(...stain));
  if (!lengths.every((length) => length >= SHORTEST && length <= LONGEST)) return 'a stain vector far from length 1';
  if (stains.slice(0, 2).some(([r, g, b]) => r + g + b <= 0)) return 'a stain that makes pixels brighter';
  const [h, e] = stains;
  const sine = h && e ? Math.hypot(...cross(h, e)) / ((lengths[0] ?? 1) * (lengths[1] ?? 1)) : 0;
  if (!(sine >= STAIN_FLOORS.stainAngle)) return 'stains that are one and the same';
  return hasStrengths(maxConcentrations) ? undefined : `a strength below ${STAIN_FLOORS.maxConcentration}`;
}
