import { WorkerError } from '../utils/errors.ts';
import { locateWorker } from '../utils/package-files.ts';
import { createPool, type WorkerPool } from '../utils/worker-pool.ts';
import type { ForwardAnswer, ForwardJob } from './forward-job.ts';
import type { Tensor } from './model/tensor.ts';
import type { Forward, ForwardOptions } from './open-forward.ts';
import { performJob } from './perform-job.ts';
import type { Device } from './session.ts';

type Opened = ForwardAnswer & { kind: 'opened' };
type ForwardPool = WorkerPool<ForwardJob, ForwardAnswer>;

/** A thread that runs one model after another. Whoever creates it closes it. */
export interface ForwardThread extends AsyncDisposable {
  /**
   * As `openForward`: the caller's thread stays free while the model runs. Inputs and weights are copied to the thread, outputs
   * move. The model before it has to be released.
   * @throws what `openForward` throws; WorkerError where the library is not built, or the thread died
   */
  open(source: string | Uint8Array, options?: ForwardOptions): Promise<Forward>;
  close(): Promise<void>;
}

/**
 * Starts with the first model. Where models come and go one thread is better than many, whose memory comes back late: over five
 * epochs of a small network the peak was 370 MB, and 450 with a thread for each evaluation.
 */
export function createForwardThread(): ForwardThread {
  const pool = createPool<ForwardJob, ForwardAnswer>({ entry: locateWorker('onnx/forward-worker'), size: 1 });
  return {
    open: (source, options = {}) => open(pool, source, { options, close: async () => {} }),
    close: () => pool.close(),
    [Symbol.asyncDispose]: () => pool.close(),
  };
}

/** As `openForward`, in a thread that ends when the model is released; see `ForwardThread`. */
export async function openForwardThread(source: string | Uint8Array, options: ForwardOptions = {}): Promise<Forward> {
  const pool = createPool<ForwardJob, ForwardAnswer>({ entry: locateWorker('onnx/forward-worker'), size: 1 });
  const close = () => pool.close();
  try {
    return await open(pool, source, { options, close });
  } catch (error) {
    await close();
    throw error;
  }
}

async function open(
  pool: ForwardPool,
  source: string | Uint8Array,
  { options, close }: { options: ForwardOptions; close: () => Promise<void> },
): Promise<Forward> {
  const { logger, ...plain } = options;
  const opened = await performJob(pool, { kind: 'open', source, options: plain });
  if (opened.kind !== 'opened') throw new WorkerError('the thread answered something else');
  for (const { level, message } of opened.notices) logger?.[level](message);
  return new ThreadForward(pool, opened, close);
}

class ThreadForward implements Forward {
  readonly device: Device;
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  readonly #pool: ForwardPool;
  readonly #close: () => Promise<void>;
  #open = true;

  constructor(pool: ForwardPool, { device, inputNames, outputNames }: Opened, close: () => Promise<void>) {
    this.#pool = pool;
    this.#close = close;
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
      await this.#close();
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.release();
  }
}
