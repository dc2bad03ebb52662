import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTinyTraining, type TinyTraining } from '../support/tiny-training.ts';
import { runInProcess } from './run-in-process.ts';

let folder: string;
let tiny: TinyTraining;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'slideloom-train-'));
  tiny = await createTinyTraining(join(folder, 'data'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const train = (...more: string[]) =>
  runInProcess([
    ...['train', 'phase1', '--train', tiny.table, '--model', tiny.model, '--out', join(folder, 'out')],
    ...['--epochs', '2', '--batch-size', '4', '--workers', '0', ...more],
  ]);

it('trains, says what came out, and is done the second time', async () => {
  const first = await train('--no-augment', '--input-mpp', '0.5');
  expect(first.stderr).toMatch(/epoch 2: training loss [\d.]+, validation loss [\d.]+, AUC/);
  expect(first.stderr).toMatch(/16 of 16 \(100.0 %\) batches.*, epoch 2, loss [\d.e-]+, learning rate/);
  expect(first.code).toBe(0);
  expect(first.stdout).toMatch(/model\.onnx\n {2}epoch \d of 2\n {2}AUC [\d.]+ \(95 %: /);
  expect(readFileSync(join(folder, 'out', 'report.html'), 'utf8')).toContain('</html>');
  const second = await train('--no-augment', '--input-mpp', '0.5', '--json');
  expect(JSON.parse(second.stdout)).toMatchObject({
    state: 'done',
    card: { classes: ['0', '1'], input: { mpp: 0.5 } },
  });
  const other = await train('--rate', '0.5');
  expect(other.code).toBe(1);
  expect(other.stderr).toMatch(/options changed.*\nhint: .*--overwrite/);
});

it('trains a fold after another, and says what all of them came to', async () => {
  const { code, stdout, stderr } = await train('--fold', 'all', '--folds', '2', '--out', join(folder, 'folds'));
  expect(code, stderr).toBe(0);
  expect(stderr).toMatch(/fold 1: 10 of 10 \(100.0 %\) batches/);
  expect(stdout).toMatch(
    /folds: 2 folds\n {2}fold 0: AUC [\d.]+, epoch \d of 2\n.*\n {2}AUC [\d.]+ ± [\d.]+, balanced/,
  );
  expect(existsSync(join(folder, 'folds', 'fold-1', 'report.html'))).toBe(true);
});

it.each([
  [['--trained', 'tail'], '`--trained`'],
  [['--folds', '1'], '`--folds`'],
  [['--fold', 'some'], '`--fold`'],
  [['--fold', 'all', '--validation', 'val.csv'], '--validation'],
  [['--no-augment', '--hue', '0.1'], '--no-augment'],
  [['--device', 'cuda', '--deterministic'], '`--device`'],
  [['--model', 'resnet-huge'], 'resnet-tiny, resnet18, vit-tiny'],
])('%j', async (flags, message) => {
  const { code, stderr } = await train(...flags, '--out', join(folder, 'wrong'));
  expect(stderr).toContain(message);
  expect(code).toBe(2);
  expect(existsSync(join(folder, 'wrong'))).toBe(false);
});

it('half a command has a hint', async () => {
  const { code, stderr } = await runInProcess(['train']);
  expect(stderr).toContain('train phase1');
  expect(code).toBe(2);
});
