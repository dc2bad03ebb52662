import { join } from 'node:path';
import { exportModel } from '../../onnx/export-model.ts';
import { writeFileAtomic } from '../../utils/atomic-file.ts';
import { formatCsvLine } from '../../utils/csv.ts';
import { DatasetError } from '../../utils/errors.ts';
import { VERSION } from '../../utils/version.ts';
import { readCheckpoint } from '../checkpoints/read-checkpoint.ts';
import { countLabels } from '../data/class-names.ts';
import { type Evaluation, evaluate } from '../metrics/evaluate.ts';
import { type Judged, judgeModel } from './judge-model.ts';
import { type ModelCard, writeModelCard } from './model-card.ts';
import { getBestPath, type Training } from './training.ts';

/** What a training leaves. */
export interface Exported {
  readonly modelPath: string;
  readonly card: ModelCard;
  readonly evaluation: Evaluation;
  readonly judged: Judged;
}

/**
 * Writes the best weights as an ONNX file for inference, judges that very file, and writes the card and the predictions.
 * @throws OutputError, SessionError, DatasetError where no epoch had a figure to choose by
 */
export async function exportBest(training: Training): Promise<Exported> {
  const { settings, model, data, judge, state } = training;
  const { stopping } = state;
  if (stopping.state.bestEpoch < 0)
    throw new DatasetError(settings.validation ?? settings.train, `no epoch had a figure (${settings.watch})`, {
      reason: 'no-figure',
    });
  const { weights, buffers, facts } = await readCheckpoint(getBestPath(training));
  const modelPath = join(settings.out, 'model.onnx');
  const metadata = { 'slideloom.classes': JSON.stringify(data.classes), 'slideloom.version': VERSION };
  const [file] = await exportModel(modelPath, model.model, new Map([...weights, ...buffers]), { metadata });
  const judged = await judgeModel(modelPath, new Map(), judge);
  const groups = getGroups(training, judged.paths);
  const evaluation = evaluate(judged, { bootstrap: { seed: settings.seed, groups } });
  const card = createCard(training, { sha256: file?.sha256 ?? '', evaluation, steps: facts.step });
  await writeModelCard(modelPath, card);
  await writePredictions(training, judged);
  return { modelPath, card, evaluation, judged };
}

/** Patients, for intervals: pictures of one patient are not independent. */
function getGroups({ data }: Training, paths: readonly string[]): string[] {
  const patients = new Map(data.validation.map(({ path, patient, slide }) => [path, patient ?? slide ?? path]));
  return paths.map((path) => patients.get(path) ?? path);
}

function createCard(
  training: Training,
  { sha256, evaluation, steps }: { sha256: string; evaluation: Evaluation; steps: number },
): ModelCard {
  const { model, settings, data, state } = training;
  const { width, height, mean, std } = model.pictures;
  const { auc, averagePrecision, logLoss, brier, calibrationError, accuracy, balancedAccuracy, macroF1 } = evaluation;
  const figures = { auc, averagePrecision, logLoss, brier, calibrationError, accuracy, balancedAccuracy, macroF1 };
  const { auc: interval } = evaluation.intervals;
  const metrics = { ...figures, aucLow: interval?.low, aucHigh: interval?.high };
  const input = { name: model.inputName, width, height, mpp: settings.inputMpp ?? null };
  return {
    schema: 'slideloom/model-card/v1',
    model: 'model.onnx',
    sha256,
    task: 'patch-classification',
    input: { ...input, mean: [...mean], std: [...std] },
    output: { name: model.outputName, activation: 'softmax' },
    classes: [...data.classes],
    threshold: evaluation.threshold ?? null,
    metrics: Object.fromEntries(Object.entries(metrics).map(([name, value]) => [name, value ?? null])),
    training: {
      ...{ slideloom: VERSION, from: model.name, fromSha256: model.hash, seed: settings.seed },
      ...{ bestEpoch: state.stopping.state.bestEpoch + 1, steps },
      trainPictures: countLabels(data.train, data.classes.length),
      validationPictures: countLabels(data.validation, data.classes.length),
    },
  };
}

async function writePredictions({ settings, data }: Training, judged: Judged): Promise<void> {
  const { classes } = data;
  const lines = judged.paths.map((path, row) => {
    const own = judged.probabilities.subarray(row * classes.length, (row + 1) * classes.length);
    return formatCsvLine([path, classes[judged.labels[row] ?? 0], ...own]);
  });
  const header = formatCsvLine(['path', 'label', ...classes.map((name) => `probability_${name}`)]);
  await writeFileAtomic(join(settings.out, 'validation.csv'), header + lines.join(''));
}
