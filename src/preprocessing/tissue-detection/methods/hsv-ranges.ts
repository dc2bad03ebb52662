import { OptionError } from '../../../utils/errors.ts';
import { checkNumber } from '../../../utils/options.ts';

/** Inclusive ranges in OpenCV's 8-bit HSV: hue 0..179 in half degrees, saturation and value 0..255. */
export interface HsvRanges {
  readonly hue: readonly [number, number];
  readonly saturation: readonly [number, number];
  readonly value: readonly [number, number];
}

/**
 * `any-stain` takes whatever has colour, as glass has little; black (padding, ink) is out, whose saturation is noise.
 * `he` takes purple and pink; brown (DAB) and blue fall out of it, so it finds nothing on immunohistochemistry, and no
 * blue pen on H&E. `ihc-dab` asks for more colour, of any hue, at any brightness.
 */
export const HSV_PRESETS = {
  'any-stain': { hue: [0, 180], saturation: [15, 255], value: [20, 255] },
  he: { hue: [130, 180], saturation: [20, 255], value: [20, 255] },
  'ihc-dab': { hue: [0, 180], saturation: [20, 255], value: [0, 255] },
} as const satisfies Record<string, HsvRanges>;
export type HsvPreset = keyof typeof HSV_PRESETS;

/** @throws OptionError */
export function checkHsv(ranges: HsvRanges): void {
  for (const name of ['hue', 'saturation', 'value'] as const) {
    const range: unknown = ranges[name];
    if (!Array.isArray(range) || range.length !== 2) throw new OptionError(`hsv.${name}`, 'a pair [low, high]', range);
    const low = checkNumber(`hsv.${name}`, range[0], { min: 0, max: 255 });
    checkNumber(`hsv.${name}`, range[1], { min: low, max: 255 });
  }
}
