import { unpackError } from '../utils/error-transfer.ts';
import { OptionError, WorkerError } from '../utils/errors.ts';
import { locateWorker } from '../utils/package-files.ts';
import { createPool, type WorkerPool } from '../utils/worker-pool.ts';
import type { ValueInfo } from './graph.ts';
import { performJob } from './perform-job.ts';
import type { Device } from './session.ts';
import { listBuffers, type TrainAnswer, type TrainJob } from './train-job.ts';
import type { TrainParameter, TrainStep, TrainStepInput, TrainStepOptions, TrainStepResult } from './train-step.ts';

type Opened = TrainAnswer & { kind: 'opened' };

/**
 * As `openTrainStep`, in a thread of its own: the caller's thread stays free while a step computes. Weights move to the thread
 * and come back without a copy: when a step ends, well or not, the map given holds them in other arrays.
 * @throws what `openTrainStep` throws; WorkerError where the library is not built, or the thread died
 */
export async function openTrainThread(source: string | Uint8Array, options: TrainStepOptions): Promise<TrainStep> {
  const { logger, ...plain } = options;
  const pool = createPool<TrainJob, TrainAnswer>({ entry: locateWorker('onnx/train-worker'), size: 1 });
  try {
    const opened = await performJob(pool, { kind: 'open', source, options: plain });
    if (opened.kind !== 'opened') throw new WorkerError('the thread answered something else');
    for (const { level, message } of opened.notices) logger?.[level](message);
    return new ThreadTrainStep(pool, opened);
  } catch (error) {
    await pool.close();
    throw error;
  }
}

class ThreadTrainStep implements TrainStep {
  readonly device: Device;
  readonly inputs: readonly ValueInfo[];
  readonly target: ValueInfo;
  readonly parameters: readonly TrainParameter[];
  readonly #pool: WorkerPool<TrainJob, TrainAnswer>;
  #weights: Map<string, Float32Array> | undefined;
  #open = true;

  constructor(pool: WorkerPool<TrainJob, TrainAnswer>, { device, inputs, target, parameters, weights }: Opened) {
    this.#pool = pool;
    this.#weights = weights;
    this.device = device;
    this.inputs = inputs;
    this.target = target;
    this.parameters = parameters;
  }

  createWeights({ forget = false } = {}): Map<string, Float32Array> {
    const weights = this.#weights;
    if (!weights) throw new OptionError('forget', 'false at every call but the last', true);
    if (!forget) return new Map([...weights].map(([name, data]) => [name, data.slice()]));
    this.#weights = undefined;
    return weights;
  }

  async step(input: TrainStepInput): Promise<TrainStepResult> {
    const answer = await performJob(this.#pool, { kind: 'step', input }, listBuffers(input.weights));
    if (answer.kind !== 'step') throw new WorkerError('the thread answered something else');
    for (const [name, data] of answer.weights) input.weights.set(name, data);
    if (answer.failure) throw unpackError(answer.failure);
    if (!answer.result) throw new WorkerError('the thread gave no result');
    return answer.result;
  }

  async recycle(): Promise<void> {
    await performJob(this.#pool, { kind: 'recycle' });
  }

  async release(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    try {
      await performJob(this.#pool, { kind: 'release' });
    } finally {
      await this.#pool.close();
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.release();
  }
}
