import type { FeatureLayout } from './feature-table.ts';
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
