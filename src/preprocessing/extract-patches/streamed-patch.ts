import type { PlannedPatch } from './patch-plan.ts';
import type { StainOutcome } from './stain-outcome.ts';

/** A patch whose pixels were cut in a worker and moved here. */
export interface StreamedPatch extends Disposable {
  readonly patch: PlannedPatch;
  /** size x size x 3: RGB bytes row by row, or planes of floats (red, green, blue). The receiver owns them. */
  readonly pixels: Uint8Array | Float32Array;
  /** Stored tiles painted white in it. */
  readonly badTiles: number;
  /** What became of its colours, where stains are normalised. */
  readonly stain?: StainOutcome | undefined;
  /**
   * Gives the pixels back for other patches: a third less work for each, and no wait for the garbage collector. They must
   * not be looked at afterwards. Without it they are the receiver's for good.
   */
  release(): void;
}
