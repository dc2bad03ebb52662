import { basename } from 'node:path';
import type { Tensor } from '../../onnx/model/tensor.ts';
import { mixSeeds } from '../../utils/random.ts';
import type { Batch } from '../batches/batch.ts';
import type { PictureSettings } from '../batches/batch-job.ts';
import { checkFinite } from '../check-finite.ts';
import type { Example } from '../data/example.ts';
import type { Engine } from '../engines/engine.ts';
import { ResidentEngine } from '../engines/resident-engine.ts';
import type { GradientSum } from '../optimizers/accumulate-gradients.ts';
import { clipGradients, computeGlobalNorm } from '../optimizers/clip-gradients.ts';
import type { ParameterMap } from '../parameters.ts';
import type { StepMemory } from '../step-memory.ts';
import { addToSums, type RunState } from './run-state.ts';

/** What learning from a batch needs beside the state. */
export interface Learner {
  readonly inputName: string;
  readonly pictures: PictureSettings;
  readonly classCount: number;
  readonly examples: readonly Example[];
  readonly clipNorm: number;
  /** Undefined where each batch is a step. */
  readonly sum: GradientSum | undefined;
  /** Batches that make a step. */
  readonly accumulate: number;
  readonly memory: StepMemory;
}

export interface Learned {
  readonly loss: number;
  readonly rate: number;
  readonly gradientNorm: number;
}

/** Apart from the seeds that the loader makes of the same numbers. */
const DROPOUT = -2;
/** Pictures that an error names. */
const MOST_NAMED = 3;

/**
 * Learns from one batch, or gathers its gradients until there are enough for a step. The batch goes back to its loader.
 * @param flush whether a device may not wait for more batches to run with this one
 * @returns `undefined` for a batch that waits
 * @throws TrainingError, before anything is changed, where loss or gradients are no numbers; SessionError
 */
export async function learnBatch(
  engine: Engine,
  state: RunState,
  { batch, learner, flush }: { batch: Batch; learner: Learner; flush: boolean },
): Promise<Learned | undefined> {
  const { schedule, optimizer, next } = state;
  const rate = schedule.getRate({ step: optimizer.steps, epoch: batch.epoch });
  const tensors = toTensors(batch, learner);
  const seed = mixSeeds(next.seed, batch.epoch, batch.position, DROPOUT);
  const name = describeBatch(batch, learner.examples);
  if (engine instanceof ResidentEngine) {
    const fed = { ...tensors, rate, seed, count: batch.count, name };
    const results = await engine.learn(state, { batch: fed, flush });
    batch.release();
    addToSums(state, results);
    const last = results.at(-1);
    return last && { loss: last.loss, rate: last.rate, gradientNorm: last.gradientNorm };
  }
  const result = await engine.step({ ...tensors, weights: state.weights, seed });
  const { loss } = result;
  const direct = learner.sum === undefined && learner.clipNorm > 0;
  const gradientNorm = direct ? clipGradients(result.gradients, learner.clipNorm) : computeGlobalNorm(result.gradients);
  checkFinite({ loss, gradientNorm }, optimizer.steps, name);
  for (const [name, values] of result.statistics) state.weights.set(name, values);
  if (learner.sum) learner.sum.add(result.gradients, batch.count);
  else takeStep(state, result.gradients, rate);
  if (learner.sum && learner.sum.batches >= learner.accumulate) takeGathered(state, learner, rate);
  addToSums(state, [{ loss, gradientNorm, count: batch.count }]);
  learner.memory.settle({ ...tensors, result, release: () => batch.release() });
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

function toTensors({ images, targets, count }: Batch, { inputName, pictures, classCount }: Learner) {
  const { width, height } = pictures;
  const tensor = (dims: readonly number[], data: Float32Array): Tensor => ({ type: 'float32', dims, data });
  return {
    inputs: new Map([[inputName, tensor([count, 3, height, width], images)]]),
    target: tensor([count, classCount], targets),
  };
}

function describeBatch({ epoch, position, indices }: Batch, examples: readonly Example[]): string {
  const names = indices.slice(0, MOST_NAMED).map((index) => basename(examples[index]?.path ?? ''));
  const more = indices.length > names.length ? `, and ${indices.length - names.length} more` : '';
  return `epoch ${epoch + 1}, batch ${position + 1} (${names.join(', ')}${more})`;
}
