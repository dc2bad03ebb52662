import type { Parameter } from './find-parameters.ts';
import type { ValueInfo } from './graph.ts';
import type { Device } from './session.ts';

/** A model's parameter, and whether its gradient is computed. */
export interface TrainParameter extends Parameter {
  readonly trainable: boolean;
}

/** What there is to know of a train graph that is loaded. */
export interface TrainFacts {
  readonly device: Device;
  readonly inputs: readonly ValueInfo[];
  readonly target: ValueInfo;
  readonly parameters: readonly TrainParameter[];
}
