import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { writeTinyFeatures, writeTinyMil } from '../support/tiny-bags.ts';
import { runInProcess } from './run-in-process.ts';

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'slideloom-predict-slides-'));
  mkdirSync(join(folder, 'features'));
  await writeTinyMil(join(folder, 'model.onnx'));
  for (const [seed, slide] of ['a', 'b', 'c'].entries())
    await writeTinyFeatures(join(folder, 'features'), slide, { seed, shift: seed - 1 });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const predict = (...more: string[]) =>
  runInProcess([
    ...['predict', 'slides', join(folder, 'features'), '--model', join(folder, 'model.onnx')],
    ...['--out', join(folder, 'out'), ...more],
  ]);

it('predicts slides, says what came out, and is done the second time', async () => {
  const labels = join(folder, 'labels.csv');
  writeFileSync(labels, 'slide,label,patient\na,normal,p\nb,normal,q\nc,tumour,r\n');
  const first = await predict('--labels', labels, '--attention', 'csv');
  expect(first.code).toBe(0);
  expect(first.stdout).toMatch(
    /^a: (normal|tumour), confidence 0\.\d{3}, 5 patches\n(.*\n){3}3 of 3 slides: \d normal, \d tumour\nby attention, tumour from 0\.500 on\n/,
  );
  expect(first.stdout).toMatch(/\nof 3 slides with a label: AUC .*\nsensitivity .* for tumour\n/);
  expect(first.stdout).toContain('For research use only.');
  const second = await predict('--labels', labels, '--attention', 'csv', '--json');
  const { rows, summary } = JSON.parse(second.stdout);
  expect(rows.map(({ state, files }: { state: string; files: string[] }) => [state, files.length])).toEqual([
    ...[
      ['done', 2],
      ['done', 2],
      ['done', 2],
    ],
  ]);
  expect(summary).toMatchObject({ slides: { done: 3 }, figures: { labelled: 3 } });
});

it('ends with 1 where a slide is missing, and with 2 where the request makes no sense', async () => {
  const gone = await predict(join(folder, 'gone.h5'), '--attention', 'none');
  expect(gone.code).toBe(1);
  expect(gone.stdout).toMatch(/gone: missing: .*gone\.h5 is not there\n/);
  expect(readFileSync(join(folder, 'out', 'predictions.csv'), 'utf8').split('\n')).toHaveLength(6);
  const both = await predict('--attention', 'none,csv');
  expect([both.code, both.stderr]).toEqual([2, expect.stringContaining('--attention none stands alone')]);
  const idle = await predict('--top-k', '3');
  expect([idle.code, idle.stderr]).toEqual([
    2,
    expect.stringContaining('expected top-k beside `--top-k` for `--aggregate`'),
  ]);
  const names = await predict('--class-names', 'a,b,c');
  expect([names.code, names.stderr]).toEqual([2, expect.stringContaining('`--class-names`')]);
});
