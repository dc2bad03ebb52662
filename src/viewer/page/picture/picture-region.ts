import type { Box, Place, Sight } from '../pane/places.ts';

/** A part of a slide, maybe turned. */
export interface PictureRegion extends Box {
  /** Degrees, clockwise, by which the slide is turned about the middle of the region. `x`, `y` are its corner before that. */
  readonly rotation: number;
}

/** Browsers draw no larger ones. */
const MOST_SIDE = 16_384;
/** Memory of a picture: four bytes each. */
const MOST_PIXELS = 2 ** 26;

/** The largest scale, not above `scale`, at which a picture of a region can be drawn: its pixels to a level-0 pixel. */
export function limitScale({ width, height }: Pick<Box, 'width' | 'height'>, scale: number): number {
  return Math.min(scale, MOST_SIDE / width, MOST_SIDE / height, Math.sqrt(MOST_PIXELS / (width * height)));
}

/** Pixels of the picture of a region. */
export function getPictureSize({ width, height }: Pick<Box, 'width' | 'height'>, scale: number) {
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/**
 * The part of the slide in a box of the screen.
 * @param from @param to corners, CSS pixels of the pane @param toSlide of the pane
 */
export function getPictureRegion(
  from: Place,
  to: Place,
  { scale, rotation, toSlide }: Pick<Sight, 'scale' | 'rotation'> & { readonly toSlide: (place: Place) => Place },
): PictureRegion {
  const middle = toSlide({ x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 });
  const width = Math.abs(to.x - from.x) / scale;
  const height = Math.abs(to.y - from.y) / scale;
  if (rotation % 360 !== 0) return { x: middle.x - width / 2, y: middle.y - height / 2, width, height, rotation };
  // Whole pixels of the slide, so that a picture at its own scale has the pixels that are stored.
  const [left, top] = [Math.round(middle.x - width / 2), Math.round(middle.y - height / 2)];
  const [across, down] = [Math.max(1, Math.round(width)), Math.max(1, Math.round(height))];
  return { x: left, y: top, width: across, height: down, rotation: 0 };
}

/** The upright box that a turned region lies in. */
export function getUprightBox({ x, y, width, height, rotation }: PictureRegion): Box {
  const turn = (rotation * Math.PI) / 180;
  const [cos, sin] = [Math.abs(Math.cos(turn)), Math.abs(Math.sin(turn))];
  const across = width * cos + height * sin;
  const down = width * sin + height * cos;
  return { x: x + (width - across) / 2, y: y + (height - down) / 2, width: across, height: down };
}
