import { WorkerError } from '../../utils/errors.ts';
import { locateWorker } from '../../utils/package-files.ts';
import { createPool, type WorkerPool } from '../../utils/worker-pool.ts';
import type { ValueInfo } from '../graph.ts';
import { performJob } from '../perform-job.ts';
import type { Device } from '../session.ts';
import type { TrainParameter } from '../train-step.ts';
import type { Trainer, TrainerBatch, TrainerOptions, TrainerResult, TrainerState } from './trainer.ts';
import type { OpenedTrainer, TrainerAnswer, TrainerJob } from './trainer-job.ts';

/**
 * As `openTrainer`, in a thread of its own: the caller's thread stays free while a step computes. Batches and states are copied
 * there, so that the caller's arrays may be filled again at once.
 * @throws what `openTrainer` throws; WorkerError where the library is not built, or the thread died
 */
export async function openTrainerThread(source: string | Uint8Array, options: TrainerOptions): Promise<Trainer> {
  const { logger, ...plain } = options;
  const pool = createPool<TrainerJob, TrainerAnswer>({ entry: locateWorker('onnx/device/trainer-worker'), size: 1 });
  try {
    const opened = await performJob(pool, { kind: 'open', source, options: plain });
    if (opened.kind !== 'opened') throw createMismatch();
    for (const { level, message } of opened.notices) logger?.[level](message);
    return new ThreadTrainer(pool, opened);
  } catch (error) {
    await pool.close();
    throw error;
  }
}

class ThreadTrainer implements Trainer {
  readonly device: Device;
  readonly inputs: readonly ValueInfo[];
  readonly target: ValueInfo;
  readonly parameters: readonly TrainParameter[];
  readonly #pool: WorkerPool<TrainerJob, TrainerAnswer>;
  readonly #weights: ReadonlyMap<string, Float32Array>;
  #open = true;

  constructor(pool: WorkerPool<TrainerJob, TrainerAnswer>, opened: OpenedTrainer) {
    this.#pool = pool;
    this.#weights = opened.weights;
    this.device = opened.device;
    this.inputs = opened.inputs;
    this.target = opened.target;
    this.parameters = opened.parameters;
  }

  createWeights(): Map<string, Float32Array> {
    return new Map([...this.#weights].map(([name, data]) => [name, data.slice()]));
  }

  async load(state: TrainerState): Promise<void> {
    await performJob(this.#pool, { kind: 'load', state });
  }

  learn(batch: TrainerBatch, flush = false): Promise<readonly TrainerResult[]> {
    return this.#run({ kind: 'learn', batch, flush });
  }

  flush(): Promise<readonly TrainerResult[]> {
    return this.#run({ kind: 'flush' });
  }

  async save(): Promise<TrainerState> {
    const answer = await performJob(this.#pool, { kind: 'save' });
    if (answer.kind !== 'saved') throw createMismatch();
    return answer.state;
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

  async #run(job: TrainerJob & { kind: 'learn' | 'flush' }): Promise<readonly TrainerResult[]> {
    const answer = await performJob(this.#pool, job);
    if (answer.kind !== 'learned') throw createMismatch();
    return answer.results;
  }
}

function createMismatch(): WorkerError {
  return new WorkerError('the thread answered something else');
}
