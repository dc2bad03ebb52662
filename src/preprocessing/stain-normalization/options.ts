/**
 * Names, defaults and safety floors of stain normalisation. Light on purpose: the command line reads it for `--help`.
 */

/** Published variants, each under its own name; docs/stain-normalization.md says which software each one equals. */
export const STAIN_METHODS = [
  'macenko',
  'macenko-henorm',
  'macenko-staintools',
  'macenko-tiatoolbox',
  'macenko-histolab',
  'macenko-histomicstk',
  'vahadane',
  'reinhard',
  'reinhard-modified',
  'reinhard-tiatoolbox',
  'reinhard-histolab',
  'reinhard-histomicstk',
  'ruifrok',
] as const;
export type StainMethodName = (typeof STAIN_METHODS)[number];

/** From what the stains of a source are known: each picture by itself, its slide, or all slides together. */
export const STAIN_SCOPES = ['patch', 'slide', 'cohort'] as const;
export type StainScope = (typeof STAIN_SCOPES)[number];

/** What becomes of a picture whose stains can't be told: it stays as it is and says so, or a `StainError` is thrown. */
export const DEGENERATE_CHOICES = ['keep', 'throw'] as const;
export type DegenerateChoice = (typeof DEGENERATE_CHOICES)[number];

/** How several targets become one: the mean of their statistics, or the statistics of all their pixels together. */
export const TARGET_RULES = ['average', 'pool'] as const;
export type TargetRule = (typeof TARGET_RULES)[number];

/**
 * What becomes of glass: what the published method makes of it, byte for byte, or nothing: white stays white, pale pixels
 * get a part of the change, and tissue all of it.
 */
export const GLASS_CHOICES = ['published', 'keep'] as const;
export type GlassChoice = (typeof GLASS_CHOICES)[number];

/** Stains that no dye of histology has, as of pen or ink: used as published, or refused as if there were none. */
export const IMPLAUSIBLE_CHOICES = ['use', 'refuse'] as const;
export type ImplausibleChoice = (typeof IMPLAUSIBLE_CHOICES)[number];

/** What `createStainNormalizer` takes where nothing is said; `fit` goes by the source. */
export const STAIN_DEFAULTS = Object.freeze({
  method: 'macenko',
  targetRule: 'average',
  onDegenerate: 'keep',
  glass: 'published',
  implausible: 'use',
  seed: 42,
} as const);

/**
 * Below these floors the stains of a picture can't be told from noise. Measured on real tiles: see "Floors" in
 * docs/stain-normalization.md.
 */
export const STAIN_FLOORS = Object.freeze({
  /** Tissue pixels: a percentile of fewer is the value of a single pixel. */
  tissuePixels: 50,
  /** Tissue pixels of all pixels: concentrations are compared by a percentile of the whole picture. */
  tissueShare: 0.02,
  /** The 99th percentile of a stain's concentration, in natural-log optical density. */
  maxConcentration: 0.2,
  /** The same, of either sign, of what is left beside two stains where a method scales it as a third: it may be very little. */
  restConcentration: 1e-4,
  /** Second eigenvalue of the covariance of optical densities, in squared natural-log units. */
  spread: 1e-6,
  /** Sine of the angle between two stain vectors. */
  stainAngle: 0.01,
  /** Green component of each stain that is plausible. */
  greenDensity: 0.4,
  /** The least component of each stain that is plausible: negative, as noise moves a component of next to nothing. */
  leastDensity: -0.05,
});
