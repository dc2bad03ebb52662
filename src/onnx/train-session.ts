/** What train graphs in threads have in common: a step whose gradients come out, and a trainer that has the optimiser in it. */
import { OptionError } from '../utils/errors.ts';
import type { Logger } from '../utils/log.ts';
import type { ValueInfo } from './graph.ts';
import { type Notice, relayNotices } from './notices.ts';
import type { Device } from './session.ts';
import { type Message, SessionThread } from './session-thread.ts';
import type { TrainFacts, TrainParameter } from './train-facts.ts';

export interface OpenJob<Options> {
  readonly kind: 'open';
  readonly source: string | Uint8Array;
  readonly options: Options;
}

/** The thread answers `done`. */
export interface RecycleJob {
  readonly kind: 'recycle';
}

export interface OpenedAnswer extends TrainFacts {
  readonly kind: 'opened';
  /** Those of the file that are trained, and statistics. */
  readonly weights: Map<string, Float32Array>;
  readonly notices: readonly Notice[];
}

/**
 * Starts a thread that loads a train graph. It ends again where that fails.
 * @param worker its file, without an ending
 * @throws what loading throws; WorkerError where the library is not built, or the thread died
 */
export async function openTrainSession<Job extends Message, Options>(
  worker: string,
  { source, options, logger }: Omit<OpenJob<Options>, 'kind'> & { readonly logger: Logger | undefined },
): Promise<{ thread: SessionThread<Job | OpenJob<Options> | RecycleJob>; opened: OpenedAnswer }> {
  const thread = new SessionThread<Job | OpenJob<Options> | RecycleJob>(worker);
  try {
    const opened = await thread.ask<OpenedAnswer>({ kind: 'open', source, options }, 'opened');
    relayNotices(opened.notices, logger);
    return { thread, opened };
  } catch (error) {
    await thread.close();
    throw error;
  }
}

/** A train graph in a thread of its own, as the caller sees it. */
export class TrainSession<Job extends Message> implements TrainFacts {
  readonly device: Device;
  readonly inputs: readonly ValueInfo[];
  readonly target: ValueInfo;
  readonly parameters: readonly TrainParameter[];
  protected readonly thread: SessionThread<Job | RecycleJob>;
  #weights: Map<string, Float32Array> | undefined;

  constructor({ thread, opened }: { thread: SessionThread<Job | RecycleJob>; opened: OpenedAnswer }) {
    this.thread = thread;
    this.#weights = opened.weights;
    this.device = opened.device;
    this.inputs = opened.inputs;
    this.target = opened.target;
    this.parameters = opened.parameters;
  }

  createWeights({ forget = false } = {}): Map<string, Float32Array> {
    const weights = this.#weights;
    if (!weights) throw new OptionError('forget', 'false at every call but the last', true);
    if (!forget) return new Map([...weights].map(([name, data]) => [name, data.slice()]));
    this.#weights = undefined;
    return weights;
  }

  async recycle(): Promise<void> {
    await this.thread.ask({ kind: 'recycle' }, 'done');
  }

  release(): Promise<void> {
    return this.thread.release();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.release();
  }
}
