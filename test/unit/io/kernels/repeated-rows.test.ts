// Rows that repeat the one above are copied by three kernels, and blocks of one level are not transformed: the twins do
// neither, and decide.
import { describe, expect, it } from 'vitest';
import { createJpegDecoder, parseJpegHeader } from '../../../../src/io/kernels/jpeg-decode.ts';
import { createKernels } from '../../../../src/io/kernels/wasm-kernels.ts';
import { createBothJpeg, createBothPng, createRandom, type Picture } from './encode-images.ts';

/** Glass, greys, and three colours of one luma: rows of these differ in chroma alone. */
const COLOURS = [
  [243, 243, 243],
  [128, 128, 128],
  [184, 99, 128],
  [128, 114, 199],
  [20, 20, 20],
] as const;

/** Runs of equal rows, each of one colour or of a pattern, some with one pixel changed. */
function createBanded(seed: number, width: number, height: number): Picture {
  const random = createRandom(seed);
  const pick = (count: number) => Math.floor(random() * count);
  const data = new Uint8Array(width * height * 3);
  for (let y = 0; y < height; ) {
    const [one, two] = [COLOURS[pick(5)]!, COLOURS[pick(5)]!];
    const period = random() < 0.7 ? Infinity : 1 + pick(9);
    const end = Math.min(height, y + 1 + pick(14));
    const odd = random() < 0.3 ? y + pick(end - y) : -1;
    for (; y < end; y++) {
      for (let x = 0; x < width; x++) data.set(Math.floor(x / period) % 2 === 1 ? two : one, (y * width + x) * 3);
      if (y === odd) data[(y * width + pick(width)) * 3 + pick(3)]! ^= 64;
    }
  }
  return { name: `${width} x ${height} of seed ${seed}`, width, height, channels: 3, data };
}

const SIZES = [
  [1, 33],
  [7, 40],
  [16, 16],
  [33, 47],
  [64, 100],
  [130, 61],
] as const;
const PICTURES = Array.from({ length: 48 }, (_, i) => {
  const [width, height] = SIZES[i % SIZES.length]!;
  return createBanded(i + 1, width, height);
});

describe('rows that repeat', () => {
  it.each([30, 85, 100])('are encoded as JPEG of quality %i and decoded like all others', (quality) => {
    const both = createBothJpeg({ maxWidth: 130, maxHeight: 100, quality });
    const decoder = createJpegDecoder(createKernels(64 * 2 ** 20));
    const twin = createJpegDecoder();
    for (const picture of PICTURES) {
      const block = both.place(picture, 0);
      const jpeg = both.wasm.encode(block).slice();
      expect(Buffer.compare(jpeg, both.twin.encode(block)), picture.name).toBe(0);
      const header = parseJpegHeader(jpeg);
      const { width, height } = picture;
      const part = { x: width >> 2, y: height >> 2, width: width - (width >> 2), height: (height >> 1) + 1 };
      for (const options of [{}, { scale: 2 } as const, { crop: part }, { crop: { ...part, x: 0, width } }]) {
        const expected = twin.decode(jpeg, header, options).data;
        expect(Buffer.compare(decoder.decode(jpeg, header, options).data, expected), picture.name).toBe(0);
      }
    }
  });

  it.each(['paeth', 'up', 'sub'] as const)('are encoded as PNG with the filter %s like all others', (filter) => {
    const both = createBothPng({ maxWidth: 130, maxHeight: 100, filter });
    for (const picture of PICTURES) {
      const block = both.place(picture, 5);
      expect(Buffer.compare(both.wasm.encode(block).slice(), both.twin.encode(block)), picture.name).toBe(0);
    }
  });
});

it('blocks of one level are what the transform makes of them, at every quality', () => {
  const levels = Array.from({ length: 256 }, (_, level) => level);
  // Every level a column of blocks.
  const data = Uint8Array.from({ length: 2048 * 8 }, (_, i) => levels[(i % 2048) >> 3]!);
  const picture: Picture = { name: 'levels', width: 2048, height: 8, channels: 1, data };
  for (let quality = 1; quality <= 100; quality++) {
    const both = createBothJpeg({ maxWidth: 2048, maxHeight: 8, quality });
    const block = both.place(picture, 0);
    expect(Buffer.compare(both.wasm.encode(block).slice(), both.twin.encode(block)), `${quality}`).toBe(0);
  }
});
