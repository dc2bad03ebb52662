/** What the thread of a trainer is told, and answers: plain data. */
import type { TrainerBatch, TrainerResult, TrainerState } from './trainer.ts';

/** To `load` it answers `done`, to `learn` and `flush` `learned`, to `save` `saved`. */
export type TrainerJob =
  | { readonly kind: 'load'; readonly state: TrainerState }
  | { readonly kind: 'learn'; readonly batch: TrainerBatch; readonly flush: boolean }
  | { readonly kind: 'flush' | 'save' };

export interface LearnedAnswer {
  readonly kind: 'learned';
  readonly results: readonly TrainerResult[];
}

export interface SavedAnswer {
  readonly kind: 'saved';
  readonly state: TrainerState;
}
