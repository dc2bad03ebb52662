import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sharp } from '../../../../src/io/codec/sharp.ts';
import {
  createCodingTables,
  KERNEL_TABLE_BYTES,
  writeKernelTables,
} from '../../../../src/io/kernels/jpeg-encode/coding-tables.ts';
import { createTwinEngine, createWasmEngine } from '../../../../src/io/kernels/jpeg-encode/engines.ts';
import { createJpegEncoder, getJpegBound } from '../../../../src/io/kernels/jpeg-encode.ts';
import { createKernels } from '../../../../src/io/kernels/wasm-kernels.ts';
import {
  createBothJpeg,
  createNarrowPictures,
  createPicture,
  createPictures,
  createRandom,
  type Picture,
  placeAtEnd,
} from './encode-images.ts';

const QUALITIES = [1, 10, 50, 75, 85, 95, 100];
const SUBSAMPLINGS = ['4:2:0', '4:4:4'] as const;
const SIZES = [
  [1, 1],
  [2, 3],
  [8, 8],
  [9, 17],
  [16, 16],
  [15, 31],
  [24, 25],
  [40, 8],
  [33, 47],
  [100, 75],
] as const;

/** From the start of the scan: what libjpeg-turbo codes, without the markers in which libvips says its resolution. */
function getScan(jpeg: Uint8Array): Buffer {
  const bytes = Buffer.from(jpeg);
  return bytes.subarray(bytes.indexOf(Buffer.of(0xff, 0xda)));
}

async function encodeWithSharp(picture: Picture, quality: number, chromaSubsampling: string): Promise<Uint8Array> {
  const { data, width, height, channels } = picture;
  const image = sharp(data, { raw: { width, height, channels } });
  if (channels === 1) image.toColourspace('b-w');
  return image.jpeg({ quality, chromaSubsampling, mozjpeg: false, optimiseCoding: false }).toBuffer();
}

describe.each(SUBSAMPLINGS)('JPEG of %s', (subsampling) => {
  it.each(QUALITIES)(
    'has the scan of libjpeg-turbo at quality %i, from WebAssembly and from TypeScript',
    async (quality) => {
      const both = createBothJpeg({ maxWidth: 128, maxHeight: 128, quality, subsampling });
      for (const [i, picture] of createPictures(SIZES).entries()) {
        const block = both.place(picture, [0, 1, 7, 29][i % 4]!);
        const jpeg = both.wasm.encode(block).slice();
        expect(Buffer.compare(jpeg, both.twin.encode(block)), picture.name).toBe(0);
        const expected = await encodeWithSharp(picture, quality, subsampling);
        expect(Buffer.compare(getScan(jpeg), getScan(expected)), picture.name).toBe(0);
        expect(jpeg.length).toBeLessThanOrEqual(getJpegBound(picture, subsampling));
      }
    },
  );

  it('holds any small picture', () => {
    const both = createBothJpeg({ maxWidth: 40, maxHeight: 40, quality: 93, subsampling });
    const side = fc.integer({ min: 1, max: 40 });
    const shape = fc.record({
      width: side,
      height: side,
      channels: fc.constantFrom(1 as const, 3 as const),
      levels: fc.constantFrom(1, 2, 16, 256),
      seed: fc.integer(),
      gap: fc.integer({ min: 0, max: 64 }),
    });
    fc.assert(
      fc.property(shape, ({ levels, seed, gap, ...size }) => {
        const random = createRandom(seed);
        const length = size.width * size.height * size.channels;
        const data = Uint8Array.from({ length }, () => (random() * levels * 255) / levels);
        const block = both.place({ ...size, data, name: '' }, gap);
        return Buffer.compare(both.wasm.encode(block).slice(), both.twin.encode(block)) === 0;
      }),
      { numRuns: 300, seed: 11 },
    );
  });

  it('joins an abbreviated stream and its tables to the same pixels', async () => {
    const limits = { maxWidth: 64, maxHeight: 64, quality: 80, subsampling };
    const whole = createBothJpeg(limits);
    const parts = createBothJpeg({ ...limits, tables: 'omit' });
    for (const channels of [1, 3] as const) {
      const picture = createPicture('gradient', { width: 50, height: 41, channels });
      const tables = parts.wasm.getTables(channels);
      const stream = parts.wasm.encode(parts.place(picture, 2));
      expect([...tables.subarray(-2)]).toEqual([0xff, 0xd9]);
      expect(Buffer.from(stream).indexOf(Buffer.of(0xff, 0xdb))).toBe(-1);
      expect(Buffer.from(stream).indexOf(Buffer.of(0xff, 0xc4))).toBe(-1);
      const joined = Buffer.concat([tables.subarray(0, -2), stream.subarray(2)]);
      const file = whole.wasm.encode(whole.place(picture, 2));
      const [a, b] = await Promise.all([joined, file].map((jpeg) => sharp(jpeg).raw().toBuffer()));
      expect(Buffer.compare(a!, b!)).toBe(0);
    }
  });
});

describe('JPEG', () => {
  const both = createBothJpeg({ maxWidth: 64, maxHeight: 48 });

  it('says its size where it is larger than a byte', async () => {
    const wide = createBothJpeg({ maxWidth: 700, maxHeight: 300 });
    const jpeg = wide.wasm.encode(wide.place(createPicture('flat', { width: 700, height: 300, channels: 3 }), 0));
    expect(await sharp(jpeg).metadata()).toMatchObject({ width: 700, height: 300, chromaSubsampling: '4:2:0' });
  });

  it('refuses what does not fit', () => {
    const big = createBothJpeg({ maxWidth: 80, maxHeight: 80 });
    for (const [width, height] of [
      [65, 1],
      [64, 49],
    ] as const) {
      const block = big.place(createPicture('flat', { width, height, channels: 3 }), 0);
      for (const encoder of [both.wasm, both.twin])
        expect(() => encoder.encode(block)).toThrow(`at most 64 x 48 but received ${width} x ${height}`);
    }
  });

  it('reads nothing behind its pixels', () => {
    const kernels = createKernels(2 ** 21);
    for (const subsampling of SUBSAMPLINGS) {
      const options = { maxWidth: 70, maxHeight: 5, subsampling };
      const encoder = createJpegEncoder(kernels, options);
      const twin = createJpegEncoder(undefined, options);
      for (const picture of createNarrowPictures()) {
        const block = placeAtEnd(kernels, picture);
        expect(Buffer.compare(encoder.encode(block), twin.encode(block)), picture.name).toBe(0);
      }
    }
  });

  it('writes nothing behind its limit', () => {
    const coding = createCodingTables(100);
    const kernels = createKernels(2 ** 22);
    const picture = createPicture('extremes', { width: 64, height: 64, channels: 3 });
    const from = kernels.allocate(picture.data.length);
    const limits = { width: 64, outputBytes: 20_000 };
    kernels.bytes(from, picture.data.length).set(picture.data);
    const wasm = createWasmEngine(kernels, coding, limits);
    const block = { ...picture, pixels: kernels.bytes(from, picture.data.length), pitch: 192 };
    for (const limit of [0, 8, 700, 5000, 9000]) {
      const place = { subsampling: '4:4:4', at: 0, limit } as const;
      expect(createTwinEngine(coding, limits).write(block, place)).toBe(0);
      const output = wasm.getOutput().fill(90);
      expect(wasm.write(block, place)).toBe(0);
      expect(output.subarray(limit).every((byte) => byte === 90)).toBe(true);
    }
  });

  it('refuses pixels that are not there, and options out of range', () => {
    const block = both.place(createPicture('flat', { width: 16, height: 16, channels: 3 }), 0);
    expect(() => both.wasm.encode({ ...block, pixels: block.pixels.slice() })).toThrow("the kernels' own memory");
    for (const encoder of [both.wasm, both.twin]) {
      expect(() => encoder.encode({ ...block, height: 17 })).toThrow('pixels.length');
      expect(() => encoder.encode({ ...block, pitch: 47 })).toThrow('pitch');
    }
    const create = (more: object) => () => createJpegEncoder(undefined, { maxWidth: 8, maxHeight: 8, ...more });
    expect(create({ quality: 0 })).toThrow('quality');
    expect(create({ quality: 101 })).toThrow('quality');
    expect(create({ quality: 85.5 })).toThrow('quality');
    expect(create({ subsampling: '4:2:2' })).toThrow('subsampling');
    expect(create({ tables: 'none' })).toThrow('tables');
  });

  it('takes a block of any energy within its bound', () => {
    // Each sample at an end of the range, so that all 64 coefficients are as large as they can be together.
    const loud = createBothJpeg({ maxWidth: 64, maxHeight: 64, quality: 100, subsampling: '4:4:4' });
    for (let seed = 1; seed <= 40; seed++) {
      const picture = createPicture('extremes', { width: 64, height: 64, channels: 3 }, seed);
      const perBlock = (loud.wasm.encode(loud.place(picture, 0)).length - 640) / 192;
      expect(perBlock).toBeLessThan(160);
    }
  });
});

describe('the division of the kernel', () => {
  it('is that of integers, for every step and every coefficient', () => {
    const magic = 1.5 * 2 ** 23;
    const buffer = new ArrayBuffer(KERNEL_TABLE_BYTES);
    const coding = createCodingTables(50);
    for (let first = 1; first < 256; first += 64) {
      const steps = Uint8Array.from({ length: 64 }, (_, i) => Math.min(255, first + i));
      writeKernelTables({ ...coding, steps: [steps, steps] }, buffer, 0);
      const reciprocals = new Float32Array(buffer, 0, 64);
      for (const [i, step] of steps.entries()) {
        const reciprocal = reciprocals[i]!;
        for (let value = -(2 ** 15); value < 2 ** 15; value++) {
          const found = Math.fround(Math.fround(value * reciprocal) + magic) - magic;
          const size = Math.floor((Math.abs(value) + 4 * step) / (8 * step));
          if (Math.abs(found) !== size || found * value < 0) throw new Error(`${value} / ${8 * step} is ${found}`);
        }
      }
    }
  });
});
