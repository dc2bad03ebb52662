/** What the thread of a trainer is told, and answers: plain data. */
import type { ValueInfo } from '../graph.ts';
import type { Notice } from '../notices.ts';
import type { Device } from '../session.ts';
import type { TrainParameter } from '../train-step.ts';
import type { TrainerBatch, TrainerOptions, TrainerResult, TrainerState } from './trainer.ts';

export type TrainerJob =
  | {
      readonly kind: 'open';
      readonly source: string | Uint8Array;
      readonly options: Omit<TrainerOptions, 'logger'>;
    }
  | { readonly kind: 'load'; readonly state: TrainerState }
  | { readonly kind: 'learn'; readonly batch: TrainerBatch; readonly flush: boolean }
  | { readonly kind: 'flush' | 'save' | 'recycle' | 'release' };

export interface OpenedTrainer {
  readonly kind: 'opened';
  readonly device: Device;
  readonly inputs: readonly ValueInfo[];
  readonly target: ValueInfo;
  readonly parameters: readonly TrainParameter[];
  readonly weights: Map<string, Float32Array>;
  readonly notices: readonly Notice[];
}

export type TrainerAnswer =
  | OpenedTrainer
  | { readonly kind: 'learned'; readonly results: readonly TrainerResult[] }
  | { readonly kind: 'saved'; readonly state: TrainerState }
  | { readonly kind: 'done' };
