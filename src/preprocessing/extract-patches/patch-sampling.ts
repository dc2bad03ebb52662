import { resolveSampling } from '../../slide/read-resampled.ts';
import type { Slide } from '../../slide/slide.ts';
import type { TileLayout } from '../../slide/tile-layout.ts';
import type { PatchGeometry } from './patch-plan.ts';

/** Which stored pixels the patches of a plan are made of; the same for all of them. Plain data. */
export interface PatchSampling {
  /** The level that is read. */
  readonly layout: TileLayout;
  /** Level-0 pixels per pixel of that level. */
  readonly downsample: { readonly x: number; readonly y: number };
  /** Pixels of that level per patch pixel; undefined where they are the patch's pixels. */
  readonly step: { readonly x: number; readonly y: number } | undefined;
}

/** A patch's window in pixels of the level, and where in it the patch begins. */
export interface PatchWindow {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Of the patch's corner from the window's, below 1; both 0 where nothing is resampled. */
  readonly offsetX: number;
  readonly offsetY: number;
}

/** The sampling of a plan; undefined where the slide's tiles can't be read by position (then `Slide` reads regions). */
export async function describeSampling(slide: Slide, geometry: PatchGeometry): Promise<PatchSampling | undefined> {
  const { size, downsample, level: own } = geometry;
  const whole = { downsample, width: size, height: size };
  const { level, step } = own === undefined ? resolveSampling(slide.levels, whole) : { level: own, step: undefined };
  const layout = await slide.getTileLayout?.(level);
  const found = slide.levels[level];
  return layout && found && { layout, downsample: found.downsample, step };
}

/** The same pixels that `Slide.readRegion` and `readRegionAtDownsample` take for a corner in level-0 pixels. */
export function getPatchWindow(
  { downsample, step }: Pick<PatchSampling, 'downsample' | 'step'>,
  corner: { readonly x: number; readonly y: number },
  size: number,
): PatchWindow {
  const x = corner.x / downsample.x;
  const y = corner.y / downsample.y;
  if (!step) return { x: Math.round(x), y: Math.round(y), width: size, height: size, offsetX: 0, offsetY: 0 };
  const left = Math.floor(x);
  const top = Math.floor(y);
  const width = Math.ceil(x + size * step.x) - left;
  const height = Math.ceil(y + size * step.y) - top;
  return { x: left, y: top, width, height, offsetX: x - left, offsetY: y - top };
}
