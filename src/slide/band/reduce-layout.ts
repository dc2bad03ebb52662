import { COMPRESSION, PHOTOMETRIC } from '../../io/tiff/tags.ts';
import type { TileLayout, TileReduction } from '../tile-layout.ts';

/** What libjpeg scales by without more work than a full decode. */
const SCALES = [8, 4, 2] as const;

/** A step that falls short of a scale by less than this still counts: levels are rounded to whole pixels. */
const TOLERANCE = 1.005;

/**
 * The largest scale at which a level's tiles may be decoded for a step of `step` level pixels: 1 where they are no JPEG tiles
 * in colour, or where tiles are no whole number of reduced pixels. It asks the file alone, never the machine.
 */
export function chooseReduction(
  { compression, strips, parameters }: TileLayout,
  step: { readonly x: number; readonly y: number },
): TileReduction['scale'] | 1 {
  const { samples, bitsPerSample, photometric, width, height } = parameters;
  const colour = photometric === PHOTOMETRIC.Rgb || photometric === PHOTOMETRIC.YCbCr;
  if (compression !== COMPRESSION.Jpeg || strips || samples !== 3 || bitsPerSample !== 8 || !colour) return 1;
  const least = Math.min(step.x, step.y) * TOLERANCE;
  return SCALES.find((scale) => scale <= least && width % scale === 0 && height % scale === 0) ?? 1;
}

/**
 * The layout of the level at half size by means of 2 x 2 pixels, which are made as tiles are decoded; undefined where they
 * can't be.
 */
export function halveLayout(layout: TileLayout): TileLayout | undefined {
  // Colours are converted before they are averaged.
  if (layout.reduction || layout.colors || chooseReduction(layout, { x: 2, y: 2 }) !== 2) return undefined;
  const { width, height } = layout;
  return { ...reduceLayout(layout, 2), reduction: { scale: 2, mean: true, width, height } };
}

/** The layout of the level at 1/scale. Where its size is no multiple of the scale, the last pixels reach past it. */
export function reduceLayout(layout: TileLayout, scale: TileReduction['scale']): TileLayout {
  const { width, height, tileWidth, tileHeight } = layout;
  return {
    ...layout,
    width: Math.ceil(width / scale),
    height: Math.ceil(height / scale),
    tileWidth: tileWidth / scale,
    tileHeight: tileHeight / scale,
    reduction: { scale, width, height },
  };
}
