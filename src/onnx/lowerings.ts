/** Operators that a train graph says in other words. */
import type { Lowering } from './gradient-rule.ts';
import { lowerBatchNormalization } from './lowerings/batch-normalization.ts';
import { lowerConv } from './lowerings/conv.ts';
import { lowerDropout } from './lowerings/dropout.ts';
import { lowerGelu } from './lowerings/gelu.ts';
import { lowerLayerNormalization } from './lowerings/layer-normalization.ts';
import { lowerMaxPool } from './lowerings/max-pool.ts';
import { lowerSlice } from './lowerings/slice.ts';

const LOWERINGS: Readonly<Record<string, Lowering>> = {
  BatchNormalization: lowerBatchNormalization,
  Conv: lowerConv,
  Dropout: lowerDropout,
  Gelu: lowerGelu,
  LayerNormalization: lowerLayerNormalization,
  MaxPool: lowerMaxPool,
  Slice: lowerSlice,
};

/** How an operator is written into a train graph; `undefined` where it stays as it is. */
export function getLowering(operator: string): Lowering | undefined {
  return LOWERINGS[operator];
}
