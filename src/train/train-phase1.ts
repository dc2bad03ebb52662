/** Phase 1: a classifier of patches learns from a table of pictures, from any ONNX model that gives logits. */
import { join } from 'node:path';
import { createForwardThread } from '../onnx/forward-thread.ts';
import { isSlideloomError, ModelError } from '../utils/errors.ts';
import { getErrorCode } from '../utils/output-error.ts';
import type { RunRecord } from '../utils/run-record.ts';
import type { StageResult, StageRun } from '../utils/stage-run.ts';
import { createDecodePool } from './batches/decode-pool.ts';
import type { Checkpoint } from './checkpoints/checkpoint.ts';
import { readCheckpoint } from './checkpoints/read-checkpoint.ts';
import { writeTrainingReport } from './report/write-training-report.ts';
import { createReportFacts } from './train-phase1/create-report-facts.ts';
import { exportBest } from './train-phase1/export-best.ts';
import { type MetricsLog, openMetricsLog } from './train-phase1/metrics-log.ts';
import { type ModelCard, readModelCard } from './train-phase1/model-card.ts';
import { planEngine } from './train-phase1/open-engine.ts';
import { type Phase1Config, type Phase1Settings, resolvePhase1 } from './train-phase1/options.ts';
import { listOutputFiles, openPhase1Stage } from './train-phase1/phase1-stage.ts';
import { type Phase1Data, readPhase1Data } from './train-phase1/read-data.ts';
import { type Phase1Model, readPhase1Model } from './train-phase1/read-phase1-model.ts';
import { runEpochs } from './train-phase1/run-epochs.ts';
import { restoreState } from './train-phase1/run-state.ts';
import { createTraining, getLastPath, type Training } from './train-phase1/training.ts';

export { PHASE1_DEFAULTS, type Phase1Config, type Phase1Progress } from './train-phase1/options.ts';

/** What a training left in its folder. */
export interface Phase1Result {
  /** `done` where an earlier run had finished it. */
  readonly state: 'done' | 'trained';
  readonly folder: string;
  /** The trained model, for inference. */
  readonly modelPath: string;
  readonly card: ModelCard;
  readonly record: RunRecord;
}

/**
 * Trains a classifier and leaves in `out`: `model.onnx` with its card, `best.safetensors`, `last.safetensors`, `metrics.jsonl`,
 * `validation.csv`, `report.html` and `record.json`. On the processor the same config gives the same weights, whatever the number of
 * threads, and however often it was stopped or killed and resumed.
 * @throws OptionError, SourceError, DatasetError, ModelError, OperatorError, SessionError, OutputError, OutputInUseError,
 * CheckpointError; TrainingError where loss or gradients are no numbers: `last.safetensors` is then the last good state
 */
export async function trainPhase1(config: Phase1Config): Promise<Phase1Result> {
  const settings = resolvePhase1(config);
  const data = await readPhase1Data(settings);
  const model = await readPhase1Model(settings, data.classes.length);
  const modelPath = join(settings.out, 'model.onnx');
  await using stage = await openPhase1Stage(settings, { data, model });
  if ('record' in stage) return finishDone(settings.out, modelPath, stage.record);
  const signals = [stage.lease.signal, ...(settings.signal ? [settings.signal] : [])];
  try {
    const parts = { settings, data, model, signal: AbortSignal.any(signals) };
    const { card, result } = await train(parts, stage.resumes);
    const outputs = await listOutputFiles(settings.out);
    const record = await stage.run.finish({ ...result, outputs });
    return { state: 'trained', folder: settings.out, modelPath, card, record };
  } catch (error) {
    // Where the folder was lost to another run, nothing is written.
    if (stage.lease.signal.aborted) throw stage.lease.signal.reason;
    await recordFailure(stage.run, error, settings.out);
    throw error;
  }
}

interface Parts {
  readonly settings: Phase1Settings;
  readonly data: Phase1Data;
  readonly model: Phase1Model;
  readonly signal: AbortSignal;
}

async function train(parts: Parts, resumes: boolean): Promise<{ card: ModelCard; result: StageResult }> {
  const { settings, data, model } = parts;
  await using pool = createDecodePool(settings.workers);
  await using thread = createForwardThread();
  const open = await planEngine(settings, model, data);
  await using engine = await open();
  const training = createTraining({ ...parts, pool, thread, engine });
  const log = await takeUp(training, resumes);
  await runEpochs(training, log);
  const exported = await exportBest(training);
  await writeTrainingReport(settings.out, createReportFacts(training, exported, log.epochs));
  return { card: exported.card, result: summarize(training, log) };
}

/** Begins at the last checkpoint, where there is one. */
async function takeUp(training: Training, resumes: boolean): Promise<MetricsLog> {
  const { settings, state, model } = training;
  const path = getLastPath(training);
  const checkpoint = resumes ? await findCheckpoint(path) : undefined;
  if (checkpoint) restoreState(state, checkpoint, { path, graphHash: model.hash });
  const { epoch, position } = state.next;
  if (checkpoint) settings.logger?.info(`goes on at epoch ${epoch + 1}, batch ${position + 1}`);
  return openMetricsLog(settings.out, { epoch, position });
}

/** A run that died before its first checkpoint left none. */
async function findCheckpoint(path: string): Promise<Checkpoint | undefined> {
  return readCheckpoint(path).catch((error: unknown) => {
    if (isSlideloomError(error, 'source') && getErrorCode(error.cause) === 'ENOENT') return undefined;
    throw error;
  });
}

function summarize({ state, data, settings }: Training, log: MetricsLog): StageResult {
  const { stopping, optimizer, skipped } = state;
  const paths = [...data.skipped.map(({ path }) => path), ...skipped];
  return {
    counts: {
      ...{ epochs: log.epochs.length, bestEpoch: stopping.state.bestEpoch + 1, steps: optimizer.steps },
      ...{
        trainPictures: data.train.length,
        validationPictures: data.validation.length,
        skippedPictures: paths.length,
      },
    },
    notices: paths.sort().map((path) => `left out: ${path}`),
    ...(log.epochs.length < settings.epochs ? { outcome: 'stopped-early' } : {}),
  };
}

async function finishDone(folder: string, modelPath: string, record: RunRecord): Promise<Phase1Result> {
  const card = await readModelCard(modelPath);
  if (!card) throw new ModelError(modelPath, 'its card is missing', { hint: '--overwrite trains anew' });
  return { state: 'done', folder, modelPath, card, record };
}

/** The error of the run is what counts, also where there is no room left for a record of it. */
async function recordFailure(run: StageRun, error: unknown, folder: string): Promise<void> {
  await run.fail(error, { outputs: await listOutputFiles(folder).catch(() => []) }).catch(() => undefined);
}
