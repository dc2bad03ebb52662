import { chooseReduction, reduceLayout } from '../../slide/band/reduce-layout.ts';
import { resolveSampling } from '../../slide/read-resampled.ts';
import type { Slide } from '../../slide/slide.ts';
import type { TileLayout } from '../../slide/tile-layout.ts';
import type { PatchPlan } from './patch-plan.ts';

/** Pixels of a level per patch pixel. */
type Step = { readonly x: number; readonly y: number };

/** Which stored pixels the patches of a plan are made of; the same for all of them. Plain data. */
export interface PatchSampling {
  /** The level that is read; reduced where fast downsampling is allowed and can be done. */
  readonly layout: TileLayout;
  /** Level-0 pixels per pixel of that (reduced) level. */
  readonly downsample: { readonly x: number; readonly y: number };
  /** Pixels of that level per patch pixel; undefined where they are the patch's pixels. */
  readonly step: Step | undefined;
  /**
   * The step of patches whose corner lies between pixels of a reduced level: these are coarse, so a corner is never
   * rounded to one. Undefined for a level as stored, where it is.
   */
  readonly stepBetween?: Step;
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
  /** Undefined where the window's pixels are the patch's. */
  readonly step: Step | undefined;
}

/** The sampling of a plan; undefined where the slide's tiles can't be read by position (then `Slide` reads regions). */
export async function describeSampling(
  slide: Slide,
  { geometry, options }: Pick<PatchPlan, 'geometry' | 'options'>,
): Promise<PatchSampling | undefined> {
  const { size, downsample, level: own } = geometry;
  const whole = { downsample, width: size, height: size };
  const { level, step } = own === undefined ? resolveSampling(slide.levels, whole) : { level: own, step: undefined };
  const layout = await slide.getTileLayout?.(level);
  const found = slide.levels[level];
  if (!layout || !found) return undefined;
  const scale = options.fastDownsample && step ? chooseReduction(layout, step) : 1;
  if (!step || scale === 1) return { layout, downsample: found.downsample, step };
  const reduced = { ...found, downsample: { x: found.downsample.x * scale, y: found.downsample.y * scale } };
  return {
    layout: reduceLayout(layout, scale),
    downsample: reduced.downsample,
    step: resolveSampling([reduced], whole).step,
    stepBetween: { x: step.x / scale, y: step.y / scale },
  };
}

/** For a level as stored, the same pixels that `Slide.readRegion` and `readRegionAtDownsample` take for a level-0 corner. */
export function getPatchWindow(
  sampling: Pick<PatchSampling, 'downsample' | 'step' | 'stepBetween'>,
  corner: { readonly x: number; readonly y: number },
  size: number,
): PatchWindow {
  const x = corner.x / sampling.downsample.x;
  const y = corner.y / sampling.downsample.y;
  const between = !Number.isInteger(x) || !Number.isInteger(y);
  const step = sampling.step ?? (between ? sampling.stepBetween : undefined);
  if (!step) return { x: Math.round(x), y: Math.round(y), width: size, height: size, offsetX: 0, offsetY: 0, step };
  const left = Math.floor(x);
  const top = Math.floor(y);
  const width = Math.ceil(x + size * step.x) - left;
  const height = Math.ceil(y + size * step.y) - top;
  return { x: left, y: top, width, height, offsetX: x - left, offsetY: y - top, step };
}

/** The windows of patches by their corners. */
export function listWindows(
  corners: readonly { readonly x: number; readonly y: number }[],
  size: number,
  sampling: PatchSampling,
): PatchWindow[] {
  // Not mapped: what `map` makes is of two kinds to V8, and each time it meets the other it compiles all of this again.
  const windows: PatchWindow[] = [];
  for (const corner of corners) windows.push(getPatchWindow(sampling, corner, size));
  return windows;
}
