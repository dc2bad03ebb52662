import { describe, expect, it } from 'vitest';
import { openTiff } from '../../../../src/io/tiff/open-tiff.ts';
import { readTiffImage, type TiffImage } from '../../../../src/io/tiff/tiff-image.ts';
import {
  buildTiff,
  createMemorySource,
  createNoiseImage,
  setEntry,
  type TinyImage,
  type TinyTiff,
  TYPE,
} from '../../../support/tiny-tiff.ts';

async function readImage(bytes: Uint8Array): Promise<TiffImage> {
  const tiff = await openTiff(createMemorySource(bytes));
  return readTiffImage(tiff!.directories[0]!);
}

const read = (image: TinyImage) => readImage(buildTiff([image]).bytes);
const tiled = createNoiseImage({ width: 20, height: 10, tileWidth: 16, tileHeight: 16 });
const strips = createNoiseImage({ width: 7, height: 10, rowsPerStrip: 4 });

describe('readTiffImage', () => {
  it('lays out tiles', async () => {
    const image = await read(tiled);
    expect(image).toMatchObject({
      width: 20,
      height: 10,
      tiled: true,
      tileWidth: 16,
      tileHeight: 16,
      columns: 2,
      rows: 1,
    });
    const { offsets, counts } = await image.readTileIndex();
    expect([...counts]).toEqual([768, 768]);
    expect(offsets[1]).toBe(offsets[0]! + 768);
  });

  it('shows strips as tiles as wide as the image', async () => {
    const image = await read(strips);
    expect(image).toMatchObject({ tiled: false, tileWidth: 7, tileHeight: 4, columns: 1, rows: 3 });
    expect([...(await image.readTileIndex()).counts]).toEqual([84, 84, 42]);
  });

  it('takes one strip where RowsPerStrip is missing or beyond the image', async () => {
    const one = createNoiseImage({ width: 7, height: 10 });
    expect((await read({ ...one, omit: [278] })).tileHeight).toBe(10);
    expect((await read({ ...one, tags: [{ tag: 278, type: TYPE.long, values: [2 ** 32 - 1] }] })).tileHeight).toBe(10);
  });

  it('computes the counts of uncompressed strips without them', async () => {
    const image = await read({ ...strips, omit: [279] });
    expect([...(await image.readTileIndex()).counts]).toEqual([84, 84, 42]);
  });

  it('fills in the defaults of TIFF 6.0', async () => {
    const grey = createNoiseImage({ width: 4, height: 4, samples: 1 });
    const image = await read({ ...grey, omit: [258, 259, 262, 277] });
    expect(image).toMatchObject({
      compression: 1,
      samplesPerPixel: 1,
      bitsPerSample: 1,
      planar: 1,
      predictor: 1,
      fillOrder: 1,
    });
  });

  it('marks mixed sample depths', async () => {
    expect((await read({ ...tiled, tags: [{ tag: 258, type: TYPE.short, values: [8, 16, 8] }] })).bitsPerSample).toBe(
      0,
    );
  });

  it('reads the index again after a read that failed', async () => {
    const { bytes } = buildTiff([createNoiseImage({ width: 64, height: 64, tileWidth: 16, tileHeight: 16 })]);
    let failing = false;
    const source = createMemorySource(bytes);
    const read = async (offset: number, length: number) => {
      if (failing) throw new Error('the network is away');
      return bytes.subarray(offset, offset + length);
    };
    const tiff = await openTiff({ ...source, read });
    const image = await readTiffImage(tiff!.directories[0]!);
    failing = true;
    await expect(image.readTileIndex()).rejects.toThrow('the network is away');
    failing = false;
    expect((await image.readTileIndex()).offsets.length).toBe(16);
    expect(image.readTileIndex()).toBe(image.readTileIndex());
  });
});

describe('readTiffImage refuses', () => {
  const short = (tag: number, ...values: number[]) => ({ tags: [{ tag, type: TYPE.short, values }] });
  const cases: [string, Partial<TinyImage>, RegExp][] = [
    ['width 0', short(256, 0), /directory 0: the width is 0/],
    ['no width', { omit: [256] }, /the width is 0/],
    ['height 0', short(257, 0), /the height is 0/],
    [
      'a width of 2^32 - 1',
      { tags: [{ tag: 256, type: TYPE.long, values: [2 ** 32 - 1] }] },
      /the width is 4294967295/,
    ],
    ['tile width 0', short(322, 0), /the tile width is 0/],
    ['no tile height', { omit: [323] }, /the tile height is 0/],
    ['tile height 0', short(323, 0), /the tile height is 0/],
    ['a fractional width', { tags: [{ tag: 256, type: TYPE.rational, values: [41, 2] }] }, /the width is 20.5/],
    ['a width that is no number', { tags: [{ tag: 256, type: TYPE.rational, values: [0, 0] }] }, /the width is NaN/],
    ['0 samples', short(277, 0), /0 samples a pixel/],
    ['1.5 samples', { tags: [{ tag: 277, type: TYPE.rational, values: [3, 2] }] }, /1.5 samples a pixel/],
    ['more depths than samples can be', short(258, ...Array.from({ length: 65 }, () => 8)), /65 samples a pixel/],
    ['no offsets', { omit: [324] }, /20 x 10 pixels need 2 tiles, 0 are listed/],
    ['too few offsets', short(324, 8), /need 2 tiles, 1 are listed/],
    ['too few counts', short(325, 8), /2 tiles, but only 1 byte counts/],
    ['no counts of compressed tiles', { compression: 5, omit: [325] }, /no byte counts of tiles/],
    ['a grid of billions', short(322, 1), /need 20 tiles, 2 are listed/],
    [
      'offsets of an unknown type',
      { tags: [{ tag: 324, type: 14, values: [8, 8] }] },
      /tag 324 has the unknown field type 14/,
    ],
  ];
  it.each(cases)('%s', async (_what, change, message) => {
    await expect(read({ ...tiled, ...change })).rejects.toMatchObject({ tag: 'tiff', directory: 0 });
    await expect(read({ ...tiled, ...change })).rejects.toThrow(message);
  });

  it('rows per strip 0', async () => {
    await expect(read({ ...strips, ...short(278, 0) })).rejects.toThrow(/the rows per strip is 0/);
  });

  const damaged: [string, (tiff: TinyTiff) => Uint8Array, RegExp][] = [
    [
      'tables that leave the file',
      (t) => setEntry(t, { directory: 0, tag: 324 }, { value: t.bytes.length - 4 }),
      /tag 324 claims 8 bytes at/,
    ],
    [
      'a table longer than the file',
      (t) => setEntry(t, { directory: 0, tag: 325 }, { count: 2 ** 31 }),
      /tag 325 claims 8589934592 bytes/,
    ],
  ];
  it.each(damaged)('%s', async (_what, damage, message) => {
    await expect(readImage(damage(buildTiff([tiled])))).rejects.toThrow(message);
  });
});
