/** What the thread of a train step is told, and answers: plain data. Weights move there and back. */
import type { TransferredError } from '../utils/error-transfer.ts';
import type { ValueInfo } from './graph.ts';
import type { Notice } from './notices.ts';
import type { Device } from './session.ts';
import type { TrainParameter, TrainStepInput, TrainStepOptions, TrainStepResult } from './train-step.ts';

export type TrainJob =
  | {
      readonly kind: 'open';
      readonly source: string | Uint8Array;
      readonly options: Omit<TrainStepOptions, 'logger'>;
    }
  | { readonly kind: 'step'; readonly input: TrainStepInput }
  | { readonly kind: 'recycle' }
  | { readonly kind: 'release' };

export type TrainAnswer =
  | {
      readonly kind: 'opened';
      readonly device: Device;
      readonly inputs: readonly ValueInfo[];
      readonly target: ValueInfo;
      readonly parameters: readonly TrainParameter[];
      readonly weights: Map<string, Float32Array>;
      readonly notices: readonly Notice[];
    }
  | {
      readonly kind: 'step';
      /** Undefined where the step failed. */
      readonly result: TrainStepResult | undefined;
      readonly failure: TransferredError | undefined;
      /** Those of the job, as they were. */
      readonly weights: TrainStepInput['weights'];
    }
  | { readonly kind: 'recycled' }
  | { readonly kind: 'released' };

/** Buffers of a step's weights, each once. */
export function listBuffers(weights: Iterable<readonly [string, Float32Array]>): ArrayBuffer[] {
  return [...new Set([...weights].map(([, data]) => data.buffer as ArrayBuffer))];
}
