import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openSlide } from '../../src/slide/open-slide.ts';
import { type RangeServer, startRangeServer } from '../support/range-server.ts';
import { createSeededRandom } from '../support/seeded-random.ts';
import { describeWithShared, sharedPath } from '../support/shared-data.ts';
import { describeSlide } from '../support/slide-conformance.ts';
import {
  buildNgff,
  buildZarrArray,
  createZarrFolders,
  nest,
  setGroup,
  type TinyArray,
  type ZarrFiles,
} from '../support/tiny-zarr.ts';

const folders = createZarrFolders();
afterAll(() => folders.clean());

function noise<T extends Uint8Array | Uint16Array>(data: T, seed: number): T {
  const random = createSeededRandom(seed);
  for (let i = 0; i < data.length; i++) data[i] = random.integer(0, 2 ** (8 * data.BYTES_PER_ELEMENT) - 1);
  return data;
}

const count = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);
const bytes = (shape: readonly number[], options: Omit<TinyArray, 'shape' | 'data'>, seed = 1): TinyArray => ({
  ...{ shape, data: noise(new Uint8Array(count(shape)), seed) },
  ...options,
});
const words = (shape: readonly number[], options: Omit<TinyArray, 'shape' | 'data'>, seed = 1): TinyArray => ({
  ...{ shape, type: 'uint16', data: noise(new Uint16Array(count(shape)), seed) },
  ...options,
});

const micrometer = { type: 'space', unit: 'micrometer' };
const base = { format: 'ome-zarr', levels: 1, associated: [], hasMpp: true };

const planar = { chunk: [1, 1, 1, 16, 16], codec: 'blosc' } as const;
const pyramid = await buildNgff(
  2,
  [bytes([1, 3, 1, 50, 75], planar), bytes([1, 3, 1, 25, 38], planar, 2), bytes([1, 3, 1, 13, 19], planar, 3)],
  {
    axes: [
      { name: 't', type: 'time' },
      { name: 'c', type: 'channel' },
      { name: 'z', ...micrometer },
      { name: 'y', ...micrometer },
      { name: 'x', ...micrometer },
    ],
    scales: [1, 2, 4].map((factor) => [1, 1, 1, factor * 0.5, factor * 0.5]),
  },
);
describeSlide('OME-Zarr 0.4, tczyx, planes of RGB', {
  ...base,
  open: () => openSlide(folders.write(pyramid)),
  levels: 3,
});

const interleaved = { codec: 'zstd', chunk: [16, 16, 3], shard: [2, 2, 1] } as const;
const sharded = await buildNgff(3, [bytes([50, 75, 3], interleaved), bytes([25, 38, 3], interleaved, 2)], {
  axes: [{ name: 'y', type: 'space', unit: 'nanometer' }, { name: 'x', type: 'space', unit: 'nanometer' }, 'c'],
  scales: [
    [500, 500, 1],
    [1000, 1000, 1],
  ],
});
describeSlide('OME-Zarr 0.5, yxc in shards', { ...base, open: () => openSlide(folders.write(sharded)), levels: 2 });

const channels = await buildNgff(
  3,
  [words([3, 50, 75], { chunk: [2, 16, 16], codec: 'gzip', checksum: true, separator: '.' })],
  {
    axes: ['c', 'y', 'x'],
    omero: {
      channels: [
        { label: 'DAPI', color: '0000FF', window: { start: 100, end: 60_000, min: 0, max: 65_535 } },
        { label: 'CD3', color: '00FF00', window: { start: 0, end: 65_535, min: 0, max: 65_535 } },
        { label: 'CD20', color: 'FF00FF' },
      ],
    },
  },
);
describeSlide('OME-Zarr 0.5, three channels of 16 bits', {
  ...{ ...base, hasMpp: false },
  open: () => openSlide(folders.write(channels)),
});

const planes = await buildNgff(
  2,
  [
    words([2, 1, 3, 50, 75], {
      chunk: [1, 1, 2, 16, 16],
      codec: 'zlib',
      missing: ([, , , y, x]) => y === 1 && x === 1,
    }),
  ],
  { axes: ['t', 'c', 'z', 'y', 'x'] },
);
describeSlide('OME-Zarr 0.4, one of six planes, with missing chunks', {
  ...{ ...base, hasMpp: false },
  open: () => openSlide(folders.write(planes), { z: 2, t: 1 }),
});

describeSlide('a plain array of Zarr v2', {
  ...{ ...base, hasMpp: false },
  open: async () =>
    openSlide(folders.write(await buildZarrArray(bytes([50, 75], { chunk: [16, 16], separator: '.', codec: 'lz4' })))),
});

const collection: ZarrFiles = new Map();
setGroup(collection, '', 2, { 'bioformats2raw.layout': 3 });
setGroup(collection, 'OME', 2, { series: ['0', '1', '2'] });
const xml = [
  ['label image', 12, 5],
  ['slide', 75, 50],
  ['macro image', 20, 10],
].map(
  ([name, x, y], i) =>
    `<Image ID="Image:${i}" Name="${name}"><Pixels ID="Pixels:${i}" DimensionOrder="XYCZT" Type="uint8" SizeX="${x}" SizeY="${y}" SizeC="3" SizeZ="1" SizeT="1" PhysicalSizeX="0.25" PhysicalSizeY="0.25"/></Image>`,
);
collection.set(
  'OME/METADATA.ome.xml',
  Buffer.from(
    `<?xml version="1.0"?><OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06">${xml.join('')}</OME>`,
  ),
);
for (const [i, shape] of [
  [1, 3, 1, 5, 12],
  [1, 3, 1, 50, 75],
  [1, 3, 1, 10, 20],
].entries()) {
  const image = await buildNgff(2, [bytes(shape, planar, i)], { axes: ['t', 'c', 'z', 'y', 'x'] });
  for (const [key, data] of nest(image, String(i))) collection.set(key, data);
}
describeSlide('OME-Zarr as bioformats2raw writes it', {
  ...base,
  open: () => openSlide(folders.write(collection)),
  associated: ['label', 'macro'],
});

describe('over http', () => {
  let server: RangeServer;
  beforeAll(async () => {
    server = await startRangeServer({});
    for (const [name, files] of [
      ['pyramid.zarr', pyramid],
      ['sharded.zarr', sharded],
    ] as const) {
      for (const [key, data] of nest(files, name)) server.files.set(key, data);
    }
  });
  afterAll(() => server.close());

  describeSlide('OME-Zarr 0.4 over http', { ...base, open: () => openSlide(server.getUrl('pyramid.zarr')), levels: 3 });
  describeSlide('OME-Zarr 0.5 over http', {
    ...base,
    open: () => openSlide(server.getUrl('sharded.zarr/')),
    levels: 2,
  });

  it.each([
    ['pyramid.zarr', pyramid],
    ['sharded.zarr', sharded],
  ] as const)('%s has the pixels that it has as a folder', async (name, files) => {
    await using local = await openSlide(folders.write(files));
    await using remote = await openSlide(server.getUrl(name));
    for (const [level, { width, height }] of local.levels.entries()) {
      const region = { x: 0, y: 0, level, width, height };
      expect((await remote.readRegion(region)).data).toEqual((await local.readRegion(region)).data);
    }
    expect(remote.name).toBe(server.getUrl(name));
    expect(await remote.computeQuickHash?.()).toBe(await local.computeQuickHash?.());
  });

  it('asks for each metadata file and each chunk once, and keeps shards open', async () => {
    server.reset();
    await using slide = await openSlide(server.getUrl('pyramid.zarr'));
    // zarr.json, which is not there, .zattrs twice, .zarray of the root, which is not there, .zgroup, and .zarray of 3 levels.
    expect(server.requests.length).toBeLessThanOrEqual(9);
    server.reset();
    const region = { x: 0, y: 0, level: 0, width: 75, height: 50 };
    await slide.readRegion(region);
    expect(server.requests.length).toBe(4 * 5 * 3);
    await using other = await openSlide(server.getUrl('sharded.zarr'));
    server.reset();
    await other.readRegion(region);
    // 20 chunks in 6 shards.
    expect(server.requests.length).toBe(6);
    server.reset();
  });

  it('takes an answer of 404 for a missing chunk, and any other failure for one', async () => {
    await using slide = await openSlide(server.getUrl('pyramid.zarr'), { remote: { retries: 0 } });
    const region = { x: 0, y: 0, level: 0, width: 10, height: 10 };
    server.intercept = ({ url }, response) => {
      if (!url.endsWith('/0/0/1/0/0/0')) return false;
      response.writeHead(403).end();
      return true;
    };
    await expect(slide.readRegion(region)).rejects.toMatchObject({ tag: 'remote', status: 403 });
    server.intercept = ({ url }, response) => {
      if (!url.endsWith('/0/0/1/0/0/0')) return false;
      response.writeHead(404).end();
      return true;
    };
    const { data } = await slide.readRegion(region);
    expect(data.every((value, i) => i % 3 !== 1 || value === 0)).toBe(true);
    expect(data.some((value) => value !== 0)).toBe(true);
    server.reset();
  });

  it('reads from a bucket', async () => {
    for (const [key, data] of nest(pyramid, 'bucket/my slides/a.zarr')) server.files.set(key, data);
    vi.stubEnv('AWS_ENDPOINT_URL', server.origin);
    vi.stubEnv('AWS_ACCESS_KEY_ID', '');
    await using remote = await openSlide('s3://bucket/my slides/a.zarr').finally(() => vi.unstubAllEnvs());
    await using local = await openSlide(folders.write(pyramid));
    const region = { x: 0, y: 0, level: 2, width: 19, height: 13 };
    vi.stubEnv('AWS_ENDPOINT_URL', server.origin);
    const { data } = await remote.readRegion(region).finally(() => vi.unstubAllEnvs());
    expect(data).toEqual((await local.readRegion(region)).data);
  });

  it('says that an address has no Zarr folder', async () => {
    await expect(openSlide(server.getUrl('nothing.zarr'))).rejects.toMatchObject({ tag: 'source' });
    await expect(openSlide(server.getUrl('nothing.zarr'))).rejects.toThrow(/the server has none of zarr.json, .zattrs/);
  });
});

describeWithShared('real Zarr', () => {
  describeSlide('CMU-1-Small-Region-JPEG.zarr', {
    ...{ ...base, hasMpp: false },
    open: () => openSlide(sharedPath('data', 'wsi', 'CMU-1-Small-Region-JPEG.zarr')),
  });
});
