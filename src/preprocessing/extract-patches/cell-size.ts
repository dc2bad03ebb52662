import { computeBandShape } from '../../slide/band/band.ts';
import { OptionError } from '../../utils/errors.ts';
import { formatBytes } from '../../utils/memory-budget.ts';
import type { PatchGeometry } from './patch-plan.ts';
import type { PatchSampling } from './patch-sampling.ts';

/**
 * Sides of a cell in pixels of the level that is read: large enough for runs of far more than 5 ms. A wider band lies further
 * apart in memory and misses the processor's caches: 4096 is 4 to 8 % slower, and takes 5 MB more a worker.
 */
const CELL = { width: 2048, height: 4096 } as const;
/** Of a reduced level, whose pixels stand for at least four stored ones each: small slides still keep all workers busy. */
const REDUCED_CELL = { width: 2048, height: 2048 } as const;
/** Tables and scratch beside band, patch, file and stored tile, at most. */
const RESERVED = 6 * 2 ** 20;

/**
 * Sides of cells in level-0 pixels, so that a cell's band fits into a worker's memory of `maxBytes`; undefined where even
 * the band of a single patch does not.
 */
export function chooseCellSize(
  geometry: PatchGeometry,
  sampling: PatchSampling,
  maxBytes: number,
): { width: number; height: number } | undefined {
  const { size, span } = geometry;
  const { downsample, layout } = sampling;
  // A patch may begin on the last pixel of a cell, and anywhere in a tile.
  const patch = { width: Math.ceil(span.x / downsample.x) + 1, height: Math.ceil(span.y / downsample.y) + 1 };
  const free = maxBytes - RESERVED - getPatchBytes(size) - getLargestTile(layout);
  const most = layout.reduction ? REDUCED_CELL : CELL;
  for (let cell: number = most.width; cell >= 1; cell = Math.floor(cell / 2)) {
    const right = layout.tileWidth - 1 + cell + patch.width;
    const { bytes } = computeBandShape(layout, { left: layout.tileWidth - 1, right, height: patch.height });
    if (bytes <= free) return { width: cell * downsample.x, height: most.height * downsample.y };
  }
  return undefined;
}

/** Bytes of the largest stored tile; those above the limit are refused unread. */
function getLargestTile({ counts, maxTileBytes }: PatchSampling['layout']): number {
  // Not reduced: a slide has 100,000 tiles and more, and each call would make a number of its own.
  let most = 0;
  for (let tile = 0; tile < counts.length; tile++) {
    const count = counts[tile] ?? 0;
    if (count > most && count <= maxTileBytes) most = count;
  }
  return most;
}

/** @throws OptionError where a worker's memory can't hold one patch and its file */
export function checkPatchFits(size: number, maxBytes: number): void {
  const least = RESERVED + getPatchBytes(size);
  if (least <= maxBytes) return;
  throw new OptionError('workerMemory', `at least ${formatBytes(least)} for patches of ${size} pixels`, maxBytes, {
    hint: `give --worker-memory ${Math.ceil(least / 2 ** 20)}MiB, or choose a smaller size`,
  });
}

/** A resampled patch, 3 bytes a pixel, and the most that an encoder lays out for its file: 7.5 bytes for JPEG. */
function getPatchBytes(size: number): number {
  return size * size * 11;
}
