import { DatasetError, TrainingError } from '../../utils/errors.ts';
import type { Batch } from '../batches/batch.ts';
import { writeCheckpoint } from '../checkpoints/write-checkpoint.ts';
import { evaluate } from '../metrics/evaluate.ts';
import { cleanUp } from './clean-up.ts';
import { endEarly } from './end-early.ts';
import { judgeModel } from './judge-model.ts';
import { type Learned, learnBatch, takeGathered } from './learn-batch.ts';
import type { EpochLine, MetricsLog } from './metrics-log.ts';
import { createBestCheckpoint, getJudgedWeights, NO_SUMS } from './run-state.ts';
import { saveLast } from './save-last.ts';
import { settleState } from './settle-state.ts';
import { getBestPath, type Training } from './training.ts';

/** Learns and judges, epoch by epoch, from where the state stands to the end. @throws TrainingError, AbortedError ... */
export async function runEpochs(training: Training, log: MetricsLog): Promise<void> {
  const { state, settings } = training;
  while (state.next.epoch < settings.epochs && !state.stopping.shouldStop) {
    const epoch = state.next.epoch;
    const clock = performance.now();
    const rate = await learnEpoch(training, log).catch((error: unknown) => endEarly(training, epoch, error));
    await endEpoch(training, log, { epoch, rate, clock });
  }
}

/** @returns the rate of the last batch */
async function learnEpoch(training: Training, log: MetricsLog): Promise<number> {
  const { state, sampler, loader, learner, signal, settings, engine } = training;
  let rate = 0;
  let since = performance.now();
  for await (const batch of loader.load(sampler.plan(state.next), { signal })) {
    for (const { path, message } of batch.skipped) skip(training, path, message);
    if (batch.count === 0) batch.release();
    else {
      const flush = (batch.position + 1) % settings.logEvery === 0;
      const learned = await learnBatch(engine, state, { batch, learner, flush });
      rate = learned?.rate ?? rate;
      if (learned) report(training, batch, learned);
      if (learned && flush) log.add(describeStep(training, { batch, learned, since }));
    }
    since = performance.now();
    state.next = batch.next;
    if (batch.position < sampler.batchesPerEpoch - 1) await betweenBatches(training, log, batch);
  }
  takeGathered(state, learner, rate);
  await settleState(training);
  learner.memory.endEpoch();
  return rate;
}

/** Checkpoints and cleaning, where they are due. A checkpoint has to come between steps: gathered gradients are not in it. */
async function betweenBatches(training: Training, log: MetricsLog, { epoch, position }: Batch): Promise<void> {
  const { state, settings, learner, signal } = training;
  const done = position + 1;
  const between = (learner.sum?.batches ?? 0) === 0;
  if (between) signal.throwIfAborted();
  if (between && done % (settings.checkpointEvery * learner.accumulate) === 0) await saveLast(training);
  if (settings.cleanupEvery === 0 || done % settings.cleanupEvery > 0) return;
  const { bytesBefore, bytesAfter, seconds } = await cleanUp(training.engine);
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
  { epoch, rate, clock }: { epoch: number; rate: number; clock: number },
): Promise<void> {
  const { state, model, settings, judge } = training;
  if (state.sums.pictures === 0) throw new DatasetError(settings.train, 'no picture can be read', { reason: 'empty' });
  const onJudged = (pictures: number) => reportJudged(training, { epoch, rate, pictures });
  const judged = await judgeModel(model.source, getJudgedWeights(state), { ...judge, onJudged });
  for (const { path, message } of judged.skipped) skip(training, path, message);
  if (!judged.probabilities.every(Number.isFinite))
    throw new TrainingError(
      state.optimizer.steps,
      `epoch ${epoch + 1}: the model gives no numbers for pictures of the validation set`,
      { hint: 'lower the learning rate' },
    );
  const { auc, averagePrecision, accuracy, balancedAccuracy, threshold, logLoss = Number.NaN } = evaluate(judged);
  const watched = settings.watch === 'auc' ? (auc ?? Number.NaN) : logLoss;
  state.schedule.observe(watched);
  const best = state.stopping.observe(watched, epoch);
  const { pictures, loss, gradientNorm } = state.sums;
  const line: EpochLine = {
    ...{ kind: 'epoch', epoch: epoch + 1, step: state.optimizer.steps, rate },
    ...{ trainLoss: loss / pictures, gradientNorm: gradientNorm / pictures },
    ...{ loss: logLoss, auc, averagePrecision, accuracy, balancedAccuracy, threshold, best },
    seconds: (performance.now() - clock) / 1000,
  };
  state.sums = { ...NO_SUMS };
  if (best) await writeCheckpoint(getBestPath(training), createBestCheckpoint(state, training.checkpoint));
  log.add(line);
  await saveLast(training);
  settings.logger?.info(formatEpoch(line), { ...line });
}

function skip({ state, settings }: Training, path: string, message: string): void {
  if (state.skipped.has(path)) return;
  state.skipped.add(path);
  settings.logger?.warn(`left out: ${message}`);
}

function report({ settings, sampler, state }: Training, { epoch, position }: Batch, { loss, rate }: Learned): void {
  const { batchesPerEpoch } = sampler;
  settings.onProgress?.({
    batches: epoch * batchesPerEpoch + position + 1,
    total: settings.epochs * batchesPerEpoch,
    epoch: state.next.epoch + 1,
    ...{ loss, rate },
  });
}

function reportJudged(
  { settings, sampler, state }: Training,
  { epoch, rate, pictures: judged }: { epoch: number; rate: number; pictures: number },
): void {
  const { batchesPerEpoch } = sampler;
  const loss = state.sums.loss / state.sums.pictures;
  const total = settings.epochs * batchesPerEpoch;
  settings.onProgress?.({ batches: (epoch + 1) * batchesPerEpoch, total, epoch: epoch + 1, loss, rate, judged });
}

function describeStep(
  { state }: Training,
  { batch, learned, since }: { batch: Batch; learned: Learned; since: number },
) {
  const picturesPerSecond = Math.round((batch.count / (performance.now() - since)) * 1e4) / 10;
  const place = { epoch: batch.epoch + 1, batch: batch.position + 1 };
  return { kind: 'step' as const, step: state.optimizer.steps, ...place, ...learned, picturesPerSecond };
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
