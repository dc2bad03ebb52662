import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createSampleArray, SAMPLE_ARRAYS, type SampleType } from '../../src/io/sample-raster.ts';
import { openSlide } from '../../src/slide/open-slide.ts';
import { readZip } from '../support/read-zip.ts';
import { describeWithShared, ROOT, sharedPath } from '../support/shared-data.ts';
import { createZarrFolders, type ZarrFiles } from '../support/tiny-zarr.ts';

interface Fixture {
  readonly shape: readonly [rows: number, columns: number, samples?: number];
  readonly type: SampleType;
  readonly files: Readonly<Record<string, string>>;
  readonly samples: string;
}

const fixtures = JSON.parse(readFileSync(join(ROOT, 'test/golden/zarr-fixtures.json'), 'utf8')) as Record<
  string,
  Fixture
>;
const folders = createZarrFolders();
afterAll(() => folders.clean());

/** Every sample of the array, in its own order, by way of the slide's channels. */
async function readAll(folder: string, [height, width, count = 1]: Fixture['shape'], type: SampleType) {
  await using slide = await openSlide(folder, { backend: 'native' });
  expect([slide.format, slide.width, slide.height]).toEqual(['ome-zarr', width, height]);
  const all = createSampleArray(type, width * height * count);
  for (let channel = 0; channel < count; channel++) {
    const { data } = await slide.readRegion({ x: 0, y: 0, level: 0, width, height, channel });
    for (let i = 0; i < data.length; i++) all[i * count + channel] = data[i]!;
  }
  return all;
}

describe('arrays of zarr-python 2 (Zarr v2)', () => {
  it.each(Object.entries(fixtures))('%s: every sample is the same', async (_, { shape, type, files, samples }) => {
    const folder = folders.write(
      new Map(Object.entries(files).map(([key, text]) => [key, Buffer.from(text, 'base64')])),
    );
    const bytes = new Uint8Array(Buffer.from(samples, 'base64'));
    expect(await readAll(folder, shape, type)).toEqual(new SAMPLE_ARRAYS[type](bytes.buffer));
  });
});

describeWithShared('arrays of zarr-python 3 (Zarr v3) and 2, the fixtures of zarrita', () => {
  const load = (version: 'v2' | 'v3', name: string): string => {
    const zip = readZip(
      readFileSync(sharedPath('data', 'volumes', 'zarr-zips', version, 'data.zipped_from_within.zarr.zip')),
    );
    const own: ZarrFiles = new Map();
    for (const [key, bytes] of zip) if (key.startsWith(`${name}/`)) own.set(key.slice(name.length + 1), bytes);
    const folder = folders.write(own);
    mkdirSync(folder, { recursive: true });
    return folder;
  };

  // Their generator (zarrita's scripts/generate-v3.py) counts up in order C: from 1 in two axes, from 0 in three.
  it.each([
    ['v2', '2d.chunked.ragged.i2', [3, 3]],
    ['v2', '3d.chunked.i2', [3, 3, 3]],
    ['v2', '3d.chunked.mixed.i2.C', [3, 3, 3]],
    ['v2', '3d.chunked.mixed.i2.F', [3, 3, 3]],
    ['v2', '3d.contiguous.i2', [3, 3, 3]],
    ['v3', '2d.contiguous.i2', [2, 2]],
    ['v3', '2d.chunked.i2', [2, 2]],
    ['v3', '2d.chunked.ragged.i2', [3, 3]],
    ['v3', '3d.chunked.i2', [3, 3, 3]],
    ['v3', '3d.chunked.mixed.i2.C', [3, 3, 3]],
    ['v3', '3d.chunked.mixed.i2.F', [3, 3, 3]],
    ['v3', '3d.contiguous.i2', [3, 3, 3]],
    ['v3', '2d.contiguous.compressed.sharded.i2', [2, 2]],
    ['v3', '2d.chunked.compressed.sharded.i2', [4, 4]],
    ['v3', '2d.chunked.ragged.compressed.sharded.i2', [3, 3]],
    ['v3', '3d.contiguous.compressed.sharded.i2', [3, 3, 3]],
    ['v3', '3d.chunked.mixed.compressed.sharded.i2', [3, 3, 3]],
  ] as const)('%s %s', async (version, name, shape) => {
    const samples = await readAll(load(version, name), shape, 'int16');
    expect([...samples]).toEqual(Array.from(samples, (__, i) => i + (shape.length === 2 ? 1 : 0)));
  });

  it('knows chunks that the writer left out of a shard', async () => {
    const samples = await readAll(load('v3', '2d.chunked.compressed.sharded.filled.i2'), [4, 4], 'int16');
    // The chunk of the 0, which is the fill value, is not stored.
    expect([...samples]).toEqual(Array.from(samples, (_, i) => i));
  });
});

describeWithShared('CMU-1-Small-Region-JPEG.zarr', () => {
  it('has the pixels of the SVS that it was made of: wsic copied the JPEG streams', async () => {
    await using zarr = await openSlide(sharedPath('data', 'wsi', 'CMU-1-Small-Region-JPEG.zarr'));
    await using svs = await openSlide(sharedPath('data', 'wsi', 'CMU-1-Small-Region.svs'));
    expect([zarr.width, zarr.height]).toEqual([svs.width, svs.height]);
    const region = { x: 0, y: 0, level: 0, width: svs.width, height: svs.height };
    const [ours, theirs] = [await zarr.readRegion(region), await svs.readRegion(region)];
    let most = 0;
    for (let i = 0; i < ours.data.length; i++) most = Math.max(most, Math.abs(ours.data[i]! - theirs.data[i]!));
    expect(most).toBe(0);
  });
});
