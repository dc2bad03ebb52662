import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { summarizeFolds } from '../../../src/train/cross-validate/summarize-folds.ts';
import { type CrossValidationConfig, crossValidatePhase1 } from '../../../src/train/cross-validate.ts';
import { readModelCard } from '../../../src/train/train-phase1/model-card.ts';
import { trainPhase1 } from '../../../src/train/train-phase1.ts';
import { parseCsvTable } from '../../../src/utils/csv.ts';
import { createTinyTraining, writeTable } from '../../support/tiny-training.ts';
import { useScratch } from '../utils/fixtures/scratch.ts';

const scratch = useScratch();

it('each picture is judged once, by a model that saw none of its patient', async () => {
  const { folder, table, model, rows } = await createTinyTraining(scratch());
  const out = join(folder, 'folds');
  const seen: number[] = [];
  const config: CrossValidationConfig = {
    ...{ train: table, model, out, folds: 2, epochs: 1, batchSize: 4, workers: 0, threads: 1, rate: 0.02 },
    onProgress: ({ fold }) => seen.push(fold),
  };
  const { folds, summary } = await crossValidatePhase1(config);
  expect([...new Set(seen)]).toEqual([0, 1]);
  const judged = folds.map((one) => readTable(join(out, one.folder, 'validation.csv')).map(({ path = '' }) => path));
  expect(judged.flat().sort()).toEqual(rows.map(({ path }) => join(folder, path)).sort());
  const patients = judged.flatMap((paths) => [...new Set(paths.map((path) => Number(/(\d+)\.png$/.exec(path)?.[1]) % 10))]); // biome-ignore format: one line
  expect(patients.length).toBe(new Set(patients).size);
  const aucs = await Promise.all(folds.map(async (one) => (await readModelCard(join(out, one.folder, 'model.onnx')))?.metrics['auc'])); // biome-ignore format: one line
  const [a = 0, b = 0] = aucs.map(Number);
  expect(summary['auc']).toMatchObject({ folds: 2, mean: (a + b) / 2, least: Math.min(a, b), most: Math.max(a, b) });
  expect(readTable(join(out, 'folds.csv')).map(({ auc }) => Number(auc))).toEqual([a, b]);
  expect(JSON.parse(readFileSync(join(out, 'folds.json'), 'utf8'))).toMatchObject({ summary, classes: ['0', '1'] });
  const page = readFileSync(join(out, 'report.html'), 'utf8');
  expect(page).toContain('<a href="fold-1/report.html">1</a>');
  expect(page).not.toMatch(/undefined|NaN|Infinity|\[object/);

  seen.length = 0;
  expect(await crossValidatePhase1(config)).toMatchObject({ folds, summary });
  expect(seen).toEqual([]);
  await expect(crossValidatePhase1({ ...config, out: join(out, 'fold-0') })).rejects.toThrow('a single training');
  await expect(crossValidatePhase1({ ...config, fold: 1 } as never)).rejects.toThrow('`fold`');
  // A fold alone is the same training.
  const alone = await trainPhase1({ ...config, onProgress: undefined, fold: 1, validation: undefined, out: join(out, 'alone') }); // biome-ignore format: one line
  expect(alone.card.metrics['auc']).toBe(b);
});

it('a fold without a class is found before the first one is trained', async () => {
  const { folder, model, rows } = await createTinyTraining(scratch());
  const rare = [...new Set(rows.filter(({ label }) => label === 1).map(({ patient }) => patient))].slice(0, 2);
  const train = join(folder, 'rare.csv');
  const kept = rows.filter(({ label, patient }) => label === 0 || rare.includes(patient));
  writeTable(train, kept);
  const seen: number[] = [];
  const config = { train, model, out: join(folder, 'rare'), folds: 3, epochs: 1, batchSize: 4, workers: 0, threads: 1 };
  const training = crossValidatePhase1({ ...config, onProgress: ({ fold }) => seen.push(fold) });
  await expect(training).rejects.toThrow('no picture of the class');
  expect(seen).toEqual([]);
});

it('mean and deviation are of the folds that have the figure', () => {
  const fold = (auc: number | null) => ({ metrics: { auc, aucLow: 0.1 } }) as never;
  const { auc, aucLow } = summarizeFolds([fold(0.8), fold(0.9), fold(null), fold(0.7)]);
  expect(auc).toMatchObject({ folds: 3, least: 0.7, most: 0.9 });
  expect(auc?.mean).toBeCloseTo(0.8, 12);
  expect(auc?.deviation).toBeCloseTo(0.1, 12);
  expect(aucLow).toBeUndefined();
});

function readTable(path: string): readonly Readonly<Record<string, string>>[] {
  return parseCsvTable(readFileSync(path, 'utf8')).rows;
}
