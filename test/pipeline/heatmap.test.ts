import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createHeatmap, type HeatmapConfig } from '../../src/inference/heatmap.ts';
import { openMilModel } from '../../src/inference/mil/open-mil-model.ts';
import { sharp } from '../../src/io/codec/sharp.ts';
import { writeSafetensors } from '../../src/io/safetensors/write-safetensors.ts';
import { createMilModel } from '../../src/onnx/mil-models.ts';
import { openSlide } from '../../src/slide/open-slide.ts';
import { createSyntheticSlide } from '../../src/slide/synthetic-slide.ts';
import { createSeededRandom } from '../support/seeded-random.ts';

const SIZE = { width: 2000, height: 1500 };
const SPAN = 128;
/** On a grid, with a gap: the patch at 128, 128 has no score. */
const PLACES = Array.from({ length: 11 * 15 }, (_, i) => ({ x: (i % 15) * SPAN, y: Math.floor(i / 15) * SPAN }));
const GAP = 16;

let folder: string;
let slide: string;
let scores: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'slideloom-heatmap-'));
  slide = join(folder, 'slide.svs');
  scores = join(folder, 'scores.csv');
  await createSyntheticSlide(slide, { ...SIZE, seed: 5 });
  const random = createSeededRandom(3);
  const rows = PLACES.map(({ x, y }, i) => `${x},${y},${SPAN},${SPAN},${i === GAP ? '' : random.uniform() / 165}`);
  writeFileSync(scores, `x,y,width,height,attention\n${rows.join('\n')}\n`);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const create = (out: string, more: Partial<HeatmapConfig> = {}) =>
  createHeatmap({ slide, scores, out: join(folder, out), pictureSize: 400, topK: 3, bottomK: 2, ...more });
const list = (out: string) => readdirSync(join(folder, out)).sort();
/** Of all files but records, by name. */
const read = (out: string) =>
  Object.fromEntries(
    list(out)
      .filter((name) => !name.endsWith('.json') && statSync(join(folder, out, name)).isFile())
      .map((name) => [name, readFileSync(join(folder, out, name))]),
  );

it('leaves picture, overlay and sheet with a record; the second run finds them done, another folder gets the same bytes', async () => {
  const first = await create('a');
  expect(list('a')).toEqual(['slide.png', 'slide.png.record.json', 'slide.tiff', 'slide.top.png']);
  expect(first).toMatchObject({ status: 'done', state: 'fresh', picture: join(folder, 'a', 'slide.png') });
  expect(first.record).toMatchObject({
    ...{
      counts: { patches: PLACES.length - 1, withoutValue: 1 },
      notices: ['1 patches have no attention and are left out'],
    },
    result: { shown: { name: 'attention', normalize: 'rank' }, downsample: 32 },
  });
  const before = read('a');
  expect((await create('a')).state).toBe('done');
  await create('b');
  expect(read('b')).toEqual(before);
  await expect(create('a', { alpha: 0.25 })).rejects.toThrow(/is there already, and options changed \(alpha\)/);
  expect(read('a')).toEqual(before);
});

it('writes an overlay that lies on the slide by its pixel size, and is clear where no patch has a score', async () => {
  const { overlay = '' } = await create('registered', { alpha: 1 });
  await using over = await openSlide(overlay);
  await using own = await openSlide(slide);
  expect([over.width, over.height]).toEqual([Math.ceil(SIZE.width / 32), Math.ceil(SIZE.height / 32)]);
  expect(over.mpp?.x).toBeCloseTo((own.mpp?.x ?? 0) * 32, 9);
  const { data } = await over.readRegion({ x: 0, y: 0, level: 0, width: over.width, height: over.height });
  const at = (x: number, y: number) => [...data.subarray((y * over.width + x) * 3, (y * over.width + x) * 3 + 3)];
  // 4 pixels a patch: the gap is white, and its neighbour begins at once.
  expect([at(4, 4), at(7, 7)]).toEqual([
    [255, 255, 255],
    [255, 255, 255],
  ]);
  for (const [x, y] of [
    [3, 4],
    [8, 7],
    [0, 0],
    [59, 43],
  ] as const)
    expect(at(x, y)).not.toEqual([255, 255, 255]);
  expect(at(60, 43)).toEqual([255, 255, 255]);
});

it('blends the picture, and cuts the sheet out of the slide', async () => {
  const { picture = '', sheet = '' } = await create('clear', { alpha: 0, format: 'none' });
  await using own = await openSlide(slide);
  const thumbnail = await own.readThumbnail(400);
  const part = { left: 16, top: 40, width: thumbnail.width, height: 200 };
  const shown = await sharp(picture).extract(part).raw().toBuffer();
  expect(Buffer.compare(shown, Buffer.from(thumbnail.data.subarray(0, thumbnail.width * 200 * 3)))).toBe(0);
  const { highest } = (await create('clear', { alpha: 0, format: 'none' })).record.result as {
    highest: { x: number; y: number; value: number }[];
  };
  expect(highest.map(({ value }) => value)).toEqual(highest.map(({ value }) => value).toSorted((a, b) => b - a));
  const { x = 0, y = 0 } = highest[0] ?? {};
  const patch = await own.readRegionAtDownsample({
    ...{ x, y, width: 192, height: 192 },
    downsample: { x: SPAN / 192, y: SPAN / 192 },
  });
  expect((await sharp(picture).metadata()).channels).toBe(3);
  const cell = await sharp(sheet).extract({ left: 12, top: 52, width: 192, height: 192 }).raw().toBuffer();
  expect(Buffer.compare(cell, Buffer.from(patch.data))).toBe(0);
});

it('writes Deep Zoom tiles, sees one that is gone, and removes what it no longer makes', async () => {
  const { overlay = '' } = await create('dzi', { format: 'dzi', downsample: 4 });
  expect(readFileSync(overlay, 'utf8')).toContain('<Size Width="500" Height="375"/>');
  const tiles = join(folder, 'dzi', 'slide_files');
  expect(readdirSync(tiles)).toHaveLength(10);
  expect(readdirSync(join(tiles, '9')).sort()).toEqual(['0_0.png', '0_1.png', '1_0.png', '1_1.png']);
  const corner = await sharp(join(tiles, '9', '1_1.png')).metadata();
  expect([corner.width, corner.height, corner.channels]).toEqual([244, 119, 4]);
  expect((await create('dzi', { format: 'dzi', downsample: 4 })).state).toBe('done');
  rmSync(join(tiles, '9', '0_1.png'));
  await expect(create('dzi', { format: 'dzi', downsample: 4 })).rejects.toThrow(/not as its record says/);
  await create('dzi', { format: 'dzi', downsample: 4, overwrite: true });
  expect(existsSync(join(tiles, '9', '0_1.png'))).toBe(true);
  await create('dzi', { format: 'none', overwrite: true });
  expect(list('dzi')).toEqual(['slide.png', 'slide.png.record.json', 'slide.top.png']);
  // A file of the user's in the place of one that is not made any more stays.
  writeFileSync(join(folder, 'dzi', 'slide.top.png'), 'mine');
  await create('dzi', { format: 'none', topK: 0, bottomK: 0, overwrite: true });
  expect(readFileSync(join(folder, 'dzi', 'slide.top.png'), 'utf8')).toBe('mine');
});

it('leaves nothing under the names of its files when it is stopped, and makes all of them afterwards', async () => {
  const stop = new AbortController();
  const onProgress = () => stop.abort('enough');
  await expect(create('stopped', { downsample: 2, signal: stop.signal, onProgress })).rejects.toMatchObject({
    tag: 'aborted',
  });
  expect(list('stopped')).toEqual(['slide.png.record.json']);
  await create('stopped', { downsample: 2 });
  await create('whole', { downsample: 2 });
  expect(read('stopped')).toEqual(read('whole'));
});

it('has a record and no files where no patch has a score, and refuses the scores of another slide', async () => {
  const empty = join(folder, 'empty.csv');
  writeFileSync(empty, 'x,y,width,height,attention\n');
  await create('none');
  const { status, record } = await create('none', { scores: empty, overwrite: true });
  expect([status, record.outcome, list('none')]).toEqual(['no-patches', 'no-patches', ['slide.png.record.json']]);
  expect((await create('none', { scores: empty })).state).toBe('done');
  writeFileSync(empty, 'x,y,width,height,attention\n5000,0,128,128,1\n');
  await expect(create('other', { scores: empty })).rejects.toMatchObject({ tag: 'dataset', reason: 'outside-slide' });
  expect(list('other')).toEqual(['slide.png.record.json']);
});

it('leaves nothing of before where new scores fail, and is made once they are mended', async () => {
  const own = join(folder, 'own.csv');
  const again = (row: string) => {
    writeFileSync(own, `x,y,width,height,attention\n${row}\n`);
    return create('own', { scores: own, slideId: 'own', format: 'none', overwrite: 'own' });
  };
  await again('0,0,128,128,1');
  await expect(again('5000,0,128,128,1')).rejects.toMatchObject({ reason: 'outside-slide' });
  expect(list('own')).toEqual(['own.png.record.json']);
  expect((await again('128,0,128,128,1')).status).toBe('done');
});

it('shows what a model says of stored features', async () => {
  const [model, features] = [join(folder, 'mil.onnx'), join(folder, 'slide.safetensors')];
  writeFileSync(model, createMilModel('abmil', { featureDim: 6, classes: 2, hidden: 8, attention: 4, seed: 1 }));
  const random = createSeededRandom(9);
  const rows = Float32Array.from({ length: PLACES.length * 6 }, () => random.uniform());
  const coords = Int32Array.from(PLACES.flatMap(({ x, y }) => [x, y]));
  const store = (width: number) =>
    writeSafetensors(
      features,
      new Map([
        ['features', { type: 'F32', shape: [PLACES.length, 6], data: rows }],
        ['coords', { type: 'I32', shape: [PLACES.length, 2], data: coords }],
      ]),
      { slide: 'slide', width: String(width), height: '1500', patch: JSON.stringify({ span: { x: SPAN, y: SPAN } }) },
    );
  await store(SIZE.width);
  await using mil = await openMilModel(model, { ownThread: false, threads: 1 });
  const { attention, instanceProbabilities } = await mil.predict(rows, PLACES.length, 6);
  const say = (out: string, value?: string) => create(out, { scores: undefined, features, model: mil, value });
  const best = (values: readonly number[]) => PLACES[values.indexOf(Math.max(...values))];
  const looked = await say('attention');
  expect(looked.record.result).toMatchObject({
    shown: { kind: 'attention' },
    highest: [best([...(attention ?? [])]), {}, {}],
  });
  const second = PLACES.map((_, i) => instanceProbabilities?.[i * 2 + 1] ?? 0);
  expect((await say('class', '1')).record.result).toMatchObject({
    ...{ shown: { name: '1', kind: 'probability', normalize: 'none' }, highest: [best(second), {}, {}] },
  });
  await expect(say('wrong', 'tumour')).rejects.toThrow(/one of attention, 0, 1 for `value`/);
  rows[6 * 7 + 2] = Number.NaN;
  await store(SIZE.width);
  await expect(say('broken')).rejects.toThrow(/slide\.safetensors: feature 2 of patch 7 is infinite or no number/);
  await store(1999);
  await expect(say('elsewhere')).rejects.toMatchObject({ tag: 'dataset', reason: 'other-slide' });
});
