import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { CohortFacts, LayerList, SlideFacts } from '../../src/viewer/contract.ts';
import { estimateExport } from '../../src/viewer/export/estimate-export.ts';
import { exportSlides } from '../../src/viewer/export/export-slides.ts';
import type { ExportConfig } from '../../src/viewer/export/options.ts';
import { serveViewer } from '../../src/viewer/serve-viewer.ts';
import { writeJpegSlide } from '../support/jpeg-slide.ts';
import { describeWithShared, sharedPath } from '../support/shared-data.ts';

/** Of the whole and of each slide: what nobody serves. */
const RECORDS = /(^|\/)export\.json$/;
/** What an export says in other words than the server. */
const TOLD = /(^|\/)(facts|layers|cohort|viewer)\.json$/;

let folder: string;
let run: string;
let slides: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'slideloom-export-'));
  slides = join(folder, 'private slides');
  run = join(folder, 'run');
  mkdirSync(slides);
  await writeJpegSlide(join(slides, 'whole one.tif'), { width: 600, height: 500, tile: 256 });
  const kind = (col: number, row: number) => (col === 1 && row === 1 ? 'noise' : 'baseline');
  await writeJpegSlide(join(slides, 'bad.tif'), { width: 768, height: 768, tile: 256, kind });
  writeRun();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** As `run` leaves it: a slide with tissue and patches, and one that failed. */
function writeRun(): void {
  const rows = [
    'slide,path,status,patches,error',
    `whole_one,${slides}/whole one.tif,done,2,`,
    `bad,${slides}/bad.tif,failed,,${slides}/bad.tif: damaged`,
  ];
  mkdirSync(join(run, 'whole_one', 'tissue'), { recursive: true });
  mkdirSync(join(run, 'whole_one', 'patches'), { recursive: true });
  writeFileSync(join(run, 'manifest.csv'), `${rows.join('\n')}\n`);
  const ring = [
    [100, 100],
    [900, 100],
    [500, 800],
    [100, 100],
  ];
  const geometry = { type: 'Polygon', coordinates: [ring] };
  const features = [{ type: 'Feature', properties: {}, geometry }];
  const geojson = JSON.stringify({ type: 'FeatureCollection', features });
  writeFileSync(join(run, 'whole_one', 'tissue', 'tissue.geojson'), geojson);
  const table = ['index,x,y,level,mpp,size,tissue_fraction,bad_tiles,path', '0,0,0,,,256,0.5,0,/data/ann/a.png'];
  writeFileSync(
    join(run, 'whole_one', 'patches', 'patches.csv'),
    `${table.join('\n')}\n1,256,0,,,256,1,0,images/b.png\n`,
  );
}

const exportTo = (out: string, more: Partial<ExportConfig> = {}) =>
  exportSlides({ slides: [join(slides, 'whole one.tif')], out: join(folder, out), workers: 0, ...more });

/** All files below, by their paths. */
function readTree(name: string): Map<string, Buffer> {
  const root = join(folder, name);
  const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map(({ parentPath, name }) => relative(root, join(parentPath, name))).sort();
  return new Map(paths.map((path) => [path, readFileSync(join(root, path))]));
}

const readJson = <T>(...path: string[]): T => JSON.parse(readFileSync(join(folder, ...path), 'utf8')) as T;

it('holds what the server answers, byte for byte, and nothing private', async () => {
  const { rows, failed } = await exportTo('site', { slides: [run], onBadTile: 'skip', title: 'Case 12' });
  expect(rows).toMatchObject([
    { id: 'whole_one', status: 'done', state: 'fresh', badTiles: [] },
    { id: 'bad', status: 'done', badTiles: [{ level: 0, col: 1, row: 1 }] },
  ]);
  expect(failed).toBe(0);
  const tree = readTree('site');
  await using server = await serveViewer({ slides: [run], workers: 0 });
  const differing: string[] = [];
  for (const [path, bytes] of tree) {
    if (RECORDS.test(path)) continue;
    const address = new URL(path.split('/').map(encodeURIComponent).join('/'), server.url);
    const answer = await fetch(address);
    const same = TOLD.test(path) || Buffer.from(await answer.arrayBuffer()).equals(bytes);
    if (!answer.ok || !same) differing.push(path);
  }
  // Rows of a table name files.
  expect(differing).toEqual(['slides/whole_one/patches/patches/rows/0.json']);
  expect(tree.get('slides/whole_one/patches/patches/rows/0.json')?.toString()).toMatch(/"a\.png".*"images\/b\.png"/);
  expect([...tree.keys()]).toEqual(
    expect.arrayContaining([
      ...['index.html', 'viewer.json', 'cohort.json', 'licences.txt', 'slides/whole_one.dzi'],
      ...['boxes.bin', 'columns/0.bin', 'rows/0.json'].map((file) => `slides/whole_one/patches/patches/${file}`),
      ...['tissue.bin', 'tissue.geojson'].map((file) => `slides/whole_one/polygons/${file}`),
      ...['slides/whole_one_files/10/2_1.jpg', 'slides/whole_one/thumbnail.jpg', 'slides/bad_files/10/0_0.jpg'],
    ]),
  );
  expect(tree.has('slides/bad_files/10/1_1.jpg')).toBe(false);
  expect(readJson('site', 'viewer.json')).toMatchObject({ title: 'Case 12', exported: true, editable: false });
  const { slides: listed } = readJson<CohortFacts>('site', 'cohort.json');
  expect(listed.map(({ status, error }) => [status, error])).toEqual([
    ['done', null],
    ['failed', 'bad: damaged'],
  ]);
  for (const [path, bytes] of tree)
    for (const secret of [folder, slides, 'private slides', '/home/'])
      if (!path.startsWith('assets/')) expect(bytes.includes(secret), `${path} has ${secret}`).toBe(false);
  expect(readdirSync(join(folder, 'site')).filter((name) => name.startsWith('.'))).toEqual([]);
});

it('is left as it is the second time, and brought up to date where something changed', async () => {
  await exportTo('again', { slides: [run], onBadTile: 'skip' });
  const before = readTree('again');
  const tile = join(folder, 'again/slides/whole_one_files/10/0_0.jpg');
  const { ino } = statSync(tile);
  const second = await exportTo('again', { slides: [run], onBadTile: 'skip' });
  expect(second.rows.map(({ state }) => state)).toEqual(['done', 'done']);
  expect(readTree('again')).toEqual(before);
  // A file that was lost, and a layer that is another one.
  rmSync(join(folder, 'again/slides/whole_one/thumbnail.jpg'));
  rmSync(join(run, 'whole_one/patches/patches.csv'));
  const third = await exportTo('again', { slides: [run], onBadTile: 'skip' });
  writeRun();
  expect(third.rows.map(({ state }) => state)).toEqual(['fresh', 'done']);
  const after = readTree('again');
  expect(after.get('slides/whole_one/thumbnail.jpg')).toEqual(before.get('slides/whole_one/thumbnail.jpg'));
  expect([...after.keys()].some((path) => path.includes('/patches/'))).toBe(false);
  expect(readJson<LayerList>('again/slides/whole_one/layers.json').layers.map(({ name }) => name)).toEqual(['tissue']);
  expect(statSync(tile).ino).toBe(ino);
});

it('tells of a slide that fails, and has the others', async () => {
  const { rows, failed } = await exportTo('failed', { slides: [slides], showLabel: true });
  expect(failed).toBe(1);
  expect(rows).toMatchObject([
    { id: 'bad', status: 'failed', error: { tag: 'tile', hint: expect.stringContaining('--on-bad-tile skip') } },
    { id: 'whole_one', status: 'done' },
  ]);
  const { slides: listed } = readJson<CohortFacts>('failed', 'cohort.json');
  expect(listed[0]).toMatchObject({ id: 'bad', status: 'failed', error: expect.stringContaining('column 1, row 1') });
  expect(readTree('failed').has('slides/bad/facts.json')).toBe(false);
});

it('keeps to levels: their number, their facts, and the descriptor for other viewers', async () => {
  await exportTo('small', { finestDownsample: 4 });
  const facts = readJson<SlideFacts>('small/slides/whole_one/facts.json');
  expect(facts).toMatchObject({ width: 600, height: 500, deepZoom: { levels: 11, tileSize: 256 } });
  expect(facts.deepZoom.stored).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  expect(readFileSync(join(folder, 'small/slides/whole_one.dzi'), 'utf8')).toContain('Width="150" Height="125"');
  // Without those between levels that the slide stores: the page asks for none of them.
  await exportTo('small', { storedLevels: true });
  expect(readJson<SlideFacts>('small/slides/whole_one/facts.json').deepZoom.stored).toEqual([
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
  ]);
  const tree = readTree('small');
  expect(tree.has('slides/whole_one_files/10/0_0.jpg')).toBe(true);
  await expect(exportTo('small', { finestMpp: 1, finestDownsample: 4 })).rejects.toThrow(/finestDownsample/);
});

it('goes into a folder of its own, and drops slides only when told to', async () => {
  mkdirSync(join(folder, 'foreign'));
  writeFileSync(join(folder, 'foreign', 'index.html'), 'mine');
  await expect(exportTo('foreign')).rejects.toMatchObject({ tag: 'output', hint: 'give a folder of its own' });
  expect(readdirSync(join(folder, 'foreign'))).toEqual(['index.html']);
  await exportTo('two', { slides: [slides], onBadTile: 'skip' });
  await expect(exportTo('two')).rejects.toThrow(/slides that are not among these: bad/);
  expect(readTree('two').has('slides/bad/facts.json')).toBe(true);
  await exportTo('two', { overwrite: true });
  expect([...readTree('two').keys()].filter((path) => path.startsWith('slides/bad'))).toEqual([]);
});

it('is stopped, and goes on to the same bytes', async () => {
  await exportTo('whole');
  const stop = new AbortController();
  const stopped = exportTo('resumed', {
    signal: stop.signal,
    onEvent: ({ kind }) => kind === 'progress' && stop.abort(),
  });
  await expect(stopped).rejects.toMatchObject({ tag: 'aborted' });
  const between = readTree('resumed');
  expect(between.has('slides/whole_one_files/10/0_0.jpg')).toBe(true);
  expect([between.has('index.html'), between.has('slides/whole_one/facts.json')]).toEqual([false, false]);
  await exportTo('resumed');
  expect(readTree('resumed')).toEqual(readTree('whole'));
});

it('can be estimated', async () => {
  const config = { slides: [slides], out: join(folder, 'never'), workers: 0, onBadTile: 'skip' } as const;
  const estimates = await estimateExport(config);
  const { rows } = await exportTo('never', config);
  expect(readdirSync(folder)).toContain('never');
  const [bad, whole] = estimates;
  expect(whole?.files).toBe(rows[1]?.files);
  expect((whole?.bytes ?? 0) / (rows[1]?.bytes ?? 1)).toBeGreaterThan(0.8);
  expect((whole?.bytes ?? 0) / (rows[1]?.bytes ?? 1)).toBeLessThan(1.25);
  expect(bad?.id).toBe('bad');
});

describeWithShared('an export of a real slide', () => {
  it('has labels and macro pictures where they are asked for, and drops them again', async () => {
    const config = { slides: [sharedPath('data/wsi/CMU-1-Small-Region.svs')], finestMpp: 500 };
    const list = () => [...readTree('labels').keys()].filter((path) => path.includes('/associated/'));
    await exportTo('labels', { ...config, showLabel: true });
    const shown = list();
    await exportTo('labels', config);
    expect(shown.length).toBeGreaterThan(list().length);
    expect(list().join()).not.toMatch(/label|macro|overview/);
  });
});
