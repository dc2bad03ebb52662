/**
 * A model that learns by itself: the optimiser is part of the graph, and weights, what the optimiser remembers and running
 * statistics stay with the session from step to step.
 */
import type { Tensor } from '../model/tensor.ts';
import type { TrainFacts } from '../train-facts.ts';
import type { TrainStepOptions } from '../train-step.ts';
import type { WeightSettings } from './update-rule.ts';
import type { UpdateChoice } from './update-rules.ts';

export interface TrainerOptions extends TrainStepOptions {
  readonly optimizer: UpdateChoice;
  /** How each weight is trained. One that is not named is not changed. */
  readonly settings: readonly WeightSettings[];
  /** Longest common length of the gradients; 0 for any. */
  readonly clipNorm: number;
  /**
   * `step`: one run for each batch, and state that stays on the device, which WebGPU can. `scan`: as many batches as
   * `scanSteps` are one run, with state copied once for all, where a device gives its memory to nobody: CUDA. Default by device.
   */
  readonly mode?: 'step' | 'scan';
  /** Default 16. */
  readonly scanSteps?: number;
}

export interface TrainerBatch {
  /** By the names of the model's inputs. Not to be changed before the batch's results are there. */
  readonly inputs: ReadonlyMap<string, Tensor>;
  /** In the shape of the output. */
  readonly target: Tensor;
  /** Learning rate of this step, before any `rateScale`. */
  readonly rate: number;
  /** Seed of what dropout drops; without it nothing is dropped. */
  readonly seed?: number;
}

export interface TrainerResult {
  readonly loss: number;
  /** Length of all gradients as one vector, before it is cut. */
  readonly gradientNorm: number;
}

/** All that goes on from step to step. */
export interface TrainerState {
  /** Steps that were taken. */
  readonly steps: number;
  /** Trained weights and running statistics. */
  readonly weights: ReadonlyMap<string, Float32Array>;
  /** What the optimiser remembers of each trained weight, by slot (`m`, `v`, `momentum`). */
  readonly slots: Readonly<Record<string, ReadonlyMap<string, Float32Array>>>;
}

/** Use it from one caller at a time; a run blocks its thread. It begins with the weights of the file. */
export interface Trainer extends TrainFacts, AsyncDisposable {
  /** Values of the file: trained weights and statistics, in new arrays. */
  createWeights(): Map<string, Float32Array>;
  /** Goes on from this state. Names that steps don't change are passed over. @throws OptionError where one is missing */
  load(state: TrainerState): Promise<void>;
  /**
   * Takes a batch. Results come in the order of batches, none as long as they wait for more to be run with. Where one is no
   * number, nothing of that run is kept: the state is that before its first batch.
   * @param flush whether to wait for no more
   * @throws SessionError
   */
  learn(batch: TrainerBatch, flush?: boolean): Promise<readonly TrainerResult[]>;
  /** Learns from batches that wait. */
  flush(): Promise<readonly TrainerResult[]>;
  /** The state after the last run, in new arrays. */
  save(): Promise<TrainerState>;
  /** Gives back the memory that steps have gathered. The state stays, and results don't change. @throws SessionError */
  recycle(): Promise<void>;
  /** Gives all memory back. May be called twice. */
  release(): Promise<void>;
}
