import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { embedSlide } from '../../src/inference/embed.ts';
import { readSlideFeatures } from '../../src/io/feature-files/read-slide-features.ts';
import { encodeHdf5 } from '../../src/io/hdf5/encode-hdf5.ts';
import type { H5DatasetPlan } from '../../src/io/hdf5/h5-plan.ts';
import { halfToFloat } from '../../src/io/safetensors/kernels/narrow-floats.ts';
import { readSafetensors } from '../../src/io/safetensors/read-safetensors.ts';
import type { PatchCorner } from '../../src/preprocessing/extract-patches/list-plan.ts';
import { describeWithShared, ROOT, sharedPath, skipLoudly } from '../support/shared-data.ts';
import { createTinyBackbone } from '../support/tiny-backbones.ts';

const PYTHON = '/usr/bin/python3';
const NEEDS = 'python3-h5py and python3-torch';
const hasH5py = spawnSync(PYTHON, ['-c', 'import h5py, numpy, torch']).status === 0;

/** What h5py says of files; those with `make` it writes first. */
function describeFiles(jobs: readonly Job[]): Described[] {
  const input = jobs.map((job) => `${JSON.stringify(job)}\n`).join('');
  const script = join(ROOT, 'test', 'golden', 'hdf5_oracle.py');
  const { stdout, stderr, status } = spawnSync(PYTHON, [script], { input, encoding: 'utf8', maxBuffer: 2 ** 28 });
  expect(stderr).toBe('');
  expect(status).toBe(0);
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Described);
}

const joinPlaces = (x: Float64Array = new Float64Array(), y: Float64Array = new Float64Array()) =>
  [...x].flatMap((value, row) => [value, y[row] ?? 0]);

interface Job {
  readonly path: string;
  readonly make?: unknown;
  /** More of `create_dataset`, and versions of the format. */
  readonly options?: unknown;
  readonly libver?: readonly string[];
}

interface Described {
  readonly attrs: Record<string, unknown>;
  readonly datasets: Record<string, { attrs: Record<string, unknown>; data: number[]; chunks: number[] | null }>;
  readonly data: number[];
}

const entrySchema = z.object({
  id: z.string(),
  values: z.object({
    h5: z.object({
      coords: z.object({ data: z.array(z.tuple([z.int(), z.int()])), attrs: z.record(z.string(), z.unknown()) }),
    }),
  }),
});

function readGolden(id: string) {
  const { entries } = JSON.parse(readFileSync(sharedPath('golden', 'index.json'), 'utf8')) as {
    entries: { id: string }[];
  };
  return entrySchema.parse(entries.find((one) => one.id === id)).values.h5.coords;
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'slideloom-layouts-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const suite: typeof describeWithShared = hasH5py ? describeWithShared : (name) => skipLoudly(name, NEEDS);
suite('files of features in the layouts of', () => {
  const slide = sharedPath('golden', 'inputs', 'cmu-1-small-region.svs');

  async function embed(layout: 'native' | 'clam' | 'trident' | 'stamp', side: number, plan: object) {
    const model = join(folder, 'tiny.onnx');
    writeFileSync(model, createTinyBackbone({ side }));
    const options = { model, out: join(folder, layout), layout, workers: 1, threads: 1, ...plan };
    return (await embedSlide(slide, options)).files;
  }

  /** The rows of the same patches in slideloom's own file. */
  async function readOwn(files: readonly string[]) {
    const { tensors } = await readSafetensors(files[0] ?? '');
    return [...tensors.get('features')!.data].map(Number);
  }

  it('CLAM hold what its own writers put there, field by field', async () => {
    const golden = readGolden('clam_coords_03__cmu');
    const plan = { coords: golden.data as PatchCorner[], level: 0 };
    const [features = '', tensor = '', coords = ''] = await embed('clam', 256, plan);
    const own = await readOwn(await embed('native', 256, plan));
    const peer = { dtype: 'int64', shape: [30, 2], chunks: [1, 2], ...golden };
    peer.attrs = { ...golden.attrs, save_path: join(folder, 'clam', 'patches') };
    const [made, theirs, ours, loaded] = describeFiles([
      { path: features },
      { path: join(folder, 'peer.h5'), make: { coords: peer } },
      { path: coords },
      { path: tensor },
    ]);
    expect(ours).toEqual(theirs);
    const chunked = { shape: [30, 4], chunks: [32, 4], maxshape: [null, 4], attrs: {} };
    const rows = { ...chunked, shape: [30, 2], chunks: [32, 2], maxshape: [null, 2] };
    expect(made).toEqual({
      attrs: {},
      datasets: {
        features: { dtype: 'float32', ...chunked, data: own },
        coords: { dtype: 'int32', ...rows, data: golden.data.flat() },
      },
    });
    const back = await readSlideFeatures(features);
    expect(back).toMatchObject({ layout: 'clam', count: 30, dim: 4, model: undefined, patchSize: undefined });
    expect([[...back.features], joinPlaces(back.x, back.y)]).toEqual([own, golden.data.flat()]);
    expect(loaded).toEqual({ dtype: 'torch.float32', shape: [30, 4], data: own });
    expect([features, tensor, coords].map((path) => path.slice(folder.length))).toEqual([
      ...['/clam/h5_files/cmu-1-small-region.h5', '/clam/pt_files/cmu-1-small-region.pt'],
      '/clam/patches/cmu-1-small-region.h5',
    ]);
  });

  it('TRIDENT hold what its own writer puts there, field by field', async () => {
    const golden = readGolden('trident_coords_otsu_224_10x_ov0_t0.5__cmu');
    const plan = { coords: golden.data as PatchCorner[], mpp: 0.998, take: 'cls-mean' };
    const [features = '', coords = ''] = await embed('trident', 224, plan);
    const place = '/trident/10x_224px_0px_overlap';
    expect(features.slice(folder.length)).toBe(`${place}/features_tiny/cmu-1-small-region.h5`);
    expect(coords.slice(folder.length)).toBe(`${place}/patches/cmu-1-small-region_patches.h5`);
    const own = await readOwn(await embed('native', 224, { ...plan, overwrite: true }));
    const count = golden.data.length;
    const attrs = { ...golden.attrs, savetodir: join(folder, place, 'patches') };
    const peer = { dtype: 'int64', shape: [count, 2], chunks: [1, 2], attrs, data: golden.data };
    const said = { name: 'cmu-1-small-region', savetodir: join(folder, place, 'features_tiny'), encoder: 'tiny' };
    const [ours, theirs, oursToo, theirsToo] = describeFiles([
      { path: coords },
      { path: join(folder, 'peer.h5'), make: { coords: peer } },
      { path: features },
      {
        path: join(folder, 'peers.h5'),
        make: {
          coords: peer,
          features: { dtype: 'float32', shape: [count, 8], chunks: [1, 8], attrs: said, data: own },
        },
      },
    ]);
    expect(ours).toEqual(theirs);
    expect(oursToo).toEqual(theirsToo);
    const [back, peers] = [await readSlideFeatures(features), await readSlideFeatures(join(folder, 'peers.h5'))];
    // The same content; only the files have other names.
    expect({ ...back, slide: '' }).toEqual({ ...peers, slide: '' });
    expect(back).toMatchObject({
      layout: 'trident',
      model: 'tiny',
      patchSize: { x: 448, y: 448 },
      facts: golden.attrs,
    });
    expect([[...back.features], joinPlaces(back.x, back.y)]).toEqual([own, golden.data.flat()]);
  });

  it('STAMP: microns and half floats', async () => {
    const plan = { mpp: 0.998, stride: 448 };
    const [file = ''] = await embed('stamp', 224, plan);
    const own = await readOwn(await embed('native', 224, { ...plan, overwrite: true, precision: 'float16' }));
    const [made] = describeFiles([{ path: file }]);
    expect(Object.keys(made?.attrs ?? {})).toEqual([
      ...['code_hash', 'extractor', 'feat_type', 'stamp_version', 'tile_size_px', 'tile_size_um', 'unit'],
    ]);
    expect(made?.attrs).toMatchObject({
      extractor: ['text utf-8 None', [], 'tiny'],
      tile_size_px: ['int64', [], 224],
      tile_size_um: ['float64', [], 224 * 0.998],
      unit: ['text utf-8 None', [], 'um'],
    });
    const { coords, feats } = made?.datasets ?? {};
    expect(coords).toMatchObject({ dtype: 'float32', chunks: null, attrs: {} });
    expect(feats).toMatchObject({ dtype: 'float16', chunks: null, data: own.map(halfToFloat) });
    expect(coords?.data.slice(0, 4)).toEqual([0, 0, 896, 0].map((x) => Math.fround(x * 0.499)));
    const back = await readSlideFeatures(file);
    expect(back).toMatchObject({ layout: 'stamp', model: 'tiny', x: undefined, facts: { tile_size_px: 224 } });
    expect([[...back.features], joinPlaces(back.micronsX, back.micronsY)]).toEqual([
      own.map(halfToFloat),
      coords?.data,
    ]);
    expect(file.slice(folder.length)).toMatch(/^\/stamp\/tiny-[0-9a-f]{8}\/cmu-1-small-region\.h5$/);
  });
});

const plain: typeof describeWithShared = hasH5py ? describe : (name) => skipLoudly(name, NEEDS);
plain('HDF5 of our own, as h5py reads it', () => {
  it('finds every chunk', () => {
    // A tree of chunks has 64 children a node: no leaf, one, a full one, two, and three levels.
    const made = [0, 1, 63, 64, 65, 4097].map((rows) => {
      const numbers = Float64Array.from({ length: rows * 3 }, (_, at) => at / 4);
      const content = (array: ArrayBufferView) => [new Uint8Array(array.buffer as ArrayBuffer)];
      const datasets: H5DatasetPlan[] = [
        { name: 'single', type: 'F64', shape: [rows, 3], chunkRows: 1, content: content(numbers) },
        { name: 'many', type: 'F32', shape: [rows, 3], chunkRows: 7, content: content(Float32Array.from(numbers)) },
        { name: 'whole', type: 'I32', shape: [rows, 3], content: content(Int32Array.from(numbers)) },
      ];
      const path = join(folder, `${rows}.h5`);
      writeFileSync(path, Buffer.concat([...encodeHdf5({ datasets })]));
      return { path, numbers: [...numbers] };
    });
    for (const [at, { datasets }] of describeFiles(made.map(({ path }) => ({ path }))).entries()) {
      const numbers = made[at]?.numbers ?? [];
      expect(datasets['single']?.data).toEqual(numbers);
      expect(datasets['many']?.data).toEqual(numbers);
      expect(datasets['whole']?.data).toEqual(numbers.map(Math.trunc));
    }
  });

  it('of others is read: chunks of any shape, filters, one piece, and headers of both kinds', async () => {
    const numbers = (rows: number, columns: number) =>
      Array.from({ length: rows * columns }, (_, at) => (at % 97) - 3.5);
    const attrs = Object.fromEntries(Array.from({ length: 8 }, (_, at) => [`attribute${at}`, at]));
    const datasets = (chunks?: readonly number[]) => ({
      features: {
        dtype: 'float32',
        shape: [70, 9],
        attrs: { name: 'x' },
        data: numbers(70, 9),
        ...(chunks && { chunks }),
      },
      coords: { dtype: 'int64', shape: [70, 2], attrs, data: numbers(70, 2).map(Math.floor) },
    });
    const jobs: Job[] = [
      { path: 'plain', make: datasets() },
      { path: 'chunks', make: datasets([11, 4]) },
      { path: 'filters', make: datasets([11, 4]), options: { compression: 'gzip', shuffle: true, fletcher32: true } },
      { path: 'newer', make: datasets([7, 9]), libver: ['v108', 'v108'] },
      { path: 'latest', make: datasets([7, 9]), libver: ['latest', 'latest'] },
    ];
    const placed = jobs.map((job) => ({ ...job, path: join(folder, `${job.path}.h5`) }));
    describeFiles(placed);
    for (const { path } of placed) {
      const { features, x, y, facts } = await readSlideFeatures(path);
      expect([...features]).toEqual(numbers(70, 9));
      expect(joinPlaces(x, y)).toEqual(numbers(70, 2).map(Math.floor));
      expect(facts).toEqual(attrs);
    }
  });

  it('refuses content of another length', () => {
    const plan = { name: 'short', type: 'F32', shape: [2, 2], content: [new Uint8Array(12)] } as const;
    expect(() => [...encodeHdf5({ datasets: [plan] })]).toThrow('expected 16 bytes of short but received 12');
  });
});
