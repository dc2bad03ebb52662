import type { RunRecord } from '../../utils/run-record.ts';
import type { ExampleUnit } from '../data/example.ts';

/** What one fold came to. */
export interface FoldResult {
  /** From 0: the fold that was the validation set. */
  readonly fold: number;
  /** Below the folder of all. */
  readonly folder: string;
  readonly epochs: number;
  /** From 1. */
  readonly bestEpoch: number;
  /** Examples (pictures, or slides) that it learned from, that it was judged by, and that were left out. */
  readonly learned: number;
  readonly judged: number;
  readonly skipped: number;
  /** Null with more than two classes. */
  readonly threshold: number | null;
  /** As in the model's card. */
  readonly metrics: Readonly<Record<string, number | null>>;
}

/** What a fold's training has left. */
export interface TrainedFold {
  readonly card: Pick<FoldResult, 'threshold' | 'metrics'> & { readonly classes: readonly string[] };
  readonly record: RunRecord;
}

export function createFoldResult(
  { card, record }: TrainedFold,
  { fold, folder, unit }: { readonly fold: number; readonly folder: string; readonly unit: ExampleUnit },
): FoldResult {
  const { counts } = record;
  const { epochs = 0, bestEpoch = 0 } = counts;
  const word = unit === 'pictures' ? 'Pictures' : 'Slides';
  const count = (name: string) => counts[`${name}${word}`] ?? 0;
  const examples = { learned: count('train'), judged: count('validation'), skipped: count('skipped') };
  return { fold, folder, epochs, bestEpoch, ...examples, threshold: card.threshold, metrics: card.metrics };
}
