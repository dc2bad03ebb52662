import type { Phase1Result } from '../train-phase1.ts';

/** What one fold came to. */
export interface FoldResult {
  /** From 0: the fold that was the validation set. */
  readonly fold: number;
  /** Below the folder of all. */
  readonly folder: string;
  readonly epochs: number;
  /** From 1. */
  readonly bestEpoch: number;
  readonly trainPictures: number;
  readonly validationPictures: number;
  readonly skippedPictures: number;
  /** Null with more than two classes. */
  readonly threshold: number | null;
  /** As in the model's card. */
  readonly metrics: Readonly<Record<string, number | null>>;
}

export function createFoldResult(fold: number, folder: string, { card, record }: Phase1Result): FoldResult {
  const { epochs = 0, bestEpoch = 0, trainPictures = 0, validationPictures = 0, skippedPictures = 0 } = record.counts;
  const counts = { epochs, bestEpoch, trainPictures, validationPictures, skippedPictures };
  return { fold, folder, ...counts, threshold: card.threshold, metrics: card.metrics };
}
