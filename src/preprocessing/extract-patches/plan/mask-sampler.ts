import type { Box } from '../../../geometry/polygon.ts';
import type { TissueMask } from '../../tissue-detection/tissue-mask.ts';
import { snap } from './geometry.ts';
import { countPixels, createSummedArea, integratePixels } from './kernels/summed-area.ts';

/** Answers about patches of one size, by their top-left corner in level-0 pixels; the time is constant for any size. */
export interface MaskSampler {
  /** Exact share of the patch's area that is tissue, 0..1, rounded to nine decimals. Beyond the mask is no tissue. */
  getFraction(x: number, y: number): number;
  /** Whether any, or all, of the mask pixels that the patch overlaps are tissue. */
  hasAny(x: number, y: number): boolean;
  hasAll(x: number, y: number): boolean;
  /** Whether the mask pixel under the patch's centre is tissue. */
  isCenterTissue(x: number, y: number): boolean;
}

/** Nine decimals take out the noise of the sums, so that a share of exactly 0.1 passes a threshold of 0.1. */
const DECIMALS = 1e9;

/** Copies the mask into a summed-area table (4 bytes a mask pixel), which is all that is kept. */
export function createMaskSampler(mask: TissueMask, span: { x: number; y: number }): MaskSampler {
  const table = createSummedArea(mask);
  const { x: dx, y: dy } = mask.downsample;
  const area = (span.x / dx) * (span.y / dy);
  const toMask = (x: number, y: number): Box => ({
    left: snap(x / dx),
    top: snap(y / dy),
    right: snap((x + span.x) / dx),
    bottom: snap((y + span.y) / dy),
  });
  return {
    getFraction: (x, y) => clampShare(integratePixels(table, toMask(x, y)) / area),
    hasAny: (x, y) => countPixels(table, growToPixels(toMask(x, y))) > 0,
    hasAll: (x, y) => {
      const box = growToPixels(toMask(x, y));
      return countPixels(table, box) === (box.right - box.left) * (box.bottom - box.top);
    },
    isCenterTissue: (x, y) => {
      const left = Math.floor(snap((x + span.x / 2) / dx));
      const top = Math.floor(snap((y + span.y / 2) / dy));
      return countPixels(table, { left, top, right: left + 1, bottom: top + 1 }) > 0;
    },
  };
}

function growToPixels({ left, top, right, bottom }: Box): Box {
  return { left: Math.floor(left), top: Math.floor(top), right: Math.ceil(right), bottom: Math.ceil(bottom) };
}

function clampShare(share: number): number {
  return Math.min(1, Math.max(0, Math.round(share * DECIMALS) / DECIMALS));
}
