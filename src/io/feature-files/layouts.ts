import type { FeatureLayout, FeaturePrecision } from './feature-table.ts';
import { createClamFiles } from './layouts/clam.ts';
import type { Layout } from './layouts/layout.ts';
import { createNativeFiles } from './layouts/native.ts';
import { createStampFiles } from './layouts/stamp.ts';
import { createTridentFiles } from './layouts/trident.ts';

/** The files of each layout. */
export const LAYOUTS: Readonly<Record<FeatureLayout, Layout>> = {
  native: createNativeFiles,
  clam: createClamFiles,
  trident: createTridentFiles,
  stamp: createStampFiles,
};

/** Of layouts whose features have a type of their own; the others have that asked for. */
export const LAYOUT_PRECISION: Readonly<Partial<Record<FeatureLayout, FeaturePrecision>>> = {
  clam: 'float32',
  trident: 'float32',
  stamp: 'float16',
};
