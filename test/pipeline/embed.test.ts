import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Embedder, type EmbedOptions, embedSlide, openEmbedder } from '../../src/inference/embed.ts';
import { decodeImage } from '../../src/io/encode-image.ts';
import { createModelTables, fillPlanes } from '../../src/io/kernels/rgb-planes.ts';
import { parseSafetensors } from '../../src/io/safetensors/parse-safetensors.ts';
import { openForward } from '../../src/onnx/open-forward.ts';
import { type EmbedEvent, embedSlides } from '../../src/pipeline/embed-slides.ts';
import { resolveSlideInputs } from '../../src/pipeline/slide-inputs.ts';
import type { PatchPool } from '../../src/preprocessing/extract-patches/patch-stage.ts';
import { createPatchPool, extractPatches } from '../../src/preprocessing/extract-patches.ts';
import { createSyntheticSlide } from '../../src/slide/synthetic-slide.ts';
import { isSlideloomError } from '../../src/utils/errors.ts';
import { writeJpegSlide } from '../support/jpeg-slide.ts';
import { createTinyBackbone } from '../support/tiny-backbones.ts';

const SIDE = 32;
const MEAN = [0.6, 0.5, 0.7] as const;
const STD = [0.2, 0.25, 0.3] as const;
const PLAN = { mpp: 2, stride: 48 };
/** Several whole batches, and a rest. */
const HOW = { mean: MEAN, std: STD, batchSize: 9, threads: 1 };

let folder: string;
let slide: string;
let model: string;
let embedder: Embedder;
let pool: PatchPool;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'slideloom-embed-'));
  slide = join(folder, 'slide.svs');
  await createSyntheticSlide(slide, { width: 2000, height: 1500, seed: 5 });
  model = join(folder, 'model.onnx');
  writeFileSync(model, createTinyBackbone());
  embedder = await openEmbedder({ model, ...HOW });
  pool = createPatchPool({ workers: 2 });
});
afterAll(async () => {
  await embedder.close();
  await pool.close();
  rmSync(folder, { recursive: true, force: true });
});

const embed = (out: string, more: Partial<EmbedOptions> = {}) =>
  embedSlide(slide, { model: embedder, pool, out: join(folder, out), ...PLAN, ...more });

const readFeatures = (file: string | undefined) => {
  const { tensors, metadata } = parseSafetensors(readFileSync(file ?? ''));
  return { features: [...tensors.get('features')!.data], ...tensors.get('features')!, tensors, metadata };
};

/** What the model gives for the patches as files: each output, a row a patch. */
async function runOnFiles(
  more: Pick<EmbedOptions, 'stain'> = {},
): Promise<{ outputs: Map<string, number[][]>; corners: number[] }> {
  const { readRecords, folder: out } = await extractPatches(slide, {
    out: mkdtempSync(join(folder, 'patches-')),
    pool,
    ...PLAN,
    ...more,
    size: SIDE,
  });
  await using forward = await openForward(model);
  const outputs = new Map(forward.outputNames.map((name) => [name, [] as number[][]]));
  const corners: number[] = [];
  const tables = createModelTables({ mean: MEAN, std: STD });
  for await (const { path, x, y } of readRecords()) {
    const { data: pixels } = await decodeImage(join(out, path ?? ''));
    const data = new Float32Array(3 * SIDE * SIDE);
    fillPlanes({ pixels, pitch: 3 * SIDE, width: SIDE, height: SIDE, channels: 3 }, tables, data);
    const given = await forward.run(new Map([['pixels', { type: 'float32', dims: [1, 3, SIDE, SIDE], data }]]));
    for (const [name, rows] of outputs) rows.push([...(given.get(name)!.data as Float32Array)]);
    corners.push(x, y);
  }
  return { outputs, corners };
}

describe('features of a slide', () => {
  it('are those that the model gives for the patches as files, bit for bit and in their order', async () => {
    const { outputs, corners } = await runOnFiles();
    const first = await embed('native');
    expect(first).toMatchObject({ status: 'done', state: 'fresh', counts: { dimension: 4, skipped: 0 } });
    expect(first.counts.embedded).toBe(corners.length / 2);
    expect(first.counts.embedded % HOW.batchSize).toBeGreaterThan(0);
    const { tensors, features, metadata } = readFeatures(first.files[0]);
    expect(features).toEqual(outputs.get('tokens')!.flatMap((row) => row.slice(0, 4)));
    expect([...tensors.get('coords')!.data]).toEqual(corners);
    expect([...tensors.get('microns')!.data]).toEqual(corners.map((value) => value * 0.5));
    expect(JSON.parse(metadata['patch']!)).toEqual({ size: 32, overlap: 0, span: { x: 128, y: 128 }, mpp: 2 });
    expect(JSON.parse(metadata['model']!)).toMatchObject({
      name: 'model',
      output: 'tokens',
      take: 'cls token',
      mean: MEAN,
    });
  });

  it('do not depend on the number of threads; a fixed batch is filled up; half precision is rounded', async () => {
    const one = await embed('native');
    const other = await embed('threads', { model, ...HOW, pool: undefined, workers: 1 });
    expect(readFileSync(other.files[0]!)).toEqual(readFileSync(one.files[0]!));
    const fixed = join(folder, 'fixed.onnx');
    writeFileSync(fixed, createTinyBackbone({ batch: 3 }));
    const filled = await embed('fixed', { model: fixed, ...HOW });
    expect(readFeatures(filled.files[0]).features).toEqual(readFeatures(one.files[0]).features);
    // `seen` [batch, 1, 4] is no output but a value inside the model: the mean of the maps.
    const inner = await embed('inner', { ...HOW, model, output: 'seen', specialTokens: 0, take: 'mean' });
    const { dimension, embedded } = inner.counts;
    expect([dimension, embedded]).toEqual([4, one.counts.embedded]);
    const half = readFeatures((await embed('half', { precision: 'float16' })).files[0]);
    expect(half.type).toBe('F16');
    expect(half.data.length).toBe(4 * one.counts.embedded);
  });

  it('are of patches in other colours, those that patches get as files', async () => {
    const stain = { method: 'macenko' } as const;
    const { outputs } = await runOnFiles({ stain });
    const first = await embed('stained', { stain });
    const { features, metadata } = readFeatures(first.files[0]);
    expect(features).toEqual(outputs.get('tokens')!.flatMap((row) => row.slice(0, 4)));
    expect(features).not.toEqual(readFeatures((await embed('native')).files[0]).features);
    expect(first.counts['stain:normalized']).toBe(first.counts.embedded);
    expect(JSON.parse(metadata['stain']!)).toEqual({ method: 'macenko', fit: 'slide' });
    expect(await embed('stained', { stain })).toMatchObject({ state: 'done' });
    await expect(embed('stained')).rejects.toThrow(/options changed \(stain/);
  });

  it('that half precision can not hold end the slide with the number and its patch', async () => {
    const large = { model, ...HOW, std: [1e-6, 1e-6, 1e-6] };
    const words =
      /model\.onnx: feature \d of the patch at \d+, \d+ of .*slide\.svs is -?\d+.*half precision ends at 65504/;
    await expect(embed('large', { ...large, layout: 'stamp' })).rejects.toThrow(words);
    await expect(embed('large', { ...large, precision: 'float16' })).rejects.toMatchObject({ tag: 'model' });
    const { status, error } = JSON.parse(readFileSync(join(folder, 'large', 'slide.safetensors.record.json'), 'utf8'));
    expect([status, error.tag]).toEqual(['failed', 'model']);
    const { features } = readFeatures((await embed('large', large)).files[0]);
    expect(Math.max(...features.map((value) => Math.abs(Number(value))))).toBeGreaterThan(65_520);
  });

  it.each([undefined, 'enough', new Error('enough')])('stopped with the reason %s end as such', async (reason) => {
    const stop = new AbortController();
    const onEvent = (event: EmbedEvent) => {
      if (event.kind === 'progress' && event.done > 0) stop.abort(reason);
    };
    const run = embedSlides({
      ...{ slides: await resolveSlideInputs([slide]), model, ...HOW, ...PLAN, tissue: false, workers: 1 },
      ...{ out: join(folder, 'cohort'), signal: stop.signal, onEvent },
    });
    await expect(run).rejects.toSatisfy(
      (error) => isSlideloomError(error, 'aborted') && error.cause === stop.signal.reason,
    );
  });

  it('are found done; other options need leave; a run that was stopped ends with the same bytes', async () => {
    const before = await embed('native');
    const file = before.files[0]!;
    const bytes = readFileSync(file);
    const { mtimeMs } = statSync(file);
    expect(await embed('native')).toMatchObject({ state: 'done', counts: before.counts, files: before.files });
    expect(statSync(file).mtimeMs).toBe(mtimeMs);
    await expect(embed('native', { stride: 50 })).rejects.toThrow(/is there already, and options changed \(.*stride/);
    truncateSync(file, 100);
    await expect(embed('native')).rejects.toThrow(/not as its record says/);
    expect(await embed('native', { overwrite: true })).toMatchObject({ state: 'fresh' });
    expect(readFileSync(file)).toEqual(bytes);

    const stop = new AbortController();
    const onProgress = (done: number) => (done > HOW.batchSize ? stop.abort() : undefined);
    await expect(embed('stopped', { signal: stop.signal, onProgress })).rejects.toThrow();
    expect(readdirSync(join(folder, 'stopped'))).toEqual(['slide.safetensors.record.json']);
    // As a killed one leaves it.
    mkdirSync(join(folder, 'stopped', 'slide.safetensors.record.json.partial'));
    writeFileSync(join(folder, 'stopped', 'slide.safetensors.record.json.partial', 'features'), 'half a row');
    const again = await embed('stopped');
    expect(again.state).toBe('fresh');
    expect(readFileSync(again.files[0]!)).toEqual(bytes);
    expect(readdirSync(join(folder, 'stopped'))).toHaveLength(2);
  });

  it('of damaged tiles stop the slide, are left out, or are those of white', async () => {
    const damaged = join(folder, 'damaged.tif');
    const kind = (col: number, row: number) => (col === 2 && row === 1 ? 'noise' : 'baseline');
    await writeJpegSlide(damaged, { width: 400, height: 320, tile: 64, kind });
    const run = (onBadTile: 'fail' | 'skip' | 'white') =>
      embedSlide(damaged, { model: embedder, pool, out: join(folder, onBadTile), level: 0, stride: 40, onBadTile });
    await expect(run('fail')).rejects.toThrow(/tile column 2, row 1/);
    const skipped = await run('skip');
    const white = await run('white');
    expect(skipped.badTiles).toMatchObject([{ level: 0, col: 2, row: 1 }]);
    expect(skipped.counts.skipped).toBeGreaterThan(0);
    expect(white.counts).toMatchObject({ skipped: 0, whitened: skipped.counts.skipped });
    const left = readFeatures(skipped.files[0]);
    const whole = readFeatures(white.files[0]);
    const rows = new Map<string, unknown>();
    const corners = [...whole.tensors.get('coords')!.data];
    for (let row = 0; row < white.counts.embedded; row++)
      rows.set(`${corners.slice(2 * row, 2 * row + 2)}`, whole.features.slice(4 * row, 4 * row + 4));
    const kept = [...left.tensors.get('coords')!.data];
    for (let row = 0; row < skipped.counts.embedded; row++)
      expect(left.features.slice(4 * row, 4 * row + 4)).toEqual(rows.get(`${kept.slice(2 * row, 2 * row + 2)}`));
  });
});
