/**
 * One mask of several. Each rule asks for a sum of votes:
 * - `intersection`: all masks;
 * - `union`: one;
 * - `majority`: k of n, more than half without k;
 * - `weighted`: the weighted mean of masks of 0 and 255 above 127. Without weights two masks give 127.5 where they
 *   differ, which is the union: the name is kept for compatibility, give weights or use `majority` for more.
 */
import { selectByVotes } from '../kernels/combine-masks.ts';
import type { CombineParameters } from './combine-parameters.ts';

export function combineMasks(masks: readonly Uint8Array[], combine: Omit<CombineParameters, 'methods'>): Uint8Array {
  const count = masks.length;
  const equal = masks.map(() => 1);
  switch (combine.rule) {
    case 'intersection':
      return selectByVotes(masks, equal, count);
    case 'union':
      return selectByVotes(masks, equal, 1);
    case 'majority':
      return selectByVotes(masks, equal, combine.k ?? Math.floor(count / 2) + 1);
    case 'weighted': {
      const weights = combine.weights ?? equal;
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      // Above 127 of 255, not at it: no sum of weights is exactly 127/255 of the total by chance of rounding alone.
      return selectByVotes(masks, weights, ((127 + 1e-9) / 255) * total);
    }
  }
}
