import { unpackError } from '../utils/error-transfer.ts';
import { WorkerError } from '../utils/errors.ts';
import { listBuffers, type StepAnswer, type StepJob } from './train-job.ts';
import { openTrainSession, TrainSession } from './train-session.ts';
import type { TrainStep, TrainStepInput, TrainStepOptions, TrainStepResult } from './train-step.ts';

/**
 * As `openTrainStep`, in a thread of its own: the caller's thread stays free while a step computes. Weights move to the thread
 * and come back without a copy: when a step ends, well or not, the map given holds them in other arrays.
 * @throws what `openTrainStep` throws; WorkerError where the library is not built, or the thread died
 */
export async function openTrainThread(source: string | Uint8Array, options: TrainStepOptions): Promise<TrainStep> {
  const { logger, ...plain } = options;
  return new ThreadTrainStep(await openTrainSession('onnx/train-worker', { source, options: plain, logger }));
}

class ThreadTrainStep extends TrainSession<StepJob> implements TrainStep {
  async step(input: TrainStepInput): Promise<TrainStepResult> {
    const answer = await this.thread.ask<StepAnswer>({ kind: 'step', input }, 'step', listBuffers(input.weights));
    for (const [name, data] of answer.weights) input.weights.set(name, data);
    if (answer.failure) throw unpackError(answer.failure);
    if (!answer.result) throw new WorkerError('the thread gave no result');
    return answer.result;
  }
}
