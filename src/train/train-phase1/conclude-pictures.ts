import { VERSION } from '../../utils/version.ts';
import { countLabels } from '../data/class-names.ts';
import { createReportFacts } from '../loop/create-report-facts.ts';
import { type ExportedModel, exportBest, getGroups, listFigures, writeValidation } from '../loop/export-best.ts';
import type { EpochLine } from '../loop/metrics-log.ts';
import { MODEL_NAME, type Training } from '../loop/training.ts';
import { type Evaluation, evaluate } from '../metrics/evaluate.ts';
import type { ReportFacts } from '../report/report-facts.ts';
import { type ModelCard, writeModelCard } from './model-card.ts';
import { listPhase1Options, type Phase1Settings } from './options.ts';
import type { Phase1Model } from './read-phase1-model.ts';

interface Concluded {
  readonly settings: Phase1Settings;
  readonly model: Phase1Model;
}

/** Leaves the model with its card and its predictions of the validation set. @throws OutputError, SessionError, DatasetError */
export async function concludePictures(
  training: Training,
  epochs: readonly EpochLine[],
  { settings, model }: Concluded,
): Promise<{ card: ModelCard; facts: ReportFacts }> {
  const exported = await exportBest(training, model.model);
  const { judged } = exported;
  const groups = getGroups(training, judged.paths);
  const evaluation = evaluate(judged, { bootstrap: { seed: settings.seed, groups } });
  const card = createCard(training, { settings, model }, { exported, evaluation });
  await writeModelCard(exported.modelPath, card);
  await writeValidation(
    training,
    judged,
    judged.paths.map((path) => ({ path })),
  );
  const { width, height } = model.pictures;
  const facts = createReportFacts(training, {
    title: `Phase 1: ${model.name}, ${training.data.classes.length} classes`,
    model: { name: model.name, input: `${width} × ${height} px` },
    options: listPhase1Options(settings),
    ...{ epochs, evaluation, predictions: judged, paths: judged.paths },
  });
  return { card, facts };
}

function createCard(
  { data, state }: Training,
  { settings, model }: Concluded,
  { exported, evaluation }: { exported: ExportedModel; evaluation: Evaluation },
): ModelCard {
  const { width, height, mean, std } = model.pictures;
  const input = { name: model.inputName, width, height, mpp: settings.inputMpp ?? null };
  return {
    schema: 'slideloom/model-card/v1',
    model: MODEL_NAME,
    sha256: exported.sha256,
    task: 'patch-classification',
    input: { ...input, mean: [...mean], std: [...std] },
    output: { name: model.outputName, activation: 'softmax' },
    classes: [...data.classes],
    threshold: evaluation.threshold ?? null,
    metrics: listFigures(evaluation),
    training: {
      ...{ slideloom: VERSION, from: model.name, fromSha256: model.hash, seed: settings.seed },
      ...{ bestEpoch: state.stopping.state.bestEpoch + 1, steps: exported.steps },
      chosenOnValidation: ['epoch', ...(evaluation.threshold === undefined ? [] : ['threshold'])],
      trainPictures: countLabels(data.train, data.classes.length),
      validationPictures: countLabels(data.validation, data.classes.length),
    },
  };
}
