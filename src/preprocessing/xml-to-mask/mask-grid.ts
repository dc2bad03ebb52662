import { OptionError } from '../../utils/errors.ts';
import { checkNumber } from '../../utils/options.ts';
import type { MaskGrid } from './annotation.ts';

/** Level-0 pixels, and microns of one where they are known. */
export interface MaskFrame {
  readonly width: number;
  readonly height: number;
  readonly mpp?: { readonly x: number; readonly y: number } | undefined;
}

/** How coarse a mask is: level-0 pixels per mask pixel, or microns per mask pixel. */
export interface MaskScale {
  readonly downsample?: number | undefined;
  readonly maskMpp?: number | undefined;
}

/** Sides that TIFF and PNG know. */
const MOST_PIXELS = 2 ** 31 - 1;
/** A mask may be finer than its slide, though not by much: nobody drew it so. */
const FINEST = 1 / 64;
export const DOWNSAMPLES = { min: FINEST, max: MOST_PIXELS } as const;

/**
 * The pixels of a mask of a whole slide: whole ones only, so that `width` is the slide's, divided and rounded down, and at
 * least 1.
 * @throws OptionError where microns are asked for and the slide has none, or the mask is too wide for any file
 */
export function createMaskGrid(frame: MaskFrame, { downsample, maskMpp }: MaskScale): MaskGrid {
  if (downsample !== undefined && maskMpp !== undefined)
    throw new OptionError('maskMpp', 'no value beside `downsample`', maskMpp);
  const each = maskMpp === undefined ? toBoth(downsample ?? 1) : divideMpp(frame, maskMpp);
  const width = Math.max(1, Math.floor(frame.width / each.x));
  const height = Math.max(1, Math.floor(frame.height / each.y));
  if (Math.max(width, height) > MOST_PIXELS)
    throw new OptionError('downsample', `a mask of at most ${MOST_PIXELS} pixels a side`, downsample ?? maskMpp);
  return { width, height, downsample: each };
}

/** Pixels of the largest mask that is held in memory: a bigger one is for `writeMask`. */
export const MOST_MASK_PIXELS = 2 ** 29;

/** The mask itself, then grids of half as many pixels a side (rounded down) until one tile holds all. */
export function listMaskLevels(grid: MaskGrid, tileSize: number): MaskGrid[] {
  const levels = [grid];
  for (let last = grid; Math.max(last.width, last.height) > tileSize && Math.min(last.width, last.height) > 1; ) {
    const { x, y } = last.downsample;
    last = {
      width: Math.floor(last.width / 2),
      height: Math.floor(last.height / 2),
      downsample: { x: 2 * x, y: 2 * y },
    };
    levels.push(last);
  }
  return levels;
}

/** Microns per mask pixel. */
export function getMaskMpp({ mpp }: MaskFrame, { downsample }: MaskGrid): { x: number; y: number } | undefined {
  return mpp && { x: mpp.x * downsample.x, y: mpp.y * downsample.y };
}

function toBoth(downsample: number): { x: number; y: number } {
  const both = checkNumber('downsample', downsample, DOWNSAMPLES);
  return { x: both, y: both };
}

function divideMpp({ mpp }: MaskFrame, maskMpp: number): { x: number; y: number } {
  const asked = checkNumber('maskMpp', maskMpp, { above: 0, max: 1e6 });
  if (!mpp)
    throw new OptionError('maskMpp', 'a slide with a pixel size', maskMpp, {
      hint: 'give --mpp, or --downsample in place of --mask-mpp',
    });
  const each = { x: asked / mpp.x, y: asked / mpp.y };
  checkNumber('maskMpp', asked, { min: FINEST * Math.max(mpp.x, mpp.y) });
  return each;
}
