/**
 * Tables that turn 8-bit RGB into planes of 32-bit floats: 3 x 256 values, one for each level of each channel. Whatever
 * the formula, a level has one value, so that tables are exact and need no division per pixel.
 */
import { OptionError } from '../../utils/errors.ts';
import { checkNumber, withDefaults } from '../../utils/options.ts';
import type { PixelBlock } from './pixel-block.ts';

const LEVELS = 256;
export const PLANE_TABLE_LENGTH = 3 * LEVELS;

export interface ModelTableOptions {
  /** Of each channel, of levels brought to 0..1. */
  mean?: readonly [number, number, number] | undefined;
  std?: readonly [number, number, number] | undefined;
}

/** Levels / 255 and nothing else. */
export const MODEL_TABLE_DEFAULTS = Object.freeze({ mean: [0, 0, 0], std: [1, 1, 1] } as const);

/**
 * (v / 255 - mean) / std, rounded to f32 after each operation: bit for bit what torch's transforms give. @throws
 * OptionError
 */
export function createModelTables(options: ModelTableOptions = {}): Float32Array {
  const { mean, std } = withDefaults(MODEL_TABLE_DEFAULTS, options);
  checkTriple('mean', mean);
  checkTriple('std', std);
  const { fround } = Math;
  return createTables((v, c) => {
    const centred = fround(fround(v / 255) - fround(mean[c]!));
    return fround(centred / fround(std[c]!));
  });
}

/**
 * Optical density -ln((v + 1) / Io), rounded once to f32. `lightIntensity` Io is the level of empty glass plus 1:
 * levels above it have a density below 0. @throws OptionError
 */
export function createDensityTables(lightIntensity: number): Float32Array {
  checkNumber('lightIntensity', lightIntensity, { above: 0 });
  return createTables((v) => -Math.log((v + 1) / lightIntensity));
}

/**
 * Fills `planes` (all of red, then green, then blue, rows without padding) from an RGB block. The plain version of the
 * kernel rgb-to-planes.
 */
export function fillPlanes(source: PixelBlock, tables: Float32Array, planes: Float32Array): void {
  const { pixels, pitch, width, height } = source;
  const plane = width * height;
  for (let row = 0, to = 0; row < height; row++) {
    for (let x = 0, at = row * pitch; x < width; x++, at += 3, to++) {
      planes[to] = tables[pixels[at]!]!;
      planes[to + plane] = tables[LEVELS + pixels[at + 1]!]!;
      planes[to + 2 * plane] = tables[2 * LEVELS + pixels[at + 2]!]!;
    }
  }
}

function createTables(getValue: (level: number, channel: number) => number): Float32Array {
  return Float32Array.from({ length: PLANE_TABLE_LENGTH }, (_, i) => getValue(i % LEVELS, Math.floor(i / LEVELS)));
}

function checkTriple(option: 'mean' | 'std', values: readonly number[]): void {
  if (values.length !== 3) throw new OptionError(option, 'three numbers, one a channel', values);
  // A deviation of 0 would divide by it.
  for (const value of values) checkNumber(option, value, option === 'std' ? { above: 0 } : {});
}
