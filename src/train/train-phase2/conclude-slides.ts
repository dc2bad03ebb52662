import { pathToFileURL } from 'node:url';
import { pickModelWeights } from '../../onnx/mil-step.ts';
import { decodeModel } from '../../onnx/model.ts';
import { FEATURES } from '../../onnx/models/mil/bag-graph.ts';
import { VERSION } from '../../utils/version.ts';
import { countLabels } from '../data/class-names.ts';
import { createReportFacts } from '../loop/create-report-facts.ts';
import { type ExportedModel, exportBest, getGroups, listFigures, writeValidation } from '../loop/export-best.ts';
import type { EpochLine } from '../loop/metrics-log.ts';
import { MODEL_NAME, type Training } from '../loop/training.ts';
import { type Evaluation, evaluate } from '../metrics/evaluate.ts';
import { rankClasses } from '../metrics/one-versus-rest.ts';
import { findMiddleThreshold } from '../metrics/roc.ts';
import { calibrate, fitTemperature } from '../metrics/temperature.ts';
import { type MilCard, writeMilCard } from '../mil-card.ts';
import type { ReportFacts } from '../report/report-facts.ts';
import { listPhase2Options, type Phase2Settings } from './options.ts';
import type { Phase2Data } from './read-data.ts';
import { writeSlides } from './write-slides.ts';

interface Concluded {
  readonly settings: Phase2Settings;
  readonly data: Phase2Data;
  readonly source: Uint8Array;
}

/**
 * Leaves the model with its card, its calibrated predictions of the validation set, and what became of each slide. Temperature and
 * threshold are of that set.
 * @throws OutputError, SessionError, DatasetError
 */
export async function concludeSlides(
  training: Training,
  epochs: readonly EpochLine[],
  { settings, data, source }: Concluded,
): Promise<{ card: MilCard; facts: ReportFacts; notices: readonly string[] }> {
  const { model: name, out, seed } = settings;
  const { classes } = data;
  const exported = await exportBest(training, decodeModel(source, name), pickModelWeights);
  const { judged, modelPath } = exported;
  const { temperature, isFitted } = fitTemperature(judged.logits, judged.labels, classes.length);
  const predictions = { ...judged, probabilities: calibrate(judged.logits, temperature, classes.length) };
  const groups = getGroups(training, judged.paths);
  const [ranked] = rankClasses(predictions);
  const threshold = ranked && findMiddleThreshold(ranked);
  const evaluation = evaluate(predictions, { threshold, bootstrap: { seed, groups } });
  const card = createCard(training, { settings, data, source }, { exported, evaluation, temperature });
  await writeMilCard(modelPath, card);
  const slides = listSlides(data, judged.paths);
  await writeValidation(
    training,
    predictions,
    slides.map(({ name: slide, patches }, row) => ({
      slide,
      features: judged.paths[row] ?? '',
      patches: `${patches}`,
    })),
  );
  await writeSlides(out, data, training.state.skipped);
  const facts = createReportFacts(training, {
    title: `Phase 2: ${name}, ${classes.length} classes`,
    model: { name, input: `patches of ${data.featureDim} features${data.backbone ? ` (${data.backbone.name})` : ''}` },
    options: listPhase2Options(settings),
    ...{ epochs, evaluation, predictions, paths: judged.paths, slides },
    calibration: { temperature, isFitted, before: evaluate(judged) },
  });
  const stays = 'the temperature stays 1: the model takes every slide of the validation set for what it is';
  return { card, facts, notices: isFitted ? [] : [stays] };
}

function listSlides({ validation }: Phase2Data, paths: readonly string[]) {
  const examples = new Map(validation.map((one) => [one.path, one]));
  return paths.map((path) => {
    const { slide = '', patient, count = 0, source } = examples.get(path) ?? {};
    return { name: slide, patient, patches: count, link: toLink(source ?? path) };
  });
}

/** Slides may lie behind an address. */
function toLink(path: string): string {
  return /^[a-z][a-z0-9+.-]+:\/\//i.test(path) ? path : pathToFileURL(path).href;
}

function createCard(
  { state }: Training,
  { settings, data }: Concluded,
  { exported, evaluation, temperature }: { exported: ExportedModel; evaluation: Evaluation; temperature: number },
): MilCard {
  const { classes, featureDim, backbone = null } = data;
  const { model: architecture, hidden, attention, standardize, seed } = settings;
  return {
    schema: 'slideloom/mil-card/v1',
    model: MODEL_NAME,
    sha256: exported.sha256,
    task: 'slide-classification',
    architecture,
    input: { name: FEATURES, featureDim, backbone },
    classes: [...classes],
    temperature,
    threshold: evaluation.threshold ?? null,
    metrics: listFigures(evaluation),
    training: {
      ...{ slideloom: VERSION, hidden, attention, standardize, seed },
      ...{ bestEpoch: state.stopping.state.bestEpoch + 1, steps: exported.steps },
      chosenOnValidation: ['epoch', 'temperature', ...(evaluation.threshold === undefined ? [] : ['threshold'])],
      trainSlides: countLabels(data.train, classes.length),
      validationSlides: countLabels(data.validation, classes.length),
    },
  };
}
