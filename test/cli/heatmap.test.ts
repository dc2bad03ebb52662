import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createSyntheticSlide } from '../../src/slide/synthetic-slide.ts';
import { runInProcess } from './run-in-process.ts';

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'slideloom-heatmap-cli-'));
  mkdirSync(join(folder, 'scores'));
  for (const [seed, name] of ['one', 'two', 'three'].entries())
    await createSyntheticSlide(join(folder, `${name}.svs`), { width: 600, height: 500, seed });
  const header = 'x,y,width,height,attention,probability_normal,probability_tumour\n';
  writeFileSync(join(folder, 'scores', 'one.csv'), `${header}0,0,128,128,0.75,0.25,0.75\n128,0,128,128,0.25,0.5,0.5\n`);
  writeFileSync(join(folder, 'scores', 'two.csv'), header);
  writeFileSync(join(folder, 'all.csv'), 'slide,x,y,score_a\none,0,0,3\none,64,0,4\ntwo,0,64,5\ntwo,0,192,6\n');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const heatmap = (slides: readonly string[], ...more: string[]) =>
  runInProcess([
    ...['heatmap', ...slides.map((name) => join(folder, `${name}.svs`)), '--out', join(folder, 'out')],
    ...['--picture-size', '200', ...more],
  ]);

it('draws slides by a folder of tables, says what became of each, and is done the second time', async () => {
  const run = (...more: string[]) => heatmap(['one', 'two', 'three'], '--scores', join(folder, 'scores'), ...more);
  const first = await run();
  expect(first.code).toBe(1);
  expect(first.stdout).toMatch(
    /^one: done, 2 patches, one.png one.tiff one.top.png\ntwo: no patches\nthree: failed: .*no three.csv for the slide three\n {2}hint: /,
  );
  expect(first.stdout).toContain('2 of 3 slides');
  const table = readFileSync(join(folder, 'out', 'heatmaps.csv'), 'utf8');
  expect(table.split('\n')[0]).toBe('slide,path,status,picture,overlay,top,patches,bad_tiles,error');
  expect(table).toMatch(/^one,.*one\.svs,done,one\.png,one\.tiff,one\.top\.png,2,0,$/m);
  expect(table).toMatch(/^two,.*,no-patches,,,,0,0,$/m);
  expect(table).toMatch(/^three,.*,failed,,,,0,0,.*no three.csv/m);
  const second = JSON.parse((await run('--json')).stdout);
  expect(second.rows.map(({ status, state }: { status: string; state: string }) => `${status} ${state}`)).toEqual([
    ...['done done', 'no-patches done', 'failed fresh'],
  ]);
  expect(readFileSync(join(folder, 'out', 'heatmaps.csv'), 'utf8')).toBe(table);
  const other = await run('--value', 'tumour');
  expect(other.stdout).toMatch(
    /^one: failed: .*is there already, and options changed \(value\)\n {2}hint: .*--overwrite/,
  );
  const again = await run('--value', 'tumour', '--overwrite', '--format', 'none', '--top-k', '0');
  expect(again.stdout).toMatch(/^one: done, 2 patches, one.png\n/);
});

it('draws several slides by one table, with the step of their grid as the span of patches', async () => {
  const { code, stdout, stderr } = await heatmap(
    ['one', 'two'],
    ...['--scores', join(folder, 'all.csv'), '--value', 'a', '--color-map', 'jet', '--overwrite'],
  );
  expect(code).toBe(0);
  expect(stdout).toMatch(/^one: done, 2 patches.*\ntwo: done, 2 patches/);
  expect(stderr).toMatch(/one: patches are taken to span 64 px/);
  expect(stderr).toMatch(/two: patches are taken to span 128 px/);
});

it.each([
  [[], /`--scores`/],
  [['--scores', 'a.csv', '--features', 'b', '--model', 'c.onnx'], /`--scores`/],
  [['--features', 'b'], /`--model`/],
  [['--scores', 'a.csv', '--model', 'c.onnx'], /none beside scores.*`--model` but received "c.onnx"/],
  [['--scores', 'a.csv', '--alpha', '2'], /`--alpha`/],
  [['--scores', 'a.csv', '--normalize', 'percentile', '--percentiles', '5'], /`--percentiles`/],
  [['--scores', 'a.csv', '--percentiles', '5,95'], /percentile beside `--percentiles` for `--normalize`/],
  [['--scores', 'a.csv', '--format', 'none', '--downsample', '8'], /beside `--downsample` for `--format`/],
  [['--scores', 'a.csv', '--any-backbone'], /none beside scores.*`--any-backbone`/],
  [['--scores', 'a.csv', '--color-map', 'hot'], /`--color-map`/],
])('refuses %j', async (more, message) => {
  const { code, stderr } = await heatmap(['one'], ...more);
  expect(stderr).toMatch(message);
  expect(code).toBe(2);
});

it('needs slides', async () => {
  expect((await heatmap([], '--scores', 'a.csv')).stderr).toContain('heatmap needs slides');
});
