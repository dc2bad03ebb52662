import type { PictureRange } from '../data/example.ts';
import type { AugmentOptions } from './augment-options.ts';

/** How pictures become what a model takes: planar RGB of 32-bit floats, (level / 255 - mean) / std. */
export interface PictureSettings {
  /** Pixels of the model's input. */
  readonly width: number;
  readonly height: number;
  readonly mean: readonly [number, number, number];
  readonly std: readonly [number, number, number];
}

/** Plain data, for a thread: the pictures of one batch. */
export interface BatchJob {
  readonly paths: readonly string[];
  /** Where each picture lies in its file; undefined where files are pictures. */
  readonly ranges?: readonly (PictureRange | undefined)[] | undefined;
  /** Of each picture's augmentation; undefined where pictures are taken as they are. */
  readonly seeds: readonly number[] | undefined;
  readonly settings: PictureSettings;
  readonly augment: Required<AugmentOptions> | undefined;
  /** Share that each picture keeps of itself when it is mixed with its partner; 1 for none. */
  readonly mixShare: number;
  readonly skipBad: boolean;
  /** Room for all pictures. */
  buffer: ArrayBuffer | undefined;
}

export interface BatchJobResult {
  /** That of the job: pictures one after another, from the start. */
  readonly buffer: ArrayBuffer;
  /** Which of the job's pictures they are. */
  readonly kept: readonly number[];
  readonly bad: readonly { readonly index: number; readonly message: string }[];
}
