import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readScores } from '../../src/inference/mil/score-table.ts';
import { type PredictSlidesConfig, predictSlides } from '../../src/inference/predict-slides.ts';
import type { FeatureFacts } from '../../src/io/feature-files/feature-table.ts';
import { LAYOUTS } from '../../src/io/feature-files/layouts.ts';
import { writePiecesAtomic } from '../../src/utils/atomic-pieces.ts';
import { parseCsvTable } from '../../src/utils/csv.ts';
import { hashStableContent, snapshotWrites } from '../support/snapshot-folder.ts';
import { TINY_DIM, writeTinyFeatures, writeTinyMil } from '../support/tiny-bags.ts';

let folder: string;
let out: string;
let model: string;
let features: string[];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'slideloom-slides-'));
  mkdirSync(join(folder, 'features'));
  model = join(folder, 'model.onnx');
  await writeTinyMil(model);
  features = [];
  for (const [seed, slide] of ['a', 'b', 'c', 'd'].entries())
    features.push(
      await writeTinyFeatures(join(folder, 'features'), slide, { seed, patches: 4 + seed, shift: seed - 2 }),
    );
});
beforeEach(() => {
  out = mkdtempSync(join(folder, 'out-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const predict = (config: Partial<PredictSlidesConfig> = {}) =>
  predictSlides({ input: features, model, out, ownThread: false, ...config });
const readTable = (at = out) => parseCsvTable(readFileSync(join(at, 'predictions.csv'), 'utf8')).rows;

it('leaves a row for each slide, its result, and where the model looked', async () => {
  const result = await predict();
  expect(result).toMatchObject({ failed: 0, summary: { slides: { done: 4, missing: 0, empty: 0, failed: 0 } } });
  const [row = {}] = readTable();
  expect(Object.keys(row)).toEqual(
    'slide,status,predicted,confidence,margin,threshold,probability_normal,probability_tumour,patches,error'.split(','),
  );
  const [normal, tumour] = [Number(row['probability_normal']), Number(row['probability_tumour'])];
  expect(normal + tumour).toBeCloseTo(1, 6);
  expect(row).toMatchObject({ slide: 'a', status: 'done', patches: '4', threshold: '0.5', error: '' });
  expect(row['predicted']).toBe(tumour >= 0.5 ? 'tumour' : 'normal');
  expect(Number(row['confidence'])).toBe(Math.max(normal, tumour));
  expect(Number(row['margin'])).toBeCloseTo(Math.abs(tumour - 0.5), 6);
  const scores = await readScores(join(out, 'attention', 'b.csv'));
  expect(scores).toMatchObject({ unit: 'px', count: 5, width: 64, height: 64, classes: ['normal', 'tumour'] });
  expect([...scores.x]).toEqual([0, 64, 128, 192, 0]);
  expect([...scores.y]).toEqual([0, 0, 0, 0, 64]);
  expect(scores.attention?.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 6);
  expect(readFileSync(join(out, 'report.html'), 'utf8')).toContain('For research use only.');
});

it('writes tiles as QuPath takes them', async () => {
  await predict();
  const text = readFileSync(join(out, 'attention', 'b.geojson'), 'utf8');
  const { type, features: tiles } = JSON.parse(text);
  const scores = await readScores(join(out, 'attention', 'b.csv'));
  expect([type, tiles.length]).toEqual(['FeatureCollection', 5]);
  const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
  expect(tiles[1]).toEqual({
    type: 'Feature',
    id: expect.stringMatching(uuid),
    geometry: {
      type: 'Polygon',
      coordinates: [
        [
          [64, 0],
          [128, 0],
          [128, 64],
          [64, 64],
          [64, 0],
        ],
      ],
    },
    properties: {
      objectType: 'tile',
      isLocked: true,
      measurements: {
        attention: Number(scores.attention?.[1]?.toPrecision(9)),
        'probability normal': expect.any(Number),
        'probability tumour': expect.any(Number),
      },
    },
  });
  expect(new Set(tiles.map(({ id }: { id: string }) => id)).size).toBe(5);
});

describe('the same bytes', () => {
  it('for a slide alone, among others, in any order, and after being stopped', async () => {
    await predict();
    const together = hashStableContent(out);
    const alone = mkdtempSync(join(folder, 'alone-'));
    await predict({ out: alone, input: features.slice(1, 2) });
    const reversed = mkdtempSync(join(folder, 'reversed-'));
    await predict({ out: reversed, input: features.toReversed() });
    for (const name of ['slides/b.json', 'attention/b.csv', 'attention/b.geojson'])
      expect([alone, reversed].map((at) => hashStableContent(at)[name])).toEqual([together[name], together[name]]);
    expect(readTable(alone)).toEqual(readTable().slice(1, 2));
    expect(readTable(reversed).toReversed()).toEqual(readTable());
    const stopped = mkdtempSync(join(folder, 'stopped-'));
    const stop = new AbortController();
    const onEvent = ({ index }: { index: number }) => index === 2 && stop.abort();
    await expect(predict({ out: stopped, signal: stop.signal, onEvent })).rejects.toMatchObject({ tag: 'aborted' });
    expect(existsSync(join(stopped, 'predictions.csv'))).toBe(false);
    const before = snapshotWrites(stopped);
    const states = (await predict({ out: stopped })).rows.map(({ state }) => state);
    expect(states).toEqual(['done', 'done', 'fresh', 'fresh']);
    for (const [name, written] of before)
      if (!name.includes('c.')) expect(snapshotWrites(stopped).get(name)).toBe(written);
    expect(hashStableContent(stopped)).toEqual(together);
  });

  it('and no second writing of what is done', async () => {
    await predict();
    const before = snapshotWrites(out);
    const { rows } = await predict();
    expect(rows.every(({ state }) => state === 'done')).toBe(true);
    expect(snapshotWrites(out)).toEqual(before);
  });
});

describe('what lies there', () => {
  it('is replaced where it is an earlier prediction, whole or half', async () => {
    await predict();
    const whole = hashStableContent(out);
    await predict({ attention: ['csv'], aggregate: 'mean' });
    expect(existsSync(join(out, 'attention', 'a.geojson'))).toBe(false);
    rmSync(join(out, 'attention', 'a.csv'));
    // As a process leaves it that was killed while it wrote.
    const record = join(out, 'slides', 'b.json.record.json');
    writeFileSync(record, readFileSync(record, 'utf8').replace('"status": "done"', '"status": "running"'));
    truncateSync(join(out, 'attention', 'b.csv'), 20);
    await predict();
    expect(hashStableContent(out)).toEqual(whole);
  });

  it('stays where it is not', async () => {
    mkdirSync(join(out, 'attention'));
    const mine = join(out, 'attention', 'b.csv');
    writeFileSync(mine, 'mine');
    expect((await predict()).rows.map(({ status }) => status)).toEqual(['done', 'failed', 'done', 'done']);
    expect(readFileSync(mine, 'utf8')).toBe('mine');
    writeFileSync(join(out, 'predictions.csv'), 'edited');
    await expect(predict()).rejects.toThrow('predictions.csv: is there already');
    expect((await predict({ overwrite: true })).failed).toBe(0);
    expect(readFileSync(mine, 'utf8')).toMatch(/^x,y,width,height,attention/);
  });
});

describe('slides that can’t be predicted', () => {
  it('have rows that say why', async () => {
    const bad = join(folder, 'bad');
    cpSync(join(folder, 'features'), bad, { recursive: true });
    truncateSync(join(bad, 'a.safetensors'), 300);
    await writeTinyFeatures(bad, 'b', { patches: 0 });
    await writeTinyFeatures(bad, 'c', { dim: 4 });
    await writeTinyFeatures(bad, 'd', { model: { name: 'other', sha256: 'cd'.repeat(32) } });
    await writeTinyFeatures(bad, 'e', { shift: Number.NaN });
    writeFileSync(join(bad, 'f.h5'), 'no HDF5');
    const table = join(bad, 'features.csv');
    const rows = 'abcde'.split('').map((slide) => `${slide},done,${slide}.safetensors,`);
    const gone = ['f,done,f.h5,', 'g,done,gone.h5,', 'h,failed,,no tissue model', 'i,no-patches,,'];
    writeFileSync(table, `slide,status,features,error\n${[...rows, ...gone].join('\n')}\n`);
    const result = await predict({ input: [bad, features[0] ?? ''].slice(0, 1) });
    expect(result.failed).toBe(7);
    const said = Object.fromEntries(readTable().map(({ slide, status, error }) => [slide, `${status}: ${error}`]));
    expect(said).toEqual({
      a: expect.stringMatching(/^failed: .*a\.safetensors/),
      b: 'empty: no patches',
      c: expect.stringMatching(
        /^failed: .*c\.safetensors: 4 features a patch made by tiny \(abababababab, vector, all\), and model\.onnx takes 6 trained on tiny/,
      ),
      d: expect.stringMatching(/^failed: .*made by other \(cdcdcdcdcdcd\).*another network$/),
      e: expect.stringMatching(/^failed: .*feature 0 of patch 0 is infinite or no number$/),
      f: expect.stringMatching(/^failed: .*f\.h5/),
      g: expect.stringMatching(/^missing: .*gone\.h5 is not there$/),
      h: 'missing: no tissue model',
      i: 'empty: no patches',
    });
    const again = await predict({ input: join(bad, 'd.safetensors'), anyBackbone: true });
    expect(again.rows[0]).toMatchObject({ status: 'done', notices: ['another network, let through'] });
  });

  it('leave nothing of what was said before, and are predicted once their features are mended', async () => {
    const own = mkdtempSync(join(folder, 'mended-'));
    const path = await writeTinyFeatures(own, 'a');
    await predict({ input: path });
    await writeTinyFeatures(own, 'a', { shift: Number.NaN });
    expect((await predict({ input: path })).rows[0]?.status).toBe('failed');
    for (const name of ['slides/a.json', 'attention/a.csv', 'attention/a.geojson'])
      expect(existsSync(join(out, name))).toBe(false);
    await writeTinyFeatures(own, 'a', { seed: 2 });
    expect((await predict({ input: path })).rows[0]).toMatchObject({ status: 'done', state: 'fresh' });
  });

  it('are refused at once where the request makes no sense', async () => {
    await expect(predict({ input: [...features, ...features] })).rejects.toThrow('the slide a is there twice');
    await expect(predict({ topK: 3 })).rejects.toThrow('expected top-k beside `topK`');
    await expect(predict({ input: join(folder, 'nowhere') })).rejects.toMatchObject({ tag: 'source' });
    await expect(predict({ input: model })).rejects.toThrow(/model\.onnx: neither a table nor a file of \.safetensors/);
    expect(existsSync(join(out, 'predictions.csv'))).toBe(false);
  });
});

it('aggregates patches, with a half as threshold', async () => {
  await predict({ aggregate: 'top-k', topK: 2 });
  const { probabilities = new Float32Array(), classes } = await readScores(join(out, 'attention', 'c.csv'));
  const tumour = [...probabilities].filter((_, at) => at % classes.length === 1).toSorted((a, b) => b - a);
  const [, , row] = readTable();
  expect(Number(row?.['probability_tumour'])).toBeCloseTo(((tumour[0] ?? 0) + (tumour[1] ?? 0)) / 2, 6);
  expect(row?.['threshold']).toBe('0.5');
});

it('holds predictions against labels, and refuses those of no class', async () => {
  const labels = join(folder, 'labels.csv');
  writeFileSync(labels, 'case_id,slide_id,label\np1,a,normal\np1,b,normal\np2,c,tumour\np3,d,tumour\np4,z,tumour\n');
  const { summary } = await predict({ labels, threshold: 0.5 });
  expect(summary.figures).toMatchObject({ labelled: 4, withoutPrediction: 1 });
  const rows = readTable();
  expect(rows.map(({ label }) => label)).toEqual(['normal', 'normal', 'tumour', 'tumour']);
  const [a = 0, b = 0, c = 0, d = 0] = rows.map((row) => Number(row['probability_tumour']));
  const wins = [c > a, c > b, d > a, d > b].filter(Boolean).length / 4;
  expect(summary.figures?.auc).toBeCloseTo(wins, 9);
  expect(summary.figures?.sensitivity['tumour']).toBe([c, d].filter((value) => value >= 0.5).length / 2);
  expect(summary.figures?.specificity['tumour']).toBe([a, b].filter((value) => value < 0.5).length / 2);
  const page = readFileSync(join(out, 'report.html'), 'utf8');
  for (const part of ['Area under ROC', 'What was taken for what', 'Sensitivity for tumour', 'ROC'])
    expect(page).toContain(part);
  writeFileSync(labels, 'slide,label\na,normal\nb,grade 3\n');
  await expect(predict({ labels })).rejects.toThrow(
    'labels.csv: line 3: the label "grade 3" is none of normal, tumour',
  );
  writeFileSync(labels, 'slide,label\na.svs,normal\n');
  await expect(predict({ labels })).rejects.toThrow(
    'it has none of the slides: it names a.svs, and predicted are a, b, c',
  );
});

it('says where patches are as far as files of other tools do', async () => {
  const size = { index: 0, width: 512, height: 512, downsample: { x: 1, y: 1 }, size: 64 };
  const facts: FeatureFacts = {
    ...{ slide: 's', width: 512, height: 512, mpp: { x: 0.5, y: 0.5 }, level: size, magnification: undefined },
    patch: { size: 32, overlap: 0, span: { x: 64, y: 64 }, mpp: 1 },
    model: { name: 'tiny', sha256: 'ab'.repeat(32), output: 'vector', take: 'all', mean: [0, 0, 0], std: [1, 1, 1] },
  };
  const data = Float32Array.from({ length: 3 * TINY_DIM }, (_, at) => at / 8);
  const corners = Float64Array.of(0, 0, 64, 0, 128, 64);
  const table = { rows: 3, dimension: TINY_DIM, corners, facts, readBlocks: () => [data] };
  const write = async (layout: 'clam' | 'stamp') => {
    const [file] = LAYOUTS[layout](facts, { precision: 'float32', out: folder });
    const path = join(folder, layout, 's.h5');
    if (file) await writePiecesAtomic(path, file.encode(table));
    return path;
  };
  const stamp = await predict({ input: await write('stamp') });
  expect(stamp.rows[0]?.notices).toEqual(['no GeoJSON: its file has places in microns alone']);
  expect(await readScores(join(out, 'attention', 's.csv'))).toMatchObject({ unit: 'um', width: 32, x: { 2: 64 } });
  const clam = await predict({ input: await write('clam') });
  expect(clam.rows[0]?.files).toEqual(['slides/s.json', 'attention/s.csv']);
  expect(await readScores(join(out, 'attention', 's.csv'))).toMatchObject({ unit: 'px', width: undefined });
  const { rows } = await predict({ input: join(folder, 'clam', 's.h5'), patchSpan: 64 });
  expect(rows[0]?.files).toContain('attention/s.geojson');
  expect(await readScores(join(out, 'attention', 's.csv'))).toMatchObject({ width: 64, height: 64 });
});
