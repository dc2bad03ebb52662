import { MissingMppError } from '../utils/errors.ts';
import { checkNumber } from '../utils/options.ts';
import type { Mpp, Slide } from './slide.ts';

/** Microns per level-0 pixel as the user gives them: one number for both axes, or one per axis. */
export type MppOption = number | { readonly x: number; readonly y: number };

interface PixelSize {
  readonly x: number;
  readonly y: number;
}

/** Pixel sizes that a light microscope's slide can have, µm: 200x oil immersion to a 0.25x overview. */
const PLAUSIBLE = { min: 0.04, max: 40 };

/**
 * The objective's usual pixel size: 10 µm at 1x, so 0.5 µm at 20x and 0.25 µm at 40x. Scanners differ by up to 20 %, which
 * is why it is taken only when asked for, and such an mpp is marked `objective` and never `metadata`.
 */
const MICRONS_AT_1X = 10;

export interface MppEvidence {
  /** The user's word; wins over everything. */
  readonly override?: PixelSize | undefined;
  /** Written as microns per pixel by the scanner. */
  readonly metadata?: PixelSize | undefined;
  /** TIFF resolution in pixels per unit, with ResolutionUnit (tag 296: 2 inch, 3 centimetre). */
  readonly resolution?: { readonly x: number; readonly y: number; readonly unit: number } | undefined;
}

/** The best supported pixel size, with where it comes from. Implausible evidence is passed over, never corrected. */
export function resolveMpp({ override, metadata, resolution }: MppEvidence): Mpp | undefined {
  if (override) return { ...override, source: 'override' };
  if (metadata && isPlausible(metadata)) return { ...metadata, source: 'metadata' };
  const tag = resolution && fromResolution(resolution);
  if (tag && isPlausible(tag)) return { ...tag, source: 'resolution-tag' };
  return undefined;
}

/** What the objective suggests, the same on both axes; undefined without one, or where it suggests nothing plausible. */
export function estimateMpp(objectivePower: number | undefined): PixelSize | undefined {
  if (!objectivePower || objectivePower <= 0) return undefined;
  const mpp = { x: MICRONS_AT_1X / objectivePower, y: MICRONS_AT_1X / objectivePower };
  return isPlausible(mpp) ? mpp : undefined;
}

/** The pixel size that the format found or, where it found none and the user asked for that, the objective's. */
export function completeMpp(
  { mpp, objectivePower }: Pick<Slide, 'mpp' | 'objectivePower'>,
  { mppFromObjective }: { readonly mppFromObjective: boolean },
): Mpp | undefined {
  if (mpp || !mppFromObjective) return mpp;
  const estimate = estimateMpp(objectivePower);
  return estimate && { ...estimate, source: 'objective' };
}

/** For a stage that needs microns: the hint says what can be done about it, and what the objective would give. */
export function createMissingMppError(
  slide: { readonly name: string; readonly objectivePower?: number | undefined },
  stage: string,
): MissingMppError {
  const { name, objectivePower } = slide;
  return new MissingMppError(name, stage, { objectivePower, estimate: estimateMpp(objectivePower)?.x });
}

/** `0.5 µm`, or `0.5 x 0.25 µm` where the axes differ; up to four decimals. */
export function formatMpp({ x, y }: PixelSize): string {
  const [a, b] = [x, y].map((value) => String(Math.round(value * 10_000) / 10_000));
  return `${a === b ? a : `${a} x ${b}`} µm`;
}

/** Checks the user's `mpp` option: one number for both axes, or one per axis. @throws OptionError */
export function parseMppOption(mpp: MppOption | undefined): PixelSize | undefined {
  if (mpp === undefined) return undefined;
  const { x, y } = typeof mpp === 'object' && mpp !== null ? mpp : { x: mpp, y: mpp };
  return { x: checkNumber('mpp', x, { above: 0 }), y: checkNumber('mpp', y, { above: 0 }) };
}

function fromResolution({ x, y, unit }: { x: number; y: number; unit: number }) {
  const microns = unit === 3 ? 10_000 : unit === 2 ? 25_400 : Number.NaN;
  return { x: microns / x, y: microns / y };
}

function isPlausible({ x, y }: PixelSize): boolean {
  return x >= PLAUSIBLE.min && x <= PLAUSIBLE.max && y >= PLAUSIBLE.min && y <= PLAUSIBLE.max;
}
