import { DatasetError, TrainingError } from '../../utils/errors.ts';
import { writeCheckpoint } from '../checkpoints/write-checkpoint.ts';
import { evaluate } from '../metrics/evaluate.ts';
import { cleanUp } from './clean-up.ts';
import { endEarly } from './end-early.ts';
import type { FedBatch, LeftOut } from './fed-batch.ts';
import type { Judged } from './judged.ts';
import { type Learned, learnBatch, takeGathered } from './learn-batch.ts';
import { type EpochLine, type MetricsLog, nameSpeed, type StepLine } from './metrics-log.ts';
import { createBestCheckpoint, getJudgedWeights, NO_SUMS } from './run-state.ts';
import { saveLast } from './save-last.ts';
import { settleState } from './settle-state.ts';
import { getBestPath, type Training } from './training.ts';

/** Learns and judges, epoch by epoch, from where the state stands to the end. @throws TrainingError, AbortedError ... */
export async function runEpochs(training: Training, log: MetricsLog): Promise<void> {
  const { state, settings } = training;
  while (state.next.epoch < settings.epochs && !state.stopping.shouldStop) {
    const clock = performance.now();
    const judged = await learnAndJudge(training, log).catch((error: unknown) => endEarly(training, error));
    await endEpoch(training, log, { judged, clock });
  }
}

/** What is left of an epoch: after it `state.next` stands behind its last batch. */
async function learnAndJudge(training: Training, log: MetricsLog): Promise<Judged> {
  await learnEpoch(training, log);
  const { state, data, judge } = training;
  if (state.sums.examples === 0) throw createEmptyError(training, data.names.train);
  const judged = await judge(undefined, {
    weights: getJudgedWeights(state),
    onJudged: (examples) => reportJudged(training, examples),
  });
  if (judged.labels.length === 0) throw createEmptyError(training, data.names.validation);
  return judged;
}

function createEmptyError({ unit }: Training, table: string): DatasetError {
  return new DatasetError(table, `none of the ${unit} can be read`, { reason: 'empty' });
}

async function learnEpoch(training: Training, log: MetricsLog): Promise<void> {
  const { state, sampler, feed, learner, signal, settings, engine } = training;
  let since = performance.now();
  let saved = state.next.position;
  for await (const batch of feed.load(sampler.plan(state.next), { signal })) {
    for (const one of batch.skipped) skip(training, one);
    if (batch.count === 0) batch.release();
    else {
      const flush = (batch.position + 1) % settings.logEvery === 0;
      const learned = await learnBatch(engine, state, { batch, learner, flush });
      if (learned) report(training, batch, learned);
      if (learned && flush) log.add(describeStep(training, { batch, learned, since }));
    }
    since = performance.now();
    state.next = { ...state.next, position: batch.position + 1 };
    if (batch.position < sampler.batchesPerEpoch - 1) saved = await betweenBatches(training, log, { batch, saved });
  }
  takeGathered(state, learner, state.sums.rate);
  await settleState(training);
  learner.memory.endEpoch();
}

/**
 * Checkpoints and cleaning, where they are due. A checkpoint has to come between steps, as gathered gradients are not in it: where
 * batches were left out, steps end at others than the multiples of their number.
 * @param saved batches of the epoch behind the last checkpoint @returns the same from now on
 */
async function betweenBatches(
  training: Training,
  log: MetricsLog,
  { batch: { epoch, position }, saved }: { readonly batch: FedBatch; readonly saved: number },
): Promise<number> {
  const { settings, learner, signal } = training;
  const done = position + 1;
  signal.throwIfAborted();
  const every = settings.checkpointEvery * learner.accumulate;
  const isDue = (learner.sum?.batches ?? 0) === 0 && Math.floor(done / every) > Math.floor(saved / every);
  if (isDue) await saveLast(training);
  if (settings.cleanupEvery > 0 && done % settings.cleanupEvery === 0)
    await cleanAndTell(training, log, { epoch, done });
  return isDue ? done : saved;
}

async function cleanAndTell(
  { engine, state, settings }: Training,
  log: MetricsLog,
  { epoch, done }: { readonly epoch: number; readonly done: number },
): Promise<void> {
  const { bytesBefore, bytesAfter, seconds } = await cleanUp(engine);
  const facts = { bytesBefore, bytesAfter, seconds };
  log.add({ kind: 'cleanup', step: state.optimizer.steps, epoch: epoch + 1, batch: done, ...facts });
  settings.logger?.debug(
    `memory cleaned up: ${toMegabytes(bytesBefore)} to ${toMegabytes(bytesAfter)} MB, ${seconds.toFixed(2)} s`,
    facts,
  );
}

async function endEpoch(
  training: Training,
  log: MetricsLog,
  { judged, clock }: { judged: Judged; clock: number },
): Promise<void> {
  const { state, settings, sampler, unit } = training;
  const { epoch } = state.next;
  for (const one of judged.skipped) skip(training, one);
  if (!judged.probabilities.every(Number.isFinite))
    throw new TrainingError(
      state.optimizer.steps,
      `epoch ${epoch + 1}: the model gives no numbers for ${unit} of the validation set`,
      { hint: 'lower the learning rate' },
    );
  const { auc, averagePrecision, accuracy, balancedAccuracy, threshold, logLoss = Number.NaN } = evaluate(judged);
  const watched = settings.watch === 'auc' ? (auc ?? Number.NaN) : logLoss;
  state.schedule.observe(watched);
  const best = state.stopping.observe(watched, epoch);
  const { examples, loss, gradientNorm, rate } = state.sums;
  const line: EpochLine = {
    ...{ kind: 'epoch', epoch: epoch + 1, step: state.optimizer.steps, rate },
    ...{ trainLoss: loss / examples, gradientNorm: gradientNorm / examples },
    ...{ loss: logLoss, auc, averagePrecision, accuracy, balancedAccuracy, threshold, best },
    seconds: (performance.now() - clock) / 1000,
  };
  state.next = sampler.start(epoch + 1);
  state.sums = { ...NO_SUMS };
  if (best) await writeCheckpoint(getBestPath(training), createBestCheckpoint(state, training.checkpoint));
  log.add(line);
  await saveLast(training);
  settings.logger?.info(formatEpoch(line), { ...line });
}

function skip({ state, settings }: Training, { path, message }: LeftOut): void {
  if (state.skipped.has(path)) return;
  state.skipped.add(path);
  settings.logger?.warn(`left out: ${message}`);
}

function report({ settings, sampler }: Training, { epoch, position }: FedBatch, { loss, rate }: Learned): void {
  const { batchesPerEpoch } = sampler;
  settings.onProgress?.({
    batches: epoch * batchesPerEpoch + position + 1,
    total: settings.epochs * batchesPerEpoch,
    epoch: epoch + 1,
    ...{ loss, rate },
  });
}

function reportJudged({ settings, sampler, state }: Training, judged: number): void {
  const { batchesPerEpoch } = sampler;
  const { epoch } = state.next;
  const { loss, examples, rate } = state.sums;
  const total = settings.epochs * batchesPerEpoch;
  const batches = (epoch + 1) * batchesPerEpoch;
  settings.onProgress?.({ batches, total, epoch: epoch + 1, loss: loss / examples, rate, judged });
}

function describeStep(
  { state, unit }: Training,
  { batch, learned, since }: { batch: FedBatch; learned: Learned; since: number },
): StepLine {
  const speed = Math.round((batch.count / (performance.now() - since)) * 1e4) / 10;
  const place = { epoch: batch.epoch + 1, batch: batch.position + 1 };
  return { kind: 'step', step: state.optimizer.steps, ...place, ...learned, [nameSpeed(unit)]: speed };
}

function formatEpoch({ epoch, trainLoss, loss, auc, balancedAccuracy, best, seconds }: EpochLine): string {
  const figures = [
    `training loss ${trainLoss.toFixed(4)}`,
    `validation loss ${loss.toFixed(4)}`,
    ...(auc === undefined ? [] : [`AUC ${auc.toFixed(4)}`]),
    ...(balancedAccuracy === undefined ? [] : [`balanced accuracy ${balancedAccuracy.toFixed(4)}`]),
  ];
  return `epoch ${epoch}: ${figures.join(', ')}, ${seconds.toFixed(1)} s${best ? ', the best so far' : ''}`;
}

function toMegabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}
