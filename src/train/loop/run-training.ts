/** A training in its folder, from the lease to the record: the same for pictures and for slides. */
import { join } from 'node:path';
import { isSlideloomError, ModelError } from '../../utils/errors.ts';
import { listOutputFiles } from '../../utils/folder-stage.ts';
import { getErrorCode } from '../../utils/output-error.ts';
import type { RunRecord } from '../../utils/run-record.ts';
import type { StageResult, StageRun } from '../../utils/stage-run.ts';
import type { Checkpoint } from '../checkpoints/checkpoint.ts';
import { readCheckpoint } from '../checkpoints/read-checkpoint.ts';
import type { ReportFacts } from '../report/report-facts.ts';
import { writeTrainingReport } from '../report/write-training-report.ts';
import type { EpochLine, MetricsLog } from './metrics-log.ts';
import { openMetricsLog } from './metrics-log.ts';
import { runEpochs } from './run-epochs.ts';
import { restoreState } from './run-state.ts';
import { getLastPath, MODEL_NAME, type Training } from './training.ts';
import { OUTPUT_NAMES, openTrainingStage, type StagePlan } from './training-stage.ts';

/** What a training left in its folder. */
export interface TrainingResult<Card> {
  /** `done` where an earlier run had finished it. */
  readonly state: 'done' | 'trained';
  readonly folder: string;
  /** The trained model, for inference. */
  readonly modelPath: string;
  readonly card: Card;
  readonly record: RunRecord;
}

export interface TrainingPlan<Card> extends StagePlan {
  readonly signal: AbortSignal | undefined;
  /** Undefined where there is none. */
  readCard(modelPath: string): Promise<Card | undefined>;
  /** @param resumes whether there may be a checkpoint to go on from */
  train(signal: AbortSignal, resumes: boolean): Promise<{ readonly card: Card; readonly result: StageResult }>;
}

/**
 * Takes the folder, trains, and leaves a record, also of a failure.
 * @throws OutputError, OutputInUseError, and what `train` throws
 */
export async function runTraining<Card>(plan: TrainingPlan<Card>): Promise<TrainingResult<Card>> {
  const { folder } = plan;
  const modelPath = join(folder, MODEL_NAME);
  await using stage = await openTrainingStage(plan);
  if (stage.state === 'done') {
    const card = await plan.readCard(modelPath);
    if (!card) throw new ModelError(modelPath, 'its card is missing', { hint: '--overwrite trains anew' });
    return { state: 'done', folder, modelPath, card, record: stage.record };
  }
  const signals = [stage.lease.signal, ...(plan.signal ? [plan.signal] : [])];
  try {
    const { card, result } = await plan.train(AbortSignal.any(signals), stage.state === 'resume');
    const outputs = await listOutputFiles(folder, OUTPUT_NAMES);
    const record = await stage.run.finish({ ...result, outputs });
    return { state: 'trained', folder, modelPath, card, record };
  } catch (error) {
    // Where the folder was lost to another run, nothing is written.
    if (stage.lease.signal.aborted) throw stage.lease.signal.reason;
    await recordFailure(stage.run, error, folder);
    throw error;
  }
}

/** What is done once the last epoch is over. */
export type Conclude<Card> = (
  training: Training,
  epochs: readonly EpochLine[],
) => Promise<{ readonly card: Card; readonly facts: ReportFacts; readonly notices?: readonly string[] }>;

/** Learns from where the last checkpoint stands to the end, exports the best weights, and writes the report. */
export async function completeTraining<Card>(
  training: Training,
  resumes: boolean,
  conclude: Conclude<Card>,
): Promise<{ card: Card; result: StageResult }> {
  const log = await takeUp(training, resumes);
  await runEpochs(training, log);
  const { card, facts, notices = [] } = await conclude(training, log.epochs);
  await writeTrainingReport(training.settings.out, facts);
  return { card, result: summarize(training, log, notices) };
}

/** Begins at the last checkpoint, where there is one. */
async function takeUp(training: Training, resumes: boolean): Promise<MetricsLog> {
  const { settings, state, checkpoint: context } = training;
  const path = getLastPath(training);
  const checkpoint = resumes ? await findCheckpoint(path) : undefined;
  if (checkpoint) restoreState(state, checkpoint, { path, graphHash: context.graphHash });
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

function summarize(
  { state, data, settings, unit }: Training,
  log: MetricsLog,
  notices: readonly string[],
): StageResult {
  const { stopping, optimizer, skipped } = state;
  const paths = [...data.skipped.map(({ path }) => path), ...skipped];
  const word = unit === 'pictures' ? 'Pictures' : 'Slides';
  return {
    counts: {
      ...{ epochs: log.epochs.length, bestEpoch: stopping.state.bestEpoch + 1, steps: optimizer.steps },
      [`train${word}`]: data.train.length,
      [`validation${word}`]: data.validation.length,
      [`skipped${word}`]: paths.length,
    },
    notices: [...notices, ...paths.sort().map((path) => `left out: ${path}`)],
    ...(log.epochs.length < settings.epochs ? { outcome: 'stopped-early' } : {}),
  };
}

/** The error of the run is what counts, also where there is no room left for a record of it. */
async function recordFailure(run: StageRun, error: unknown, folder: string): Promise<void> {
  await run
    .fail(error, { outputs: await listOutputFiles(folder, OUTPUT_NAMES).catch(() => []) })
    .catch(() => undefined);
}
