import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { createJpegSplitter, splitJpeg } from '../../../../src/io/tiff/writer/split-jpeg-tables.ts';
import { CodecError } from '../../../../src/utils/errors.ts';

const pixels = Buffer.from(Uint8Array.from({ length: 32 * 32 * 3 }, (_, i) => (i * 37 + (i >> 5) * 11) % 256));
const encode = (options: object) =>
  sharp(pixels, { raw: { width: 32, height: 32, channels: 3 } })
    .jpeg({ quality: 80, optimiseCoding: false, ...options })
    .toBuffer();

test('tables and stream put together again give the same pixels', async () => {
  const jpeg = await encode({});
  const { tables, stream } = splitJpeg(jpeg);
  expect([tables[0], tables[1], tables.at(-2), tables.at(-1)]).toEqual([0xff, 0xd8, 0xff, 0xd9]);
  expect(Buffer.from(stream).includes(Buffer.from([0xff, 0xdb]))).toBe(false);
  const merged = Buffer.concat([tables.subarray(0, -2), stream.subarray(2)]);
  const [whole, again] = await Promise.all([jpeg, merged].map((data) => sharp(data).raw().toBuffer()));
  expect(again?.equals(whole!)).toBe(true);
  expect(stream.length).toBeLessThan(jpeg.length - tables.length + 8);
});

describe('what is refused', () => {
  test('a block with other tables: another quality, or tables of its own', async () => {
    const splitter = createJpegSplitter();
    expect(() => splitter.getTables()).toThrow('no block was split yet');
    splitter.split(await encode({}));
    splitter.split(await encode({}));
    const foreign = [await encode({ quality: 60 }), await encode({ optimiseCoding: true })];
    for (const jpeg of foreign) expect(() => splitter.split(jpeg)).toThrow('other tables than the first');
  });

  test('a progressive JPEG', async () => {
    const jpeg = await encode({ progressive: true });
    expect(() => splitJpeg(jpeg)).toThrow('frame type 0xffc2');
  });

  test('what is no JPEG, or ends in its header', async () => {
    const jpeg = await encode({});
    const broken = [
      Buffer.alloc(0),
      Buffer.from('PNG no'),
      jpeg.subarray(0, 2),
      jpeg.subarray(0, 100),
      jpeg.subarray(0, 160),
    ];
    for (const bytes of broken) expect(() => splitJpeg(bytes)).toThrow(CodecError);
  });
});
