import type { Box } from '../../../geometry/polygon.ts';

/** Where a tile of a layer lies on the slide. */
export interface TileFrame {
  /** Level-0 pixels of its top left. */
  readonly left: number;
  readonly top: number;
  /** Level-0 pixels to one of the tile; below 1 where lines are drawn finer than the slide's own pixels. */
  readonly downsample: number;
  /** Pixels of the tile on a side. */
  readonly size: number;
}

/** What of the slide lies under the tile and `margin` pixels of it around. */
export function getFrameBox({ left, top, downsample, size }: TileFrame, margin = 0): Box {
  const around = margin * downsample;
  const side = size * downsample;
  return { left: left - around, top: top - around, right: left + side + around, bottom: top + side + around };
}
