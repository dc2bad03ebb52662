import type { Trainer, TrainerBatch, TrainerResult } from '../../onnx/device/trainer.ts';
import { TrainingError } from '../../utils/errors.ts';
import { checkFinite } from '../check-finite.ts';
import type { Optimizer } from '../optimizers/optimizer.ts';

/** What a training holds on its side: as it was when it was last settled, but for the count of steps. */
export interface HostState {
  readonly weights: Map<string, Float32Array>;
  readonly optimizer: Optimizer;
}

export interface ResidentBatch extends TrainerBatch {
  /** Samples in it. */
  readonly count: number;
  /** How an error names it. */
  readonly name: string;
}

/** What became of a batch. */
export interface BatchResult extends TrainerResult, Pick<ResidentBatch, 'count' | 'rate'> {}

/**
 * A model that learns on a device, with weights and optimiser there. The training's own state is behind it between two calls of
 * `settle`, which is needed before weights are looked at.
 */
export class ResidentEngine implements AsyncDisposable {
  readonly #trainer: Trainer;
  /** Batches whose results are not there yet. */
  readonly #waiting: (ResidentBatch & { readonly step: number })[] = [];
  #isLoaded = false;
  #isBehind = false;
  #isLost = false;

  constructor(trainer: Trainer) {
    this.#trainer = trainer;
  }

  get device() {
    return this.#trainer.device;
  }

  get target() {
    return this.#trainer.target;
  }

  get parameters() {
    return this.#trainer.parameters;
  }

  createWeights(): Map<string, Float32Array> {
    return this.#trainer.createWeights();
  }

  recycle(): Promise<void> {
    return this.#trainer.recycle();
  }

  release(): Promise<void> {
    return this.#trainer.release();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.release();
  }

  /**
   * Learns from a batch, at once or together with those that come after. The first time it takes over the training's state.
   * @param flush whether the batch may not wait
   * @returns results of this batch and of those before it, in their order, as far as they are there
   * @throws TrainingError where loss or gradients are no numbers: nothing is kept of that run; SessionError
   */
  async learn(state: HostState, { batch, flush }: { batch: ResidentBatch; flush: boolean }): Promise<BatchResult[]> {
    const { optimizer, weights } = state;
    if (!this.#isLoaded) await this.#trainer.load({ steps: optimizer.steps, weights, slots: optimizer.slots });
    this.#isLoaded = true;
    const { inputs, target, rate, seed } = batch;
    this.#waiting.push({ ...batch, step: optimizer.steps });
    const fed = { inputs, target, rate, ...(seed !== undefined && { seed }) };
    const results = this.#take(await this.#trainer.learn(fed, flush));
    optimizer.countStep();
    return results;
  }

  /**
   * Brings weights and optimiser of the training up to date.
   * @returns results of batches that waited
   * @throws TrainingError as `learn`; where running statistics are no numbers; where more than the last batch was lost before
   */
  async settle({ weights, optimizer }: HostState): Promise<BatchResult[]> {
    if (this.#isLost)
      throw new TrainingError(optimizer.steps, 'the device holds an older state than the training', {
        hint: 'go on from the last checkpoint',
      });
    const results = this.#waiting.length > 0 ? this.#take(await this.#trainer.flush()) : [];
    if (!this.#isBehind) return results;
    const state = await this.#trainer.save();
    const names = this.parameters.filter(({ kind }) => kind === 'statistic').map(({ name }) => name);
    const statistics = new Map([...state.weights].filter(([name]) => names.includes(name)));
    checkFinite({ loss: 0, gradientNorm: 0, statistics }, optimizer.steps);
    for (const [name, values] of state.weights) weights.set(name, values);
    optimizer.restore({ steps: optimizer.steps, slots: state.slots });
    this.#isBehind = false;
    return results;
  }

  #take(results: readonly TrainerResult[]): BatchResult[] {
    const batches = this.#waiting.splice(0, results.length);
    // Of a run of several batches the good ones are lost too.
    this.#isLost = results.length > 1 || this.#waiting.length > 0;
    for (const [at, { loss, gradientNorm }] of results.entries()) {
      const { step = 0, name } = batches[at] ?? {};
      checkFinite({ loss, gradientNorm }, step, name);
    }
    this.#isLost = false;
    this.#isBehind ||= results.length > 0;
    return results.map(({ loss, gradientNorm }, at) => {
      const { count = 0, rate = 0 } = batches[at] ?? {};
      return { loss, gradientNorm, count, rate };
    });
  }
}
