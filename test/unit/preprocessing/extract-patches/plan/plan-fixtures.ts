import type { Polygon } from '../../../../../src/geometry/polygon.ts';
import type { PlanSlide } from '../../../../../src/preprocessing/extract-patches/plan/patch-grid.ts';
import type { TissueMask, TissueResult } from '../../../../../src/preprocessing/tissue-detection/tissue-mask.ts';

/** A slide that is nothing but numbers; `downsamples` are those of its further levels. */
export function createSlide(
  width: number,
  height: number,
  { mpp, downsamples = [] }: { mpp?: number | { x: number; y: number } | undefined; downsamples?: number[] } = {},
): PlanSlide {
  const levels = [1, ...downsamples].map((downsample) => {
    const [w, h] = [Math.floor(width / downsample), Math.floor(height / downsample)];
    return {
      width: w,
      height: h,
      downsample: { x: width / w, y: height / h },
      tileWidth: 256,
      tileHeight: 256,
      codec: 'jpeg',
    };
  });
  const both = typeof mpp === 'number' ? { x: mpp, y: mpp } : mpp;
  return { name: 'made.svs', width, height, levels, mpp: both && { ...both, source: 'metadata' } };
}

/** A mask from rows of '#' (tissue) and '.'. */
export function createMask(rows: string[], downsample: number | { x: number; y: number }): TissueMask {
  const width = rows[0]?.length ?? 0;
  const data = Uint8Array.from(rows.join(''), (character) => (character === '#' ? 1 : 0));
  const both = typeof downsample === 'number' ? { x: downsample, y: downsample } : downsample;
  return { width, height: rows.length, data, downsample: both };
}

export function createTissue(polygons: Polygon[], mask = createMask(['#'], 1e6)): TissueResult {
  return { status: polygons.length > 0 ? 'ok' : 'no-tissue', mask, polygons, fraction: 1, areaMm2: undefined };
}

export function createRectangle(left: number, top: number, right: number, bottom: number): Polygon {
  return { exterior: Float64Array.of(left, top, right, top, right, bottom, left, bottom), holes: [] };
}

/** Corners as [x, y] pairs, in the plan's order. */
export function corners(plan: Iterable<{ x: number; y: number }>): number[][] {
  return [...plan].map(({ x, y }) => [x, y]);
}
