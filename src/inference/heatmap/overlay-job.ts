import type { Slide } from '../../slide/slide.ts';
import { throwIfAborted } from '../../utils/abort.ts';
import { countTiles, type Drawing, type OverlayLevel } from './draw-tiles.ts';

/** An overlay of a slide that is to be written. */
export interface OverlayJob {
  readonly slide: Pick<Slide, 'width' | 'height' | 'mpp'>;
  readonly drawing: Drawing;
  /** Level-0 pixels for each pixel of the finest level. */
  readonly downsample: number;
  /** What the file says of itself, plain ASCII. */
  readonly description: string;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: ((done: number, total: number) => void) | undefined;
}

/** Pixels a side of tiles. */
export const TILE_SIZE = 256;

/** The event loop has a turn after so many tiles, so that signals and other work come through. */
const TILES_PER_TURN = 16;

/** Called for each tile that is done. @throws AbortedError by the job's signal */
export function createAdvance(
  { signal, onProgress }: OverlayJob,
  levels: readonly OverlayLevel[],
): () => Promise<void> {
  const total = countTiles(levels, TILE_SIZE);
  let done = 0;
  return async () => {
    done++;
    if (done % TILES_PER_TURN !== 0 && done < total) return;
    await new Promise<void>((resolve) => setImmediate(resolve));
    throwIfAborted(signal);
    onProgress?.(done, total);
  };
}
