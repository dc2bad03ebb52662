import { SessionError } from '../utils/errors.ts';
import { type ForwardJob, type ForwardResults, listBuffers, type OpenedForward } from './forward-job.ts';
import type { Tensor } from './model/tensor.ts';
import { relayNotices } from './notices.ts';
import type { Forward, ForwardOptions } from './open-forward.ts';
import type { Device } from './session.ts';
import { SessionThread } from './session-thread.ts';

type Thread = SessionThread<ForwardJob>;

/** A model in a thread. */
export interface RemoteForward extends Forward {
  /**
   * As `run`, without a copy: the memory of the inputs moves to the thread, and comes back with the results. The arrays that were
   * given are empty from now on; `inputs` are new ones over the same memory.
   */
  runMoving(
    inputs: ReadonlyMap<string, Tensor>,
    outputs?: readonly string[],
  ): Promise<{ readonly results: Map<string, Tensor>; readonly inputs: ReadonlyMap<string, Tensor> }>;
}

/** A thread that runs one model after another. Whoever creates it closes it. */
export interface ForwardThread extends AsyncDisposable {
  /**
   * As `openForward`: the caller's thread stays free while the model runs. Inputs and weights are copied to the thread, outputs
   * move. Several may be open, each until it is released.
   * @throws what `openForward` throws; SessionError once the thread is closed; WorkerError where the library is not built, or the
   * thread died
   */
  open(source: string | Uint8Array, options?: ForwardOptions): Promise<RemoteForward>;
  /** Ends the thread with all of its models. May be called twice. */
  close(): Promise<void>;
}

/**
 * Starts with the first model. Where models come and go one thread is better than many, whose memory comes back late: over five
 * epochs of a small network the peak was 370 MB, and 450 with a thread for each evaluation.
 */
export function createForwardThread(): ForwardThread {
  const thread = createThread();
  return {
    open: async (source, options = {}) => new ThreadForward(thread, await open(thread, source, options), false),
    close: () => thread.close(),
    [Symbol.asyncDispose]: () => thread.close(),
  };
}

/** As `openForward`, in a thread that ends when the model is released; see `ForwardThread`. */
export async function openForwardThread(
  source: string | Uint8Array,
  options: ForwardOptions = {},
): Promise<RemoteForward> {
  const thread = createThread();
  try {
    return new ThreadForward(thread, await open(thread, source, options), true);
  } catch (error) {
    await thread.close();
    throw error;
  }
}

function createThread(): Thread {
  return new SessionThread('onnx/forward-worker');
}

async function open(
  thread: Thread,
  source: string | Uint8Array,
  { logger, ...options }: ForwardOptions,
): Promise<OpenedForward> {
  const opened = await thread.ask<OpenedForward>({ kind: 'open', source, options }, 'opened');
  relayNotices(opened.notices, logger);
  return opened;
}

class ThreadForward implements RemoteForward {
  readonly device: Device;
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  readonly #thread: Thread;
  readonly #model: number;
  /** Whether the thread is this model's alone, and ends with it. */
  readonly #isOnly: boolean;
  #open = true;

  constructor(thread: Thread, { device, inputNames, outputNames, model }: OpenedForward, isOnly: boolean) {
    this.#thread = thread;
    this.#model = model;
    this.#isOnly = isOnly;
    this.device = device;
    this.inputNames = inputNames;
    this.outputNames = outputNames;
  }

  async run(inputs: ReadonlyMap<string, Tensor>, outputs?: readonly string[]): Promise<Map<string, Tensor>> {
    if (!this.#open) throw new SessionError(this.device, 'the session is released');
    const job = { kind: 'run', model: this.#model, inputs, outputs } as const;
    return (await this.#thread.ask<ForwardResults>(job, 'ran')).results;
  }

  async runMoving(inputs: ReadonlyMap<string, Tensor>, outputs?: readonly string[]) {
    if (!this.#open) throw new SessionError(this.device, 'the session is released');
    const job = { kind: 'run', model: this.#model, inputs, outputs, moving: true } as const;
    const answer = await this.#thread.ask<ForwardResults>(job, 'ran', listBuffers(inputs.values()));
    return { results: answer.results, inputs: answer.inputs ?? inputs };
  }

  async release(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    if (this.#isOnly) await this.#thread.release();
    else if (this.#thread.isOpen) await this.#thread.ask({ kind: 'close', model: this.#model }, 'done');
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.release();
  }
}
