import { join } from 'node:path';
import { exportModel } from '../../onnx/export-model.ts';
import { hashWrittenModel } from '../../onnx/hash-model.ts';
import type { OnnxModel } from '../../onnx/model.ts';
import { writeFileAtomic } from '../../utils/atomic-file.ts';
import { formatCsvLine } from '../../utils/csv.ts';
import { DatasetError } from '../../utils/errors.ts';
import { VERSION } from '../../utils/version.ts';
import { readCheckpoint } from '../checkpoints/read-checkpoint.ts';
import type { Evaluation } from '../metrics/evaluate.ts';
import type { ParameterMap } from '../parameters.ts';
import type { Judged } from './judged.ts';
import { getBestPath, getModelPath, type Training, VALIDATION_NAME } from './training.ts';

/** The best model as a file, and what that very file says of the validation set. */
export interface ExportedModel {
  readonly modelPath: string;
  readonly sha256: string;
  /** Steps of the optimiser behind it. */
  readonly steps: number;
  readonly judged: Judged;
}

/**
 * Writes the best weights as an ONNX file for inference, and judges that file.
 * @param pick leaves out weights that only training needs
 * @throws OutputError, SessionError, DatasetError where no epoch had a figure to choose by
 */
export async function exportBest(
  training: Training,
  model: OnnxModel,
  pick: (weights: ParameterMap) => ParameterMap = (weights) => weights,
): Promise<ExportedModel> {
  const { settings, data, judge, state } = training;
  if (state.stopping.state.bestEpoch < 0)
    throw new DatasetError(data.names.validation, `no epoch had a figure (${settings.watch})`, { reason: 'no-figure' });
  const { weights, buffers, facts } = await readCheckpoint(getBestPath(training));
  const modelPath = getModelPath(training);
  const metadata = { 'slideloom.classes': JSON.stringify(data.classes), 'slideloom.version': VERSION };
  const files = await exportModel(modelPath, model, pick(new Map([...weights, ...buffers])), { metadata });
  return { modelPath, sha256: hashWrittenModel(files), steps: facts.step, judged: await judge(modelPath, {}) };
}

/** Patients, for intervals: examples of one patient are not independent. */
export function getGroups({ data }: Pick<Training, 'data'>, paths: readonly string[]): string[] {
  const patients = new Map(data.validation.map(({ path, patient, slide }) => [path, patient ?? slide ?? path]));
  return paths.map((path) => patients.get(path) ?? path);
}

/** The figures of a card. Null where one has no value. */
export function listFigures(evaluation: Evaluation): Record<string, number | null> {
  const { auc, averagePrecision, logLoss, brier, calibrationError, accuracy, balancedAccuracy, macroF1 } = evaluation;
  const figures = { auc, averagePrecision, logLoss, brier, calibrationError, accuracy, balancedAccuracy, macroF1 };
  const { auc: interval } = evaluation.intervals;
  const all = { ...figures, aucLow: interval?.low, aucHigh: interval?.high };
  return Object.fromEntries(Object.entries(all).map(([name, value]) => [name, value ?? null]));
}

/** One row of validation.csv: what names the example. */
export type ValidationKeys = Readonly<Record<string, string>>;

/**
 * Writes `validation.csv`: what names each example, its label, and the probability of each class.
 * @param keys by row, all with the same columns @throws OutputError
 */
export async function writeValidation(
  { settings, data: { classes } }: Pick<Training, 'settings' | 'data'>,
  { labels, probabilities }: { readonly labels: ArrayLike<number>; readonly probabilities: Float32Array },
  keys: readonly ValidationKeys[],
): Promise<void> {
  const lines = keys.map((own, row) => {
    const rows = probabilities.subarray(row * classes.length, (row + 1) * classes.length);
    return formatCsvLine([...Object.values(own), classes[labels[row] ?? 0], ...rows]);
  });
  const names = Object.keys(keys[0] ?? {});
  const header = formatCsvLine([...names, 'label', ...classes.map((name) => `probability_${name}`)]);
  await writeFileAtomic(join(settings.out, VALIDATION_NAME), header + lines.join(''));
}
