import type { SharedColors } from '../../slide/icc/share-colors.ts';
import type { SlideOptions } from '../../slide/settings.ts';
import type { Region, Slide } from '../../slide/slide.ts';
import type { TransferredError } from '../../utils/error-transfer.ts';
import type { StainNormalizerOptions } from '../stain-normalization.ts';

/** What pieces of one slide have in common. Plain data: it crosses threads. */
export interface RecolorTask {
  readonly slidePath: string;
  readonly identity: Slide['identity'];
  readonly slideOptions: SlideOptions;
  readonly colors: SharedColors | undefined;
  /** Target and source as profiles. */
  readonly normalizer: StainNormalizerOptions;
  /** Bad tiles are painted white and listed, or the first one is thrown. */
  readonly whiten: boolean;
}

export interface RecolorJob extends RecolorTask {
  readonly region: Region;
}

/** A piece in its new colours. */
export interface RecolorResult {
  readonly data: Uint8Array<ArrayBuffer>;
  readonly badTiles: readonly TransferredError[];
}
