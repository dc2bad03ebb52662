import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTinyTraining, type TinyTraining } from '../support/tiny-training.ts';
import { runInProcess } from './run-in-process.ts';

let folder: string;
let tiny: TinyTraining;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'slideloom-predict-'));
  tiny = await createTinyTraining(join(folder, 'data'), { pictures: 8, patients: 4 });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const predict = (...more: string[]) =>
  runInProcess([
    ...[
      'predict',
      'patches',
      tiny.table,
      '--model',
      tiny.model,
      '--out',
      join(folder, 'out'),
      '--workers',
      '0',
      ...more,
    ],
  ]);
const quantize = (...more: string[]) => runInProcess(['quantize', ...more, '--workers', '0']);

it('predicts, says what came out, and is done the second time', async () => {
  const first = await predict('--class-names', 'normal,tumour');
  expect(first.code).toBe(0);
  expect(first.stderr).toMatch(/8 of 8 \(100.0 %\) pictures/);
  expect(first.stdout).toMatch(/predictions\.csv\n {2}8 pictures: \d normal, \d tumour\n {2}at the threshold 0.5000: /);
  // The table says 0 and 1: the classes by their numbers.
  expect(first.stdout).toMatch(/ AUC [\s\S]*\n {2}what it is \\ taken for +normal +tumour\n/);
  const figures = await predict('--out', join(folder, 'figures'));
  expect(figures.stdout).toMatch(
    /AUC [\d.]+ \(95 %: .*\n {2}accuracy [\d.]+, balanced.*\n {2}what it is \\ taken for +0 +1\n/,
  );
  const second = await predict('--out', join(folder, 'figures'), '--json');
  expect(JSON.parse(second.stdout)).toMatchObject({
    state: 'done',
    summary: { pictures: 8, figures: { labelled: 8 } },
  });
});

it('quantises, and predicts with the result', async () => {
  const out = join(folder, 'tiny.int8.onnx');
  const { code, stdout } = await quantize(tiny.model, '--calibration', tiny.table, '--out', out);
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /2 of 2 convolutions.*\n.*MB, was.*\n {2}same class for [\d.]+ % of 8 pictures\n {2}largest difference/,
  );
  expect((await predict('--model', out, '--out', join(folder, 'int8'))).code).toBe(0);
  const again = await quantize(tiny.model, '--calibration', tiny.table, '--out', out);
  expect(again.code).toBe(1);
  expect(again.stderr).toMatch(/is there already\nhint: .*--overwrite/);
  expect(
    JSON.parse((await quantize(tiny.model, '--calibration', tiny.table, '--out', out, '--overwrite', '--json')).stdout),
  ).toMatchObject({ comparison: { pictures: 8 }, quantizedNodes: 2, candidates: 2 });
  expect(readFileSync(out).length).toBeGreaterThan(0);
});

it.each([
  [['--class-names', 'one'], '`--class-names`'],
  [['--batch-size', '0'], '`--batch-size`'],
  [['--activation', 'relu'], '`--activation`'],
  [['--class-names', 'a,b,c'], '`--class-names`'],
])('%j', async (flags, message) => {
  const { code, stderr } = await predict(...flags, '--out', join(folder, 'wrong'));
  expect(stderr).toContain(message);
  expect(code).toBe(2);
  expect(existsSync(join(folder, 'wrong'))).toBe(false);
});

it('says what is missing', async () => {
  const none = await runInProcess(['predict', 'patches', '--model', tiny.model, '--out', join(folder, 'none')]);
  expect(none).toMatchObject({ code: 2, stderr: expect.stringContaining('a table or a folder of pictures') });
  expect(await quantize('--calibration', tiny.table, '--out', 'x.onnx')).toMatchObject({ code: 2 });
  expect(await quantize(tiny.model, '--calibration', tiny.table, '--out', 'x.txt')).toMatchObject({ code: 2 });
});
