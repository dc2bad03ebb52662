import { checkNumber } from '../utils/options.ts';
import type { Mpp } from './slide.ts';

/** Pixel sizes that a light microscope's slide can have, µm: 200x oil immersion to a 0.25x overview. */
const PLAUSIBLE = { min: 0.04, max: 40 };

/**
 * The objective's usual pixel size: 10 µm at 1x, so 0.5 µm at 20x and 0.25 µm at 40x. Scanners differ by up to 20 %, which
 * is why such an mpp is marked `objective` and never `metadata`.
 */
const MICRONS_AT_1X = 10;

export interface MppEvidence {
  /** The user's word; wins over everything. */
  readonly override?: { readonly x: number; readonly y: number } | undefined;
  /** Written as microns per pixel by the scanner. */
  readonly metadata?: { readonly x: number; readonly y: number } | undefined;
  /** TIFF resolution in pixels per unit, with ResolutionUnit (tag 296: 2 inch, 3 centimetre). */
  readonly resolution?: { readonly x: number; readonly y: number; readonly unit: number } | undefined;
  readonly objectivePower?: number | undefined;
}

/** The best supported pixel size, with where it comes from. Implausible evidence is passed over, never corrected. */
export function resolveMpp(evidence: MppEvidence): Mpp | undefined {
  const { override, metadata, resolution, objectivePower } = evidence;
  if (override) return { ...override, source: 'override' };
  if (metadata && isPlausible(metadata)) return { ...metadata, source: 'metadata' };
  const tag = resolution && fromResolution(resolution);
  if (tag && isPlausible(tag)) return { ...tag, source: 'resolution-tag' };
  if (objectivePower && objectivePower > 0) {
    const mpp = MICRONS_AT_1X / objectivePower;
    if (isPlausible({ x: mpp, y: mpp })) return { x: mpp, y: mpp, source: 'objective' };
  }
  return undefined;
}

/** Checks the user's `mpp` option: one number for both axes, or one per axis. @throws OptionError */
export function parseMppOption(
  mpp: number | { x: number; y: number } | undefined,
): { x: number; y: number } | undefined {
  if (mpp === undefined) return undefined;
  const { x, y } = typeof mpp === 'object' && mpp !== null ? mpp : { x: mpp, y: mpp };
  return { x: checkNumber('mpp', x, { above: 0 }), y: checkNumber('mpp', y, { above: 0 }) };
}

function fromResolution({ x, y, unit }: { x: number; y: number; unit: number }) {
  const microns = unit === 3 ? 10_000 : unit === 2 ? 25_400 : Number.NaN;
  return { x: microns / x, y: microns / y };
}

function isPlausible({ x, y }: { x: number; y: number }): boolean {
  return x >= PLAUSIBLE.min && x <= PLAUSIBLE.max && y >= PLAUSIBLE.min && y <= PLAUSIBLE.max;
}
