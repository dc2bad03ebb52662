import type { SkippedImage } from '../data/check-images.ts';
import type { SamplerState } from '../data/sampler.ts';

/** What a model takes in one step. */
export interface Batch {
  readonly epoch: number;
  /** From 0 in its epoch. */
  readonly position: number;
  readonly count: number;
  /** count x 3 x height x width, at the start of a buffer that may be longer. */
  readonly images: Float32Array<ArrayBuffer>;
  /** count x classes; each row adds up to 1. */
  readonly targets: Float32Array;
  /** Which example each row is, and its class. With mixup a row shows some of another too. */
  readonly indices: readonly number[];
  readonly labels: readonly number[];
  /** Pictures that were left out: `count` may be 0. */
  readonly skipped: readonly SkippedImage[];
  /** What a checkpoint keeps once this batch was learned. */
  readonly next: SamplerState;
  /** Gives the memory of `images` back to be filled again: its own buffer, or the one that came home from a thread. */
  release(buffer?: ArrayBuffer): void;
}
