import { inflateSync, crc32 as zlibCrc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sharp } from '../../../../src/io/codec/sharp.ts';
import { computeCodeLengths } from '../../../../src/io/kernels/png-encode/code-lengths.ts';
import { crc32, createCrcTables } from '../../../../src/io/kernels/png-encode/crc32.ts';
import { createPngEncoder, getPngBound } from '../../../../src/io/kernels/png-encode.ts';
import { createKernels } from '../../../../src/io/kernels/wasm-kernels.ts';
import {
  createBothPng,
  createNarrowPictures,
  createPicture,
  createPictures,
  createRandom,
  type Picture,
  placeAtEnd,
} from './encode-images.ts';

const SIZES = [
  [1, 1], [2, 3], [5, 1], [6, 2], [15, 2], [16, 4], [17, 5], [19, 7], [33, 9], [64, 64], [100, 31], [257, 129], [600, 400],
] as const; // biome-ignore format: a table

async function readBack(png: Uint8Array): Promise<Picture> {
  const { space } = await sharp(png).metadata();
  const { data, info } = await sharp(png)
    .toColourspace(space === 'b-w' ? 'b-w' : 'srgb')
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { name: 'read back', width: info.width, height: info.height, channels: info.channels as 1 | 3, data };
}

/** The bytes between the head of the only data chunk and its checksum. */
function getStream(png: Uint8Array): Uint8Array {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  expect(Buffer.from(png.subarray(37, 41)).toString()).toBe('IDAT');
  return png.subarray(41, 41 + view.getUint32(33));
}

/** Undoes the filters by the letter of the specification. */
function unfilter(raw: Uint8Array, { width, height, channels }: Picture): Uint8Array {
  const length = width * channels;
  const out = new Uint8Array(height * length);
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (length + 1)]!;
    for (let i = 0; i < length; i++) {
      const a = i < channels ? 0 : out[y * length + i - channels]!;
      const b = y === 0 ? 0 : out[(y - 1) * length + i]!;
      const c = y === 0 || i < channels ? 0 : out[(y - 1) * length + i - channels]!;
      const p = a + b - c;
      const [pa, pb, pc] = [Math.abs(p - a), Math.abs(p - b), Math.abs(p - c)];
      const paeth = pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
      const predicted = { 1: a, 2: b, 4: paeth }[filter];
      out[y * length + i] = raw[y * (length + 1) + 1 + i]! + (predicted ?? Number.NaN);
    }
  }
  return out;
}

describe.each(['paeth', 'up', 'sub'] as const)('PNG with the filter %s', (filter) => {
  const both = createBothPng({ maxWidth: 600, maxHeight: 400, filter });

  it('is the same from WebAssembly and from TypeScript, and a sound zlib stream of the pixels', () => {
    for (const [i, picture] of createPictures(SIZES).entries()) {
      const block = both.place(picture, [0, 1, 7, 29][i % 4]!);
      const png = both.wasm.encode(block).slice();
      expect(Buffer.compare(png, both.twin.encode(block)), picture.name).toBe(0);
      // node:zlib checks the Adler-32 as well.
      const pixels = unfilter(inflateSync(getStream(png)), picture);
      expect(Buffer.compare(pixels, picture.data), picture.name).toBe(0);
      expect(png.length, picture.name).toBeLessThanOrEqual(getPngBound(picture));
    }
  });

  it('is read back by sharp', async () => {
    for (const picture of createPictures(SIZES)) {
      const found = await readBack(both.wasm.encode(both.place(picture, 3)));
      expect([found.width, found.height, found.channels], picture.name).toEqual([
        picture.width,
        picture.height,
        picture.channels,
      ]);
      expect(Buffer.compare(found.data, picture.data), picture.name).toBe(0);
    }
  });
});

describe('PNG', () => {
  const both = createBothPng({ maxWidth: 256, maxHeight: 256 });

  it('holds any small picture', () => {
    const side = fc.integer({ min: 1, max: 40 });
    // Few levels make runs, many make words of every length.
    const shape = fc.record({
      width: side,
      height: side,
      channels: fc.constantFrom(1 as const, 3 as const),
      levels: fc.constantFrom(1, 2, 3, 16, 256),
      seed: fc.integer(),
      gap: fc.integer({ min: 0, max: 64 }),
    });
    fc.assert(
      fc.property(shape, ({ levels, seed, gap, ...size }) => {
        const random = createRandom(seed);
        const data = Uint8Array.from({ length: size.width * size.height * size.channels }, () => random() * levels);
        const picture = { ...size, data, name: '' };
        const block = both.place(picture, gap);
        const png = both.wasm.encode(block).slice();
        return (
          Buffer.compare(png, both.twin.encode(block)) === 0 &&
          Buffer.compare(unfilter(inflateSync(getStream(png)), picture), data) === 0
        );
      }),
      { numRuns: 400, seed: 7 },
    );
  });

  it('keeps its bound where the sampled rows say nothing of the others', () => {
    // 256 x 256 x 3 bytes are sampled every 6th row, from row 3 on.
    const picture = createPicture('noise', { width: 256, height: 256, channels: 3 });
    // There half of the filtered bytes are 1, a quarter 2, an eighth 3 ...: all else gets the longest words.
    for (let y = 2; y < 255; y += 6) {
      picture.data.fill(0, y * 768, (y + 2) * 768);
      for (let i = 0, at = (y + 1) * 768; i < 768; i++) {
        const pixel = (y << 8) | (Math.floor(i / 3) + 1);
        picture.data[at + i] = (i < 3 ? 0 : picture.data[at + i - 3]!) + 32 - Math.clz32(pixel & -pixel);
      }
    }
    const png = both.wasm.encode(both.place(picture, 0));
    expect(Buffer.compare(unfilter(inflateSync(getStream(png)), picture), picture.data)).toBe(0);
    expect(png.length).toBeGreaterThan(1.2 * picture.data.length);
    expect(png.length).toBeLessThanOrEqual(getPngBound(picture));
  });

  it('reads nothing behind its pixels', () => {
    const limits = { maxWidth: 70, maxHeight: 5 };
    const kernels = createKernels(2 ** 21);
    for (const filter of ['paeth', 'up', 'sub'] as const) {
      const encoder = createPngEncoder(kernels, { ...limits, filter });
      const twin = createPngEncoder(undefined, { ...limits, filter });
      for (const picture of createNarrowPictures()) {
        const block = placeAtEnd(kernels, picture);
        expect(Buffer.compare(encoder.encode(block), twin.encode(block)), picture.name).toBe(0);
      }
    }
  });

  it('is small where nothing is on the glass', () => {
    const png = both.wasm.encode(both.place(createPicture('flat', { width: 256, height: 256, channels: 3 }), 0));
    expect(png.length).toBeLessThan(900); // Pillow 9.4 at its default level: 759
  });

  it('refuses what does not fit', () => {
    const big = createBothPng({ maxWidth: 300, maxHeight: 300 });
    const tall = big.place(createPicture('flat', { width: 256, height: 257, channels: 3 }), 0);
    const wide = big.place(createPicture('flat', { width: 257, height: 1, channels: 3 }), 0);
    for (const encoder of [both.wasm, both.twin]) {
      expect(() => encoder.encode(tall)).toThrow('at most 256 x 256 x 3 but received 256 x 257 x 3');
      expect(() => encoder.encode(wide)).toThrow(expect.objectContaining({ tag: 'codec' }));
    }
    const grey = createPngEncoder(undefined, { maxWidth: 256, maxHeight: 257, maxChannels: 1 });
    expect(() => grey.encode(tall)).toThrow(expect.objectContaining({ tag: 'codec' }));
  });

  it('refuses pixels that are not there', () => {
    const block = both.place(createPicture('flat', { width: 16, height: 16, channels: 3 }), 0);
    const outside = { ...block, pixels: block.pixels.slice() };
    expect(() => both.wasm.encode(outside)).toThrow("a view of the kernels' own memory");
    for (const encoder of [both.wasm, both.twin]) {
      expect(() => encoder.encode({ ...block, height: 17 })).toThrow('pixels.length');
      expect(() => encoder.encode({ ...block, pitch: 47 })).toThrow('pitch');
      expect(() => encoder.encode({ ...block, width: 0 })).toThrow('width');
      expect(() => encoder.encode({ ...block, channels: 2 as 3 })).toThrow('expected 1 or 3 for `channels`');
    }
    expect(() => createPngEncoder(undefined, { maxWidth: 0, maxHeight: 1 })).toThrow('maxWidth');
    expect(() => createPngEncoder(undefined, { maxWidth: 1, maxHeight: 1, filter: 'none' as 'up' })).toThrow('filter');
  });
});

describe('CRC-32 without the help of node:zlib', () => {
  it('is that of node:zlib', () => {
    const kernels = createKernels(2 ** 21);
    const tables = createCrcTables();
    const address = kernels.allocate(tables.byteLength);
    const at = kernels.allocate(4096);
    new Uint32Array(kernels.memory.buffer, address, tables.length).set(tables);
    const bytes = kernels.bytes(at, 4096);
    const random = createRandom(3);
    bytes.forEach((_, i) => {
      bytes[i] = random() * 256;
    });
    for (const [from, length] of [
      [0, 0],
      [0, 1],
      [1, 7],
      [3, 8],
      [5, 9],
      [0, 4096],
      [7, 4000],
    ] as const) {
      const part = bytes.subarray(from, from + length);
      expect(crc32(tables, part)).toBe(zlibCrc32(part));
      expect(kernels.pngCrc(at + from, length, address) >>> 0).toBe(zlibCrc32(part));
    }
  });
});

describe('lengths of a limited prefix code', () => {
  it('fill the code exactly, within the limit, the more frequent the shorter', () => {
    const counts = fc.array(
      fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 2 ** 22 })),
      {
        minLength: 2,
        maxLength: 286,
      },
    );
    fc.assert(
      fc.property(counts, fc.constantFrom(9, 12, 14), (list, limit) => {
        const lengths = new Uint8Array(list.length);
        computeCodeLengths(Uint32Array.from(list), lengths, limit);
        const used = list.map((count, i) => ({ count, length: lengths[i]! })).filter(({ count }) => count > 0);
        if (used.length < 2) return;
        expect(list.every((count, i) => count > 0 === lengths[i]! > 0)).toBe(true);
        expect(Math.max(...lengths)).toBeLessThanOrEqual(limit);
        expect(used.reduce((sum, { length }) => sum + 2 ** -length, 0)).toBe(1);
        for (const a of used)
          for (const b of used) if (a.count > b.count) expect(a.length).toBeLessThanOrEqual(b.length);
      }),
      { numRuns: 60, seed: 5 },
    );
  });

  it('are those of Huffman where the limit does not matter', () => {
    const lengths = new Uint8Array(5);
    computeCodeLengths(Uint32Array.of(8, 1, 1, 2, 4), lengths, 9);
    expect([...lengths]).toEqual([1, 4, 4, 3, 2]);
  });
});
