/**
 * Tables for `out = intensity * exp(-(map · density)) + offset` without a logarithm or an exponential for each pixel: the
 * exponential of a sum is a product, and each of its factors depends on one 8-bit level.
 */
import { OptionError } from '../../utils/errors.ts';
import type { GlassRange } from './blend-glass.ts';

const LEVELS = 256;
/** Numbers for a level: three factors and one more, so that rows are aligned. */
const ROW = 4;
export const MAP_TABLE_LENGTH = 3 * LEVELS * ROW;

/** Beyond exp(+-28) a product of three leaves the range of float32; the float64 factors serve then. */
const MAX_FLOAT32_EXPONENT = 28;
/** Beyond exp(+-230) it leaves that of float64. */
export const MAX_EXPONENT = 230;

export interface DensityMap {
  /** Optical density of each grey level, in any unit: 256 numbers. */
  readonly density: Float64Array;
  /** 3 x 3, by rows: from the densities of R, G, B to those of the output. */
  readonly map: Float64Array;
  /** Level of the output without any density. */
  readonly intensity: number;
  /** Added to each value before it is cut to a whole number: a multiple of 1/4096, 0 by default. */
  readonly offset?: number | undefined;
  /** Most that comes out, 255 by default; what would be more becomes this. */
  readonly over?: number | undefined;
}

export interface DensityMapTables {
  /** For each channel of the input, each level: what it multiplies R, G, B of the output by, and an unused 0. */
  readonly factors: Float64Array;
  /** The same rounded; the fourth number is a mark, 0 where the row does not fit into float32. */
  readonly rounded: Float32Array;
  readonly offset: number;
  readonly over: number;
  /** What is glass, and keeps its colour; nothing where this is absent. */
  readonly glass?: GlassRange | undefined;
}

/**
 * Whether factors can stand for the exponential. They can't only where the source's stains are all but parallel, and one
 * channel's share would leave the range of numbers though their sum need not.
 */
export function hasMapTables({ density, map }: DensityMap): boolean {
  const [most, steepest] = [density, map].map((values) => values.reduce((top, one) => Math.max(top, Math.abs(one)), 0));
  return most! * steepest! <= MAX_EXPONENT;
}

/** @throws OptionError where there are none: see `hasMapTables` */
export function createMapTables(settings: DensityMap): DensityMapTables {
  const { density, map, intensity, offset = 0, over = 255 } = settings;
  if (!hasMapTables(settings)) throw new OptionError('map', `exponents of at most ${MAX_EXPONENT}`, [...map]);
  const factors = new Float64Array(MAP_TABLE_LENGTH);
  const rounded = new Float32Array(MAP_TABLE_LENGTH);
  for (let input = 0, at = 0; input < 3; input++) {
    const [first, mark] = input === 0 ? [intensity, 0.5] : [1, 1];
    for (let level = 0; level < LEVELS; level++, at += ROW) {
      let fits = true;
      for (let c = 0; c < 3; c++) {
        const exponent = -map[3 * c + input]! * density[level]!;
        const factor = first * Math.exp(exponent);
        if (Math.abs(exponent) > MAX_FLOAT32_EXPONENT) fits = false;
        factors[at + c] = factor;
        rounded[at + c] = factor;
      }
      if (!fits) rounded.fill(1, at, at + 3);
      rounded[at + 3] = fits ? mark : 0;
    }
  }
  return { factors, rounded, offset, over };
}
