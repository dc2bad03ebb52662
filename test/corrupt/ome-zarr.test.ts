import { readFileSync } from 'node:fs';
import { deflateSync, gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { openSlide } from '../../src/slide/open-slide.ts';
import { isSlideloomError } from '../../src/utils/errors.ts';
import { createSeededRandom } from '../support/seeded-random.ts';
import {
  buildNgff,
  createZarrFolders,
  type TinyArray,
  toJson,
  withCrc32c,
  type ZarrFiles,
} from '../support/tiny-zarr.ts';

const folders = createZarrFolders();
afterAll(() => folders.clean());

const open = (files: ZarrFiles) => openSlide(folders.write(files), { backend: 'native' });
const shape = [40, 50, 3];
const data = Uint8Array.from({ length: 6000 }, (_, i) => (i * 7) % 251);
const look = { axes: ['y', 'x', 'c'], name: 'tiny', omero: { channels: [{ label: 'a', color: 'FF0000' }] } };
const build = (array: Partial<TinyArray> & { version: 2 | 3 }) =>
  buildNgff(array.version, [{ shape, chunk: [16, 16, 3], data, ...array }], look);
const region = { x: 0, y: 0, level: 0, width: 50, height: 40 };

/** The document of a key, with some members replaced. */
function change(files: ZarrFiles, key: string, members: object): ZarrFiles {
  return new Map(files).set(key, toJson({ ...JSON.parse(Buffer.from(files.get(key)!).toString()), ...members }));
}

const v2 = await build({ version: 2, codec: 'zlib' });
const v3 = await build({ version: 3, codec: 'gzip' });
const crc = await build({ version: 3, codec: 'gzip', checksum: true });
const blosc = await build({ version: 2, codec: 'blosc' });
const lz4 = await build({ version: 2, codec: 'lz4' });
const zstd = await build({ version: 2, codec: 'zstd' });
const plain = await build({ version: 2 });
const sharding = (more: object) => ({
  name: 'sharding_indexed',
  configuration: {
    ...{ chunk_shape: [8, 8, 3], codecs: [{ name: 'bytes' }], index_codecs: [{ name: 'bytes' }, { name: 'crc32c' }] },
    ...more,
  },
});
const bytesCodec = { name: 'bytes', configuration: { endian: 'little' } };

describe('forged metadata', () => {
  it.each<[string, ZarrFiles, RegExp]>([
    ['truncated JSON', new Map(v2).set('0/.zarray', v2.get('0/.zarray')!.subarray(0, 50)), /damaged: no valid JSON/],
    ['no object', new Map(v2).set('.zattrs', toJson([1])), /damaged: no JSON object/],
    ['an empty array', new Map(v2).set('0/.zarray', new Uint8Array(0)), /damaged: no valid JSON/],
    ['another node', new Map(v3).set('0/zarr.json', toJson({ zarr_format: 3, node_type: 'x' })), /a node of type "x"/],
    ['a huge shape', change(v2, '0/.zarray', { shape: [2 ** 60, 2 ** 60, 3] }), /\.zarray: shape\.0/],
    [
      'chunks without end',
      change(v2, '0/.zarray', { shape: [2 ** 31 - 1, 2 ** 31 - 1, 3] }),
      /134217728 x 134217728 chunks/,
    ],
    ['a huge shape, v3', change(v3, '0/zarr.json', { shape: [1e300, 50, 3] }), /zarr\.json: shape\.0/],
    ['a negative shape', change(v2, '0/.zarray', { shape: [-1, 50, 3] }), /shape\.0/],
    ['a shape of nothing', change(v2, '0/.zarray', { shape: [] }), /shape/],
    [
      'huge chunks',
      change(v2, '0/.zarray', { chunks: [2 ** 30, 2 ** 30, 3] }),
      /chunks of 1073741824 x 1073741824 x 3/,
    ],
    ['chunks of other axes', change(v2, '0/.zarray', { chunks: [16, 16] }), /chunks of 2 axes in an array of 3/],
    ['an array of other axes', change(v2, '0/.zarray', { shape: [40, 50], chunks: [16, 16] }), /2 axes where y, x, c/],
    ['a type of no picture', change(v2, '0/.zarray', { dtype: '<U7' }), /samples of the type "<U7" are not read/],
    ['64-bit integers', change(v3, '0/zarr.json', { data_type: 'int64' }), /samples of the type "int64" are not read/],
    ['half floats', change(v3, '0/zarr.json', { data_type: 'float16' }), /"float16" are not read/],
    [
      'a type of an extension',
      change(v3, '0/zarr.json', { data_type: { name: 'bfloat16' } }),
      /"bfloat16" are not read/,
    ],
    ['a fill value in words', change(v2, '0/.zarray', { fill_value: 'white' }), /the fill value "white" is not read/],
    ['a codec of others', change(v2, '0/.zarray', { compressor: { id: 'pcodec' } }), /the codec "pcodec" are not read/],
    ['a filter', change(v2, '0/.zarray', { filters: [{ id: 'delta' }] }), /the filter "delta" is not read/],
    ['no codec for bytes', change(v3, '0/zarr.json', { codecs: [{ name: 'gzip' }] }), /make no chain that is read/],
    [
      'codecs in disorder',
      change(v3, '0/zarr.json', { codecs: [{ name: 'gzip' }, bytesCodec] }),
      /no chain that is read/,
    ],
    [
      'no order of axes',
      change(v3, '0/zarr.json', { codecs: [{ name: 'transpose', configuration: { order: [0, 0, 9] } }, bytesCodec] }),
      /\[0, 0, 9\] is no order of axes/,
    ],
    ['shards in shards', change(v3, '0/zarr.json', { codecs: [sharding({ codecs: [sharding({})] })] }), /not read/],
    ['shards coded again', change(v3, '0/zarr.json', { codecs: [sharding({}), { name: 'gzip' }] }), /coded once more/],
    [
      'shards in odd chunks',
      change(v3, '0/zarr.json', { codecs: [sharding({ chunk_shape: [5, 8, 3] })] }),
      /shards of 16 x/,
    ],
    ['shards of no axes', change(v3, '0/zarr.json', { codecs: [sharding({ chunk_shape: [] })] }), /shards of 16 x/],
    [
      'an index of any length',
      change(v3, '0/zarr.json', { codecs: [sharding({ index_codecs: [bytesCodec, { name: 'gzip' }] })] }),
      /an index of shards with the codec "gzip"/,
    ],
    [
      'an index that fills the memory',
      change(v3, '0/zarr.json', {
        chunk_grid: { name: 'regular', configuration: { chunk_shape: [2 ** 30, 2 ** 30, 3] } },
        codecs: [sharding({})],
      }),
      /shards of 18014398509481984 chunks/,
    ],
    [
      'storage transformers',
      change(v3, '0/zarr.json', { storage_transformers: [{}] }),
      /storage transformers are not read/,
    ],
    [
      'JPEG of odd chunks',
      change(v2, '0/.zarray', { compressor: { id: 'imagecodecs_jpeg' }, chunks: [8, 8, 2] }),
      /JPEG chunks of 8 x 8 x 2/,
    ],
    ['no array', new Map([...v2].filter(([key]) => !key.startsWith('0/'))), /the array "0" of the image is missing/],
  ])('%s', async (_, files, message) => {
    const opening = open(files);
    await expect(opening).rejects.toMatchObject({ tag: 'unsupported-format' });
    await expect(opening).rejects.toThrow(message);
  });

  it.each(['../other.zarr/0', '/etc', 'a/../../b', '..', '.', '', 'a//b', '..\\other', 'C:', 'a\0b', 'x'.repeat(2000)])(
    'a path that leads out of the slide: %j',
    async (path) => {
      const opening = open(change(v2, '.zattrs', { multiscales: [{ axes: ['y', 'x', 'c'], datasets: [{ path }] }] }));
      await expect(opening).rejects.toThrow(/leads out of the slide/);
      const series = new Map(change(v2, '.zattrs', { multiscales: undefined, 'bioformats2raw.layout': 3 }));
      series.set('OME/.zattrs', toJson({ series: [path] }));
      await expect(open(series)).rejects.toThrow(/leads out of the slide/);
    },
  );

  it('levels that are none', async () => {
    const level = (size: readonly number[], more: object = {}) =>
      ({ shape: size, chunk: [8, 8, 3], data: new Uint8Array(size.reduce((a, b) => a * b)), ...more }) as TinyArray;
    const first = level([40, 50, 3]);
    const words = level([20, 25, 3], { type: 'uint16', data: new Uint16Array(1500) });
    for (const [other, message] of [
      [level([80, 100, 3]), /80 pixels are no reduced copy|no reduced copy of 50 x 40/],
      [first, /no reduced copy/],
      [level([20, 10, 3]), /10 x 20 pixels are no reduced copy/],
      [level([20, 25, 1]), /1 channels of uint8, and 3 of uint8/],
      [words, /3 channels of uint16, and 3 of uint8 in level 0/],
    ] as const)
      await expect(open(await buildNgff(2, [first, other], look))).rejects.toThrow(message);
  });

  it('a second level that is missing', async () => {
    const { multiscales } = JSON.parse(Buffer.from(v2.get('.zattrs')!).toString());
    multiscales[0].datasets.push({ path: '1' });
    await expect(open(change(v2, '.zattrs', { multiscales }))).rejects.toThrow(/the array "1" of the image is missing/);
  });
});

describe('damaged chunks', () => {
  const bomb = new Uint8Array(64 * 2 ** 20);
  const withWord = (bytes: Uint8Array, at: number, value: number) => {
    const copy = Buffer.from(bytes);
    copy.writeUInt32LE(value, at);
    return copy;
  };

  it.each<[string, ZarrFiles, string, Uint8Array, RegExp]>([
    ['no zlib stream', v2, '0/1/2/0', Buffer.from('nothing'), /zlib: incorrect header check/],
    ['a zlib stream cut off', v2, '0/1/2/0', v2.get('0/1/2/0')!.subarray(0, 90), /zlib: unexpected end of file/],
    ['a zlib stream that fills the memory', v2, '0/1/2/0', deflateSync(bomb), /zlib: Cannot create a Buffer larger/],
    ['a gzip stream that fills the memory', v3, '0/c/1/2/0', gzipSync(bomb), /gzip: Cannot create a Buffer larger/],
    ['too few samples', v2, '0/1/2/0', deflateSync(new Uint8Array(700)), /700 samples in a chunk of 768/],
    ['too many samples', v2, '0/1/2/0', deflateSync(new Uint8Array(800)), /800 samples in a chunk of 768/],
    ['an empty file', plain, '0/1/2/0', new Uint8Array(0), /0 samples in a chunk of 768/],
    ['a huge file', plain, '0/1/2/0', new Uint8Array(100_000), /100000 bytes where at most 66400 are expected/],
    ['a checksum that does not match', crc, '0/c/1/2/0', withWord(crc.get('0/c/1/2/0')!, 8, 7), /crc32c: the checksum/],
    [
      'blosc that promises more',
      blosc,
      '0/1/2/0',
      withWord(blosc.get('0/1/2/0')!, 4, 2 ** 31),
      /promises 2147483648 bytes/,
    ],
    ['blosc cut off', blosc, '0/1/2/0', blosc.get('0/1/2/0')!.subarray(0, -9), /bytes where the header says/],
    ['blosc without a header', blosc, '0/1/2/0', Buffer.from('short'), /blosc: 5 bytes, less than a header/],
    [
      'lz4 that promises more',
      lz4,
      '0/1/2/0',
      withWord(lz4.get('0/1/2/0')!, 0, 2 ** 31 - 1),
      /promises 2147483647 bytes/,
    ],
    ['lz4 cut off', lz4, '0/1/2/0', lz4.get('0/1/2/0')!.subarray(0, 30), /lz4/],
    ['zstd cut off', zstd, '0/1/2/0', zstd.get('0/1/2/0')!.subarray(0, -9), /zstd: a block is cut off/],
  ])('%s', async (_, files, key, bytes, message) => {
    await using slide = await open(new Map(files).set(key, bytes));
    const at = { tag: 'tile', slide: slide.name, level: 0, col: 2, row: 1 };
    await expect(slide.readRegion(region)).rejects.toMatchObject(at);
    await expect(slide.readRegion(region)).rejects.toThrow(message);
    const bad: unknown[] = [];
    const { data: rest } = await slide.readRegion(region, { onBadTile: (error) => bad.push(error) });
    expect(bad).toMatchObject([at]);
    expect(rest[(16 * 50 + 32) * 3]).toBe(255);
    expect([...rest.subarray(0, 96)]).toEqual([...data.subarray(0, 96)]);
  });

  it('the index of a shard', async () => {
    const files = await build({ version: 3, codec: 'gzip', shard: [3, 2, 1] });
    const shard = files.get('0/c/0/0/0')!;
    const index = shard.length - 6 * 16 - 4;
    for (const [name, bytes] of [
      ['its checksum', withWord(shard, index + 4, 1)],
      ['cut off', shard.subarray(0, 50)],
      ['empty', new Uint8Array(0)],
    ] as const) {
      await using slide = await open(new Map(files).set('0/c/0/0/0', bytes));
      await expect(slide.readRegion(region), name).rejects.toMatchObject({ tag: 'tile', level: 0, col: 0, row: 0 });
    }
  });

  it('a place in a shard that leads out of it, or asks for all the memory', async () => {
    const files = await build({ version: 3, codec: 'gzip', shard: [3, 2, 1] });
    const shard = Buffer.from(files.get('0/c/0/0/0')!);
    const start = shard.length - 6 * 16 - 4;
    for (const [offset, length] of [
      [2n ** 40n, 10n],
      [0n, 2n ** 40n],
      [2n ** 63n, 2n ** 63n],
      [5n, 0n],
    ] as const) {
      const index = Buffer.from(shard.subarray(start, -4));
      index.writeBigUInt64LE(offset, 0);
      index.writeBigUInt64LE(length, 8);
      const forged = Buffer.concat([shard.subarray(0, start), withCrc32c(index)]);
      await using slide = await open(new Map(files).set('0/c/0/0/0', forged));
      await expect(slide.readRegion(region)).rejects.toMatchObject({ tag: 'tile', level: 0, col: 0, row: 0 });
    }
  });
});

/** The stated bound is 2 s; a hang is what is looked for. */
const LIMIT_MS = 2000;

describe('mutations', () => {
  it.each([
    ['v2, blosc', { version: 2, codec: 'blosc' }],
    ['v2, lz4', { version: 2, codec: 'lz4' }],
    ['v2, zstd', { version: 2, codec: 'zstd' }],
    ['v3, gzip in shards', { version: 3, codec: 'gzip', checksum: true, shard: [3, 2, 1] }],
  ] as const)('%s: pixels or an error of its own, and the next slide is read as ever', async (_, array) => {
    const files = await build(array);
    const sound = folders.write(files);
    const random = createSeededRandom(11);
    const keys = [...files.keys()];
    let refused = 0;
    for (let round = 0; round < 100; round++) {
      const key = keys[random.integer(0, keys.length - 1)]!;
      const bytes = Buffer.from(files.get(key)!);
      for (let k = 0; k < 1 + (round % 3); k++)
        bytes[random.integer(0, bytes.length - 1)] =
          round % 2 === 0 ? random.integer(0, 255) : 0x30 + random.integer(0, 9);
      const began = performance.now();
      try {
        await using slide = await open(new Map(files).set(key, bytes));
        await slide.readRegion(region);
      } catch (error) {
        refused++;
        if (!isSlideloomError(error)) throw error;
      }
      expect(performance.now() - began).toBeLessThan(LIMIT_MS);
      // Decoders in WebAssembly have memory that outlives a chunk.
      if (round % 10 > 0) continue;
      await using slide = await openSlide(sound);
      expect(Buffer.compare((await slide.readRegion(region)).data, data)).toBe(0);
    }
    expect(refused).toBeGreaterThan(10);
    expect(refused).toBeLessThan(100);
  });
});

describe('the fixtures of zarr-python, each chunk mutated', () => {
  const fixtures = JSON.parse(readFileSync(new URL('../golden/zarr-fixtures.json', import.meta.url), 'utf8')) as Record<
    string,
    { files: Record<string, string> }
  >;
  it.each(Object.entries(fixtures).filter(([name]) => name.startsWith('blosc')))('%s', async (_, { files }) => {
    const sound: ZarrFiles = new Map(Object.entries(files).map(([key, text]) => [key, Buffer.from(text, 'base64')]));
    const random = createSeededRandom(3);
    for (let round = 0; round < 60; round++) {
      const bytes = Buffer.from(sound.get(sound.has('0.0') ? '0.0' : '0.0.0')!);
      bytes[random.integer(0, bytes.length - 1)] = random.integer(0, 255);
      const began = performance.now();
      await using slide = await open(new Map(sound).set(sound.has('0.0') ? '0.0' : '0.0.0', bytes));
      await slide.readRegion({ ...region, width: 20, height: 16, channel: 0 }).catch((error: unknown) => {
        if (!isSlideloomError(error)) throw error;
      });
      expect(performance.now() - began).toBeLessThan(LIMIT_MS);
    }
  });
});
