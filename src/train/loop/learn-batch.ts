import { mixSeeds } from '../../utils/random.ts';
import { checkFinite } from '../check-finite.ts';
import type { Engine } from '../engines/engine.ts';
import { ResidentEngine } from '../engines/resident-engine.ts';
import { clipGradients, computeGlobalNorm } from '../optimizers/clip-gradients.ts';
import type { ParameterMap } from '../parameters.ts';
import type { FedBatch } from './fed-batch.ts';
import type { Learner } from './learner.ts';
import { addToSums, type RunState } from './run-state.ts';
import { markStep } from './step-start.ts';

export interface Learned {
  readonly loss: number;
  readonly rate: number;
  readonly gradientNorm: number;
}

/** Apart from the seeds that loaders make of the same numbers. */
const DROPOUT = -2;

/**
 * Learns from one batch, or gathers its gradients until there are enough for a step. The batch goes back to its loader.
 * @param flush whether a device may not wait for more batches to run with this one
 * @returns `undefined` for a batch that waits
 * @throws TrainingError, before anything is changed, where loss, gradients or running statistics are no numbers; SessionError
 */
export async function learnBatch(
  engine: Engine,
  state: RunState,
  { batch, learner, flush }: { batch: FedBatch; learner: Learner; flush: boolean },
): Promise<Learned | undefined> {
  const { schedule, optimizer, next } = state;
  const { inputs, target, count, name } = batch;
  const rate = schedule.getRate({ step: optimizer.steps, epoch: batch.epoch });
  const seed = mixSeeds(next.seed, batch.epoch, batch.position, DROPOUT);
  if (engine instanceof ResidentEngine) {
    const results = await engine.learn(state, { batch: { inputs, target, rate, seed, count, name }, flush });
    batch.release();
    addToSums(state, results);
    const last = results.at(-1);
    return last && { loss: last.loss, rate: last.rate, gradientNorm: last.gradientNorm };
  }
  const { sum, clipNorm, accumulate, memory } = learner;
  if (sum?.batches === 0) markStep(state);
  const result = await engine.step({ inputs, target, weights: state.weights, seed });
  const { loss, gradients, statistics } = result;
  const gradientNorm = !sum && clipNorm > 0 ? clipGradients(gradients, clipNorm) : computeGlobalNorm(gradients);
  checkFinite({ loss, gradientNorm, statistics }, optimizer.steps, name);
  for (const [key, values] of statistics) state.weights.set(key, values);
  if (sum) sum.add(gradients, count);
  else takeStep(state, gradients, rate);
  if (sum && sum.batches >= accumulate) takeGathered(state, learner, rate);
  addToSums(state, [{ loss, gradientNorm, count, rate }]);
  memory.settle({ inputs, target, result, release: () => batch.release() });
  return { loss, rate, gradientNorm };
}

/** A step by the gradients that were gathered so far, where there are any. */
export function takeGathered(state: RunState, { sum, clipNorm }: Learner, rate: number): void {
  if (!sum || sum.batches === 0) return;
  const gradients = sum.take();
  if (clipNorm > 0) clipGradients(gradients, clipNorm);
  takeStep(state, gradients, rate);
}

function takeStep({ optimizer, average, weights }: RunState, gradients: ParameterMap, rate: number): void {
  optimizer.step(gradients, rate);
  average?.update(weights);
}
