import type { ParameterMap } from '../parameters.ts';

/** Changes weights by their gradients. What is kept is 32 bits. */
export interface Optimizer {
  readonly name: string;
  /** Steps taken so far. */
  readonly steps: number;
  /** What it remembers of each trained parameter, by slot (`m`, `v`, `momentum`): its own arrays, for checkpoints. */
  readonly slots: Readonly<Record<string, ParameterMap>>;
  /**
   * One step: writes to the weights that it was created with. `gradients` has each trained parameter, and is only read;
   * `rate` is the learning rate before the parameter's own `rateScale`.
   * @throws RangeError where a gradient is missing or has another size
   */
  step(gradients: ParameterMap, rate: number): void;
  /** Counts a step that was taken elsewhere, on a device. Weights and slots are as before, until `restore` brings them up to date. */
  countStep(): void;
  /** Goes on from a checkpoint: copies the slots. @throws RangeError where one is missing or has another size */
  restore(state: OptimizerState): void;
}

export interface OptimizerState {
  readonly steps: number;
  readonly slots: Readonly<Record<string, ParameterMap>>;
}
