import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTinyCohort, type TinyCohort } from '../support/tiny-cohort.ts';
import { runInProcess } from './run-in-process.ts';

let folder: string;
let tiny: TinyCohort;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'slideloom-train-'));
  tiny = createTinyCohort(join(folder, 'data'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const train = (...more: string[]) =>
  runInProcess([
    ...['train', 'phase2', '--features', tiny.features, '--labels', tiny.labels, '--model', 'clam-sb'],
    ...[
      '--out',
      join(folder, 'out'),
      '--epochs',
      '2',
      '--hidden-size',
      '8',
      '--attention-size',
      '4',
      '--folds',
      '3',
      ...more,
    ],
  ]);

it('trains, says what came out, and is done the second time', async () => {
  const first = await train('--instances', '2', '--bag-weight', '0.6');
  expect(first.stderr).toMatch(/epoch 2: training loss [\d.]+, validation loss [\d.]+, AUC/);
  expect(first.stderr).toMatch(/32 of 32 \(100.0 %\) slides.*, epoch 2, loss [\d.e-]+, learning rate/);
  expect(first.code).toBe(0);
  expect(first.stdout).toMatch(/model\.onnx\n {2}epoch \d of 2\n {2}AUC [\d.]+ \(95 %: .*\n.*\n {2}temperature [\d.]+/);
  const { options } = JSON.parse(readFileSync(join(folder, 'out', 'record.json'), 'utf8'));
  expect(options).toMatchObject({ hidden: 8, attention: 4, instances: 2, bagWeight: 0.6, batchSize: 1, watch: 'loss' });
  const second = await train('--instances', '2', '--bag-weight', '0.6', '--json');
  expect(JSON.parse(second.stdout)).toMatchObject({ state: 'done', card: { architecture: 'clam-sb' } });
  const other = await train('--rate', '0.5');
  expect(other.code).toBe(1);
  expect(other.stderr).toMatch(/options changed.*\nhint: .*--overwrite/);
});

it('trains a fold after another', async () => {
  const { code, stdout, stderr } = await train('--fold', 'all', '--epochs', '1', '--out', join(folder, 'folds'));
  expect(code, stderr).toBe(0);
  expect(stderr).toMatch(/fold 2: 16 of 16 \(100.0 %\) slides/);
  expect(stdout).toMatch(/folds: 3 folds\n {2}fold 0: AUC [\d.]+, epoch 1 of 1\n/);
});

it.each([
  [['--model', 'resnet18'], '`--model`'],
  [['--model', 'abmil', '--bag-weight', '0.5'], '`--bag-weight`'],
  [['--hidden-size', '0'], '`--hidden-size`'],
  [['--fold', 'all', '--validation', 'val.csv'], '--validation'],
])('%j', async (flags, message) => {
  const { code, stderr } = await train(...flags, '--out', join(folder, 'wrong'));
  expect(stderr).toContain(message);
  expect(code).toBe(2);
  expect(existsSync(join(folder, 'wrong'))).toBe(false);
});
