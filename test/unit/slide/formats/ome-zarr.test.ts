import { utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { SampleArray } from '../../../../src/io/sample-raster.ts';
import { openSlide } from '../../../../src/slide/open-slide.ts';
import type { SlideOptions } from '../../../../src/slide/settings.ts';
import type { Slide } from '../../../../src/slide/slide.ts';
import {
  buildNgff,
  buildZarrArray,
  createZarrFolders,
  nest,
  setGroup,
  type TinyArray,
  toJson,
  type ZarrFiles,
} from '../../../support/tiny-zarr.ts';

const folders = createZarrFolders();
afterAll(() => folders.clean());

type Look = Parameters<typeof buildNgff>[2];

/** One level of 4 x 2 pixels; samples in order C. */
async function openTiny(
  look: Look,
  data: SampleArray,
  { shape, options, ...array }: Partial<TinyArray> & { options?: SlideOptions } = {},
): Promise<Slide> {
  const full = shape ?? [2, 4];
  const files = await buildNgff(array.version ?? 2, [{ shape: full, chunk: full, ...array, data }], look);
  return openSlide(folders.write(files), { backend: 'native', ...options });
}

async function readPixels(slide: Slide): Promise<number[]> {
  const { data } = await slide.readRegion({ x: 0, y: 0, level: 0, width: slide.width, height: slide.height });
  return [...data];
}

const ramp = Uint8Array.from([0, 1, 2, 3, 4, 5, 6, 255]);

describe('the pixel size of OME-Zarr', () => {
  const unit = (name: string) => [
    { name: 'y', type: 'space', unit: name },
    { name: 'x', type: 'space', unit: name },
  ];
  it.each([
    ['micrometer', [0.5, 0.25], undefined, { x: 0.25, y: 0.5 }],
    ['nanometer', [500, 250], undefined, { x: 0.25, y: 0.5 }],
    ['millimeter', [0.0005, 0.00025], undefined, { x: 0.25, y: 0.5 }],
    ['µm', [0.5, 0.25], undefined, { x: 0.25, y: 0.5 }],
    ['micrometer', [1, 1], [0.5, 0.25], { x: 0.25, y: 0.5 }],
    ['micrometer', [2, 2], [0.25, 0.125], { x: 0.25, y: 0.5 }],
    ['micrometer', undefined, [0.5, 0.25], { x: 0.25, y: 0.5 }],
  ] as const)('in %s, scale %j of the level and %j of the image', async (name, own, common, { x, y }) => {
    const look = { axes: unit(name), ...(own && { scales: [own] }), ...(common && { scale: common }) };
    await using slide = await openTiny(look, ramp);
    expect(slide.mpp?.x).toBeCloseTo(x, 9);
    expect(slide.mpp?.y).toBeCloseTo(y, 9);
    expect(slide.mpp?.source).toBe('metadata');
  });

  it.each([
    ['no unit', { axes: ['y', 'x'], scales: [[0.5, 0.5]] }],
    ['pixels', { axes: unit('pixel'), scales: [[0.5, 0.5]] }],
    ['no scale', { axes: unit('micrometer') }],
    ['a scale of other axes', { axes: unit('micrometer'), scales: [[0.5]] }],
    ['a size of zero', { axes: unit('micrometer'), scales: [[0, 0]] }],
  ] as const)('is unknown with %s', async (_, look) => {
    await using slide = await openTiny(look, ramp);
    expect(slide.mpp).toBeUndefined();
  });
});

describe('the axes of OME-Zarr', () => {
  const rgb = Uint8Array.from({ length: 24 }, (_, i) => i * 10);
  /** The picture of `rgb` as pixels, stored with its axes in this order. */
  const arrange = (axes: string): { shape: number[]; data: Uint8Array } => {
    const sizes = { t: 1, c: 3, z: 1, y: 2, x: 4 };
    const shape = [...axes].map((axis) => sizes[axis as 'x']);
    const data = new Uint8Array(24);
    let to = 0;
    const walk = (depth: number, at: Record<string, number>): void => {
      const axis = axes[depth];
      if (axis === undefined) {
        data[to++] = rgb[(at['y']! * 4 + at['x']!) * 3 + at['c']!]!;
        return;
      }
      for (let i = 0; i < sizes[axis as 'x']; i++) walk(depth + 1, { ...at, [axis]: i });
    };
    walk(0, {});
    return { shape, data };
  };

  it.each(['tczyx', 'czyx', 'cyx', 'yxc', 'ycx', 'xyc', 'zcyx'])('%s', async (axes) => {
    const { shape, data } = arrange(axes);
    await using slide = await openTiny({ axes: [...axes] }, data, { shape, chunk: shape.map((n) => Math.min(n, 2)) });
    expect([slide.width, slide.height]).toEqual([4, 2]);
    expect(slide.channels).toEqual([{ name: 'RGB', bitDepth: 8, type: 'uint8', samples: 3 }]);
    expect(await readPixels(slide)).toEqual([...rgb]);
  });

  it('are five where an old image says nothing, and names alone before 0.4', async () => {
    const files = await buildNgff(2, [{ shape: [1, 1, 1, 2, 4], chunk: [1, 1, 1, 2, 4], data: ramp }], { axes: [] });
    const { multiscales } = JSON.parse(String(files.get('.zattrs')));
    delete multiscales[0].axes;
    files.set('.zattrs', toJson({ multiscales }));
    await using slide = await openSlide(folders.write(files));
    expect([slide.width, slide.height]).toEqual([4, 2]);
  });

  it.each([
    [['y', 'x', 'q'], /the axis "q" is not read/],
    [['c', 'z', 'y'], /the axes c, z, y are no picture/],
    [['y', 'y', 'x'], /no picture/],
    [['y', 'x'], /3 axes where y, x are stated/],
  ])('%j are refused', async (axes, message) => {
    await expect(openTiny({ axes }, ramp, { shape: [2, 2, 2] })).rejects.toThrow(message);
  });
});

describe('the channels of OME-Zarr', () => {
  it('are shown through their windows, in their colours, and those that are not active are not', async () => {
    const data = Uint16Array.from([0, 100, 300, 500, 1000, 0, 0, 65_535, ...new Array(8).fill(1000)]);
    const look = {
      axes: ['c', 'y', 'x'],
      omero: {
        channels: [
          { label: 'DAPI', color: '0000ff', window: { start: 100, end: 500, min: 0, max: 65_535 } },
          { label: 'AF', color: 'FFFFFF', active: false, window: { start: 0, end: 10 } },
        ],
      },
    };
    await using slide = await openTiny(look, data, { shape: [2, 2, 4], type: 'uint16' });
    expect(slide.channels).toMatchObject([
      { name: 'DAPI', type: 'uint16', range: [100, 500], color: [0, 0, 255] },
      { name: 'AF', bitDepth: 16 },
    ]);
    const blue = (await readPixels(slide)).filter((_, i) => i % 3 === 2);
    expect(blue).toEqual([0, 0, 128, 255, 255, 0, 0, 255]);
    expect(slide.properties.get('ome.shown-channels')).toBe('0');
    const { data: samples } = await slide.readRegion({ x: 0, y: 0, level: 0, width: 4, height: 2, channel: 'AF' });
    expect([...samples]).toEqual(new Array(8).fill(1000));
  });

  it('are turned over where they are inverted', async () => {
    const omero = { channels: [{ color: 'FFFFFF', inverted: true, window: { start: 0, end: 255 } }] };
    await using slide = await openTiny({ axes: ['y', 'x'], omero }, ramp);
    expect((await readPixels(slide)).filter((_, i) => i % 3 === 0)).toEqual([255, 254, 253, 252, 251, 250, 249, 0]);
  });

  it.each([
    ['int8', Int8Array.from([-128, -1, 0, 1, 127, 0, 0, 0]), [0, 127, 128, 129, 255, 128, 128, 128]],
    ['int16', Int16Array.from([-32_768, 0, 32_767, 0, 0, 0, 0, 0]), [0, 128, 255, 128, 128, 128, 128, 128]],
    ['uint16', Uint16Array.from([0, 128, 129, 257, 65_535, 385, 386, 0]), [0, 0, 1, 1, 255, 1, 2, 0]],
  ] as const)('of %s are shown over the range of their type', async (type, data, grey) => {
    await using slide = await openTiny({ axes: ['y', 'x'] }, data, { type });
    expect((await readPixels(slide)).filter((_, i) => i % 3 === 0)).toEqual(grey);
  });

  it.each(['uint32', 'int32', 'float32', 'float64'] as const)('of %s need a window', async (type) => {
    const data = { uint32: Uint32Array, int32: Int32Array, float32: Float32Array, float64: Float64Array }[type].from(
      ramp,
    );
    await using blind = await openTiny({ axes: ['y', 'x'] }, data, { type });
    await expect(readPixels(blind)).rejects.toMatchObject({ tag: 'option', option: 'window' });
    const { data: samples } = await blind.readRegion({ x: 0, y: 0, level: 0, width: 4, height: 2, channel: 0 });
    expect([...samples]).toEqual([...ramp]);
    await using given = await openTiny({ axes: ['y', 'x'] }, data, { type, options: { window: [0, 255] } });
    expect((await readPixels(given)).filter((_, i) => i % 3 === 0)).toEqual([...ramp]);
    const omero = { channels: [{ window: { start: 0, end: 255 } }] };
    await using stated = await openTiny({ axes: ['y', 'x'], omero }, data, { type });
    expect((await readPixels(stated)).filter((_, i) => i % 3 === 0)).toEqual([...ramp]);
  });

  it('are pixels of RGB where three of 8 bits have its colours, whatever their windows', async () => {
    const colors = ['FF0000', '00FF00', '0000FF'];
    const omero = {
      channels: colors.map((color, i) => ({ label: `Channel ${i}`, color, window: { start: 3, end: 90 } })),
    };
    const data = Uint8Array.from({ length: 24 }, (_, i) => i * 10);
    await using slide = await openTiny({ axes: ['c', 'y', 'x'], omero }, data, { shape: [3, 2, 4] });
    expect(slide.channels[0]?.name).toBe('RGB');
    expect((await readPixels(slide)).slice(0, 6)).toEqual([0, 80, 160, 10, 90, 170]);
    const stained = { channels: colors.map((color, i) => ({ label: ['DAPI', 'CD3', 'CD8'][i], color })) };
    await using other = await openTiny({ axes: ['c', 'y', 'x'], omero: stained }, data, { shape: [3, 2, 4] });
    expect(other.channels.map(({ name }) => name)).toEqual(['DAPI', 'CD3', 'CD8']);
    expect(await readPixels(other)).toEqual(await readPixels(slide));
  });

  it('do without omero metadata that make no sense', async () => {
    const omero = { channels: [{ label: 7, color: 'blue', window: { start: 9, end: 3 }, active: 'yes' }] };
    await using slide = await openTiny({ axes: ['y', 'x'], omero }, ramp);
    expect(slide.channels).toEqual([{ name: 'grey', bitDepth: 8, type: 'uint8' }]);
    expect((await readPixels(slide)).filter((_, i) => i % 3 === 0)).toEqual([...ramp]);
  });
});

describe('the planes of OME-Zarr', () => {
  const data = Uint8Array.from({ length: 2 * 3 * 8 }, (_, i) => i);
  const open = (options: SlideOptions) =>
    openTiny({ axes: ['t', 'z', 'y', 'x'] }, data, { shape: [2, 3, 2, 4], chunk: [1, 2, 2, 4], options });

  it('are chosen by z and t', async () => {
    for (const [t, z] of [
      [0, 0],
      [0, 2],
      [1, 1],
    ] as const) {
      await using slide = await open({ z, t });
      expect(slide.plane).toEqual({ z, t });
      expect((await readPixels(slide))[0]).toBe((t * 3 + z) * 8);
    }
  });

  it('are refused where there are none', async () => {
    await expect(open({ z: 3 })).rejects.toMatchObject({ tag: 'option', option: 'z' });
    await expect(open({ t: 2 })).rejects.toThrow(/an integer from 0 to 1/);
  });

  it('are those at the same height where a coarser level has fewer', async () => {
    const flat = (shape: number[], value: number): TinyArray => ({
      ...{ shape, chunk: [1, ...shape.slice(1)] },
      data: Uint8Array.from(
        { length: shape.reduce((a, b) => a * b) },
        (_, i) => Math.floor((i / shape.reduce((a, b) => a * b)) * shape[0]!) + value,
      ),
    });
    const files = await buildNgff(2, [flat([4, 8, 8], 0), flat([2, 4, 4], 100)], { axes: ['z', 'y', 'x'] });
    await using slide = await openSlide(folders.write(files), { z: 3 });
    const read = async (level: number) => (await slide.readRegion({ x: 0, y: 0, level, width: 1, height: 1 })).data[0];
    expect([await read(0), await read(1)]).toEqual([3, 101]);
  });
});

describe('chunks that are not stored', () => {
  it.each([2, 3] as const)('are the fill value, v%d', async (version) => {
    const array = { version, chunk: [1, 2], fill: 9, missing: ([y]: readonly number[]) => y === 1 };
    await using slide = await openTiny({ axes: ['y', 'x'] }, ramp, array);
    expect((await readPixels(slide)).filter((_, i) => i % 3 === 0)).toEqual([0, 1, 2, 3, 9, 9, 9, 9]);
    expect(await slide.readTile(0, 0, 1)).toBeUndefined();
  });

  it.each([true, false])('in shards too, with the index at the start: %s', async (indexAtStart) => {
    const array = { version: 3, chunk: [1, 2], shard: [2, 2], fill: 9, indexAtStart, codec: 'gzip' } as const;
    const missing = ([y, x]: readonly number[]) => y === 1 && x === 0;
    await using slide = await openTiny({ axes: ['y', 'x'] }, ramp, { ...array, missing });
    expect((await readPixels(slide)).filter((_, i) => i % 3 === 0)).toEqual([0, 1, 2, 3, 9, 9, 6, 255]);
  });
});

describe('what is no slide', () => {
  const open = (files: ZarrFiles) => openSlide(folders.write(files), { backend: 'native' });
  const withRoot = (ome: object, version: 2 | 3 = 2): ZarrFiles => {
    const files: ZarrFiles = new Map();
    setGroup(files, '', version, ome);
    return files;
  };

  it.each([2, 3] as const)('plates and wells, v%d', async (version) => {
    await expect(open(withRoot({ plate: { columns: [] } }, version))).rejects.toMatchObject({
      tag: 'unsupported-format',
      hint: expect.stringMatching(/plate\.zarr\/A\/1\/0/),
    });
    await expect(open(withRoot({ well: { images: [] } }, version))).rejects.toThrow(/a well of a plate/);
  });

  it('groups without an image', async () => {
    await expect(open(withRoot({}))).rejects.toThrow(/without a multiscale image/);
    await expect(open(withRoot({ 'bioformats2raw.layout': 3 }))).rejects.toThrow(/the image "0" is missing/);
  });

  it('a folder without Zarr metadata is still asked for DICOM', async () => {
    const folder = folders.write(new Map([['a.txt', toJson('')]]), 'plain-folder');
    await expect(openSlide(folder)).rejects.toThrow(/is a directory, and none of a DICOM slide/);
  });
});

describe('plain groups', () => {
  it('of arrays named 0, 1, 2 are levels', async () => {
    const rgb = (height: number, width: number): TinyArray => ({
      ...{ shape: [height, width, 3], chunk: [2, 2, 3] },
      data: new Uint8Array(height * width * 3).fill(height),
    });
    const files: ZarrFiles = new Map([['.zgroup', toJson({ zarr_format: 2 })]]);
    for (const [i, array] of [rgb(8, 6), rgb(4, 3)].entries())
      for (const [key, bytes] of nest(await buildZarrArray(array), String(i))) files.set(key, bytes);
    await using slide = await openSlide(folders.write(files));
    expect(slide.levels.map(({ width, height }) => [width, height])).toEqual([
      [6, 8],
      [3, 4],
    ]);
  });
});

describe('a Zarr folder as the input of a run', () => {
  it('opens by any of its metadata files, under the name of the folder', async () => {
    const files = await buildNgff(2, [{ shape: [2, 4], chunk: [2, 4], data: ramp }], { axes: ['y', 'x'] });
    const folder = folders.write(files, 'by-file.zarr');
    for (const path of [folder, `${folder}/`, join(folder, '.zattrs'), join(folder, '.zgroup')]) {
      await using slide = await openSlide(path);
      expect([slide.name, slide.format]).toEqual([folder, 'ome-zarr']);
    }
  });

  it('has another hash with another chunk or other metadata, and another time with another array', async () => {
    const build = async (data: Uint8Array, name: string) => {
      const look = { axes: ['y', 'x'], name };
      const folder = folders.write(await buildNgff(2, [{ shape: [2, 4], chunk: [2, 4], data }], look));
      await using slide = await openSlide(folder);
      return { folder, hash: await slide.computeQuickHash?.(), identity: slide.identity };
    };
    const first = await build(ramp, 'a');
    const hashes = [first, await build(ramp, 'a'), await build(ramp.toReversed(), 'a'), await build(ramp, 'b')];
    expect(hashes.map(({ hash }) => hash === first.hash)).toEqual([true, true, false, false]);
    writeFileSync(join(first.folder, '0', 'new'), '');
    utimesSync(join(first.folder, '0'), new Date(), new Date(Date.now() + 60_000));
    await using again = await openSlide(first.folder);
    expect(again.identity.mtimeMs).toBeGreaterThan(first.identity.mtimeMs ?? 0);
  });
});
