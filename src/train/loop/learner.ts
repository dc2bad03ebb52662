import type { GradientSum } from '../optimizers/accumulate-gradients.ts';
import type { StepMemory } from '../step-memory.ts';

/** What learning from a batch needs beside the state. */
export interface Learner {
  readonly clipNorm: number;
  /** Undefined where each batch is a step. */
  readonly sum: GradientSum | undefined;
  /** Batches that make a step. */
  readonly accumulate: number;
  readonly memory: StepMemory;
}
