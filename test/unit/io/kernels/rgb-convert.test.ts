import { describe, expect, it } from 'vitest';
import type { PixelBlock } from '../../../../src/io/kernels/pixel-block.ts';
import { createRgbConverter } from '../../../../src/io/kernels/rgb-convert-wasm.ts';
import { createKernels } from '../../../../src/io/kernels/wasm-kernels.ts';
import {
  computeGrey,
  computeHsv,
  computeSaturation,
} from '../../../../src/preprocessing/tissue-detection/kernels/color.ts';
import { createNoise } from '../../../support/tiny-tiff.ts';

const kernels = createKernels(128 * 2 ** 20);
const converter = createRgbConverter(kernels);
const start = kernels.mark();

/** Each conversion with the plain version that it must equal byte for byte; test/…/opencv-oracle.test.ts holds that to cv2. */
const conversions = [
  { name: 'toGrey', plain: computeGrey, channels: 1 },
  { name: 'toSaturation', plain: computeSaturation, channels: 1 },
  { name: 'toHsv', plain: computeHsv, channels: 3 },
] as const;

/** Every pair of red and green against every 15th blue, in all three orders: each range, value and sector with each hue. */
function createColors(): Uint8Array {
  const colors = new Uint8Array(3 * 3 * 256 * 256 * 18);
  let at = 0;
  for (let a = 0; a < 256; a++) {
    for (let b = 0; b < 256; b++) {
      for (let c = 0; c < 256; c += 15) {
        colors.set([a, b, c, c, a, b, b, c, a], at);
        at += 9;
      }
    }
  }
  return colors.subarray(0, at);
}

function createBlock(pixels: Uint8Array, width: number, height: number, channels: 1 | 3, gap = 0): PixelBlock {
  return { pixels, pitch: width * channels + gap, width, height, channels };
}

describe.each(conversions)('$name equals the plain version', ({ name, plain, channels }) => {
  it('for three million colours', () => {
    const colors = createColors();
    const width = 1024;
    const height = Math.floor(colors.length / 3 / width);
    const rgb = colors.subarray(0, width * height * 3);
    const out = new Uint8Array(width * height * channels);
    converter[name](createBlock(rgb, width, height, 3), createBlock(out, width, height, channels));
    expect(Buffer.compare(out, plain(rgb))).toBe(0);
    expect(height * width).toBeGreaterThan(3_400_000);
  });

  it('for every level of grey, and for single primaries', () => {
    const rgb = new Uint8Array(256 * 3 * 7);
    for (let v = 0; v < 256; v++) {
      for (let mask = 1; mask < 8; mask++)
        rgb.set([mask & 1 ? v : 0, mask & 2 ? v : 0, mask & 4 ? v : 0], (v * 7 + mask - 1) * 3);
    }
    const out = new Uint8Array(256 * 7 * channels);
    converter[name](createBlock(rgb, 256, 7, 3), createBlock(out, 256, 7, channels));
    expect(out).toEqual(plain(rgb));
  });

  it('for every width, with gaps between rows that stay untouched, in the kernels own memory', () => {
    for (let width = 1; width <= 70; width++) {
      kernels.release(start);
      const [height, gap] = [3, width % 5];
      const data = createNoise((width * 3 + gap) * height, width);
      const from = kernels.allocate(data.length);
      const to = kernels.allocate((width * channels + gap) * height + 32);
      kernels.bytes(from, data.length).set(data);
      const around = kernels.bytes(to, (width * channels + gap) * height + 32).fill(77);
      const target = createBlock(around.subarray(16), width, height, channels, gap);
      converter[name](createBlock(kernels.bytes(from, data.length), width, height, 3, gap), target);
      const expected = new Uint8Array(around.length).fill(77);
      for (let y = 0; y < height; y++) {
        const row = data.subarray(y * (width * 3 + gap), y * (width * 3 + gap) + width * 3);
        expected.set(plain(row), 16 + y * (width * channels + gap));
      }
      expect(Buffer.compare(around, expected), `width ${width}`).toBe(0);
    }
  });

  it('for arrays elsewhere with gaps and rows wider than a strip', () => {
    const [width, height, gap] = [16_500, 3, 4];
    const data = createNoise((width * 3 + gap) * height, 3);
    const out = new Uint8Array((width * channels + 1) * height);
    converter[name](createBlock(data, width, height, 3, gap), createBlock(out, width, height, channels, 1));
    for (let y = 0; y < height; y++) {
      const row = data.subarray(y * (width * 3 + gap), y * (width * 3 + gap) + width * 3);
      const made = out.subarray(y * (width * channels + 1), y * (width * channels + 1) + width * channels);
      expect(Buffer.compare(made, plain(row)), `row ${y}`).toBe(0);
    }
  });

  it('where the pixels end with the memory', () => {
    const end = kernels.memory.buffer.byteLength;
    const data = createNoise(33 * 3, 5);
    const from = kernels.bytes(end - data.length, data.length);
    from.set(data);
    const to = kernels.bytes(end - 4096, 33 * channels);
    converter[name](createBlock(from, 33, 1, 3), createBlock(to, 33, 1, channels));
    expect(to.slice()).toEqual(plain(data));
    const low = kernels.bytes(end - 8192, data.length);
    low.set(data);
    const last = kernels.bytes(end - 33 * channels, 33 * channels);
    converter[name](createBlock(low, 33, 1, 3), createBlock(last, 33, 1, channels));
    expect(last.slice()).toEqual(plain(data));
  });
});

it('blocks of another size or with other channels are an OptionError', () => {
  const rgb = createBlock(new Uint8Array(48), 4, 4, 3);
  const option = (name: string) => expect.objectContaining({ tag: 'option', option: name });
  expect(() => converter.toGrey(rgb, createBlock(new Uint8Array(12), 4, 3, 1))).toThrow(option('height'));
  expect(() => converter.toGrey(rgb, rgb)).toThrow(option('channels'));
  expect(() => converter.toHsv({ ...rgb, channels: 1 }, rgb)).toThrow(option('channels'));
  expect(() => converter.toHsv(rgb, { ...rgb, pixels: new Uint8Array(47) })).toThrow(option('pixels.length'));
});
