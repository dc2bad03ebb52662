import { OptionError } from '../../utils/errors.ts';
import { checkMemoryMode, type MemoryMode } from '../../utils/memory-mode.ts';
import { checkChoice, checkInteger, withDefaults } from '../../utils/options.ts';
import {
  DEGENERATE_CHOICES,
  type DegenerateChoice,
  GLASS_CHOICES,
  type GlassChoice,
  IMPLAUSIBLE_CHOICES,
  type ImplausibleChoice,
  STAIN_DEFAULTS,
  STAIN_METHODS,
  STAIN_SCOPES,
  type StainMethodName,
  type StainScope,
  TARGET_RULES,
  type TargetRule,
} from './options.ts';
import type { ProfileSource } from './profiles/fit-profile.ts';
import type { StainProfile } from './profiles/stain-profile.ts';

export interface StainNormalizerOptions {
  method?: StainMethodName;
  /** Whose colours pictures get; by default the method's own reference, where it has one. */
  target?: StainTarget | readonly StainTarget[] | undefined;
  /** Several targets: the mean of their statistics, or the statistics of all their pixels. */
  targetRule?: TargetRule;
  /** Whose stains are looked for; by default `patch` without a source, `slide` with one, `cohort` with several. */
  fit?: StainScope | undefined;
  /** What pictures come from: their slide or its profile, or the profiles of all slides of the cohort. */
  source?: StainTarget | readonly StainProfile[] | undefined;
  onDegenerate?: DegenerateChoice;
  /** What becomes of glass: by default what the published method makes of it. */
  glass?: GlassChoice;
  /** Stains as of pen or ink: by default they are used as they are found. */
  implausible?: ImplausibleChoice;
  /** Which pixels of a slide are sampled. */
  seed?: number;
  /** `naive`, of `macenko` alone, keeps all arrays of a picture (136 bytes a pixel) until it is done: to compare with. */
  mode?: MemoryMode | undefined;
}

/** Pixels, an open slide, a profile, or the path of a slide, an image or a profile (`.json`). */
export type StainTarget = ProfileSource | StainProfile;

export type NormalizerSettings = ReturnType<typeof checkNormalizerOptions>;

/** @throws OptionError */
export function checkNormalizerOptions(given: StainNormalizerOptions) {
  const { source } = given;
  const several = Array.isArray(source);
  const scope: StainScope = source === undefined ? 'patch' : several ? 'cohort' : 'slide';
  const settings = withDefaults({ ...STAIN_DEFAULTS, fit: scope }, given);
  const method = checkChoice<StainMethodName>('method', settings.method, STAIN_METHODS);
  const targetRule = checkChoice<TargetRule>('targetRule', settings.targetRule, TARGET_RULES);
  const fit = checkChoice<StainScope>('fit', settings.fit, STAIN_SCOPES);
  const onDegenerate = checkChoice<DegenerateChoice>('onDegenerate', settings.onDegenerate, DEGENERATE_CHOICES);
  const glass = checkChoice<GlassChoice>('glass', settings.glass, GLASS_CHOICES);
  const implausible = checkChoice<ImplausibleChoice>('implausible', settings.implausible, IMPLAUSIBLE_CHOICES);
  const fits = fit === 'patch' ? source === undefined : source !== undefined && (fit === 'cohort' || !several);
  if (!fits)
    throw new OptionError('source', `${SOURCES[fit]} with fit: '${fit}'`, source, {
      hint: 'fitStainProfile makes the profile of a slide; give it as `source`',
    });
  const seed = checkInteger('seed', settings.seed);
  const mode = checkMemoryMode(given.mode);
  return { method, targetRule, fit, onDegenerate, glass, implausible, seed, mode, source, target: given.target };
}

const SOURCES = {
  patch: 'no source',
  slide: 'one slide or profile',
  cohort: 'the profiles of all slides',
} as const;
