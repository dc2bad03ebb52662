import { WorkerError } from '../utils/errors.ts';
import { locateWorker } from '../utils/package-files.ts';
import { createPool, type WorkerPool } from '../utils/worker-pool.ts';
import type { ForwardAnswer, ForwardJob } from './forward-job.ts';
import type { Tensor } from './model/tensor.ts';
import type { Forward, ForwardOptions } from './open-forward.ts';
import { performJob } from './perform-job.ts';
import type { Device } from './session.ts';

type Opened = ForwardAnswer & { kind: 'opened' };

/**
 * As `openForward`, in a thread of its own: the caller's thread stays free while the model runs. Inputs and weights are copied
 * to the thread, outputs move.
 * @throws what `openForward` throws; WorkerError where the library is not built, or the thread died
 */
export async function openForwardThread(source: string | Uint8Array, options: ForwardOptions = {}): Promise<Forward> {
  const { logger, ...plain } = options;
  const pool = createPool<ForwardJob, ForwardAnswer>({ entry: locateWorker('onnx/forward-worker'), size: 1 });
  try {
    const opened = await performJob(pool, { kind: 'open', source, options: plain });
    if (opened.kind !== 'opened') throw new WorkerError('the thread answered something else');
    for (const { level, message } of opened.notices) logger?.[level](message);
    return new ThreadForward(pool, opened);
  } catch (error) {
    await pool.close();
    throw error;
  }
}

class ThreadForward implements Forward {
  readonly device: Device;
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  readonly #pool: WorkerPool<ForwardJob, ForwardAnswer>;
  #open = true;

  constructor(pool: WorkerPool<ForwardJob, ForwardAnswer>, { device, inputNames, outputNames }: Opened) {
    this.#pool = pool;
    this.device = device;
    this.inputNames = inputNames;
    this.outputNames = outputNames;
  }

  async run(inputs: ReadonlyMap<string, Tensor>, outputs?: readonly string[]): Promise<Map<string, Tensor>> {
    const answer = await performJob(this.#pool, { kind: 'run', inputs, outputs });
    if (answer.kind !== 'ran') throw new WorkerError('the thread answered something else');
    return answer.results;
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
