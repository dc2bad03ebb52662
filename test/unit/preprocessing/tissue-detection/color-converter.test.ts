import { describe, expect, it } from 'vitest';
import { hasWasmSimd } from '../../../../src/io/kernels/wasm-kernels.ts';
import { createColorConverter, PLAIN_COLORS } from '../../../../src/preprocessing/tissue-detection/color-converter.ts';
import { thresholdSaturation } from '../../../../src/preprocessing/tissue-detection/methods/clam.ts';
import { CLAM_PRESETS } from '../../../../src/preprocessing/tissue-detection/methods/clam-parameters.ts';
import { segmentHsv } from '../../../../src/preprocessing/tissue-detection/methods/hsv.ts';
import { HSV_PRESETS } from '../../../../src/preprocessing/tissue-detection/methods/hsv-ranges.ts';
import { segmentOtsu } from '../../../../src/preprocessing/tissue-detection/methods/otsu.ts';
import { segmentTridentTile } from '../../../../src/preprocessing/tissue-detection/methods/trident.ts';
import { createRandom, PINK, paint, type Rgb, WHITE } from './support.ts';

const fast = createColorConverter();
const CONVERSIONS = ['computeGrey', 'computeSaturation', 'computeHsv'] as const;

function createColors(pixels: number, seed: number): Uint8Array {
  const random = createRandom(seed);
  return Uint8Array.from({ length: 3 * pixels }, () => Math.floor(random() * 256));
}

/** Blots of two stains on uneven glass with black padding: something for every rule of every method. */
function paintSlide(width: number, height: number) {
  const random = createRandom(9);
  return paint(width, height, (x, y): Rgb => {
    if (x < 6) return [0, 2, 1];
    const stain =
      Math.sin(x / 31) + Math.sin(y / 23) > 0.6 ? PINK : Math.sin(x / 9 + y / 7) > 0.97 ? [110, 80, 150] : WHITE;
    const noise = Math.floor(random() * 14);
    return [stain[0] - noise, stain[1] - noise, stain[2] - Math.floor(random() * 9)];
  });
}

// Tolerance 0: which machine it is must not show in a mask.
describe('colour converter', () => {
  it('runs the kernels here', () => {
    expect(hasWasmSimd()).toBe(true);
    expect(fast).not.toBe(PLAIN_COLORS);
  });

  it.each(CONVERSIONS)('%s equals the plain version for none, one and chunks of pixels', (name) => {
    for (const pixels of [0, 1, 15, 16, 17, 16_383, 16_384, 16_385, 40_000]) {
      const rgb = createColors(pixels, pixels);
      expect(Buffer.compare(fast[name](rgb), PLAIN_COLORS[name](rgb)), `${pixels} pixels`).toBe(0);
    }
  });

  it.each(CONVERSIONS)('%s fills an array that is given, and nothing beside it', (name) => {
    const rgb = createColors(20_000, 4);
    const expected = PLAIN_COLORS[name](rgb);
    for (const colors of [fast, PLAIN_COLORS]) {
      const around = new Uint8Array(expected.length + 32).fill(77);
      const out = around.subarray(16, 16 + expected.length);
      expect(colors[name](rgb, out)).toBe(out);
      expect(Buffer.compare(out, expected)).toBe(0);
      expect([...around.subarray(0, 16), ...around.subarray(-16)]).toEqual(new Array(32).fill(77));
    }
  });

  it('gives every method the same mask as the plain version', () => {
    const picture = paintSlide(301, 257);
    const smoothing = { kernelSize: 5, minContrast: 12 };
    const masks = [fast, PLAIN_COLORS].map((colors) => [
      segmentOtsu(picture, smoothing, colors).data,
      ...Object.values(HSV_PRESETS).map((hsv) => segmentHsv(picture, { kernelSize: 5, hsv }, colors)),
      thresholdSaturation(picture, CLAM_PRESETS.tcga, colors).data,
      thresholdSaturation(picture, { ...CLAM_PRESETS.tcga, otsu: true }, colors).data,
      segmentTridentTile(picture, colors),
    ]);
    const [ours = [], plain = []] = masks;
    for (const [i, mask] of ours.entries()) {
      expect(Buffer.compare(mask, plain[i] ?? new Uint8Array()), `mask ${i}`).toBe(0);
      // Some tissue and some glass in each, or equality would say little.
      expect(new Set(mask).size).toBe(2);
    }
  });
});
