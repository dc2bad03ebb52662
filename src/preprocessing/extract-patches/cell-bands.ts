import type { Kernels } from '../../io/kernels/wasm-kernels.ts';
import { Band, computeBandShape } from '../../slide/band/band.ts';
import type { StoredTileReader } from '../../slide/band/stored-tile-reader.ts';
import type { TileLayout } from '../../slide/tile-layout.ts';
import type { PatchWindow } from './patch-sampling.ts';

/** More tiles than any level is wide, with the windows left of it. */
const ROW_STEP = 2 ** 26;

/**
 * What the windows of a cell are cut from. Where a tile lies under two of them, one band as wide as the cell. Else a band for
 * each, one after another in the same memory and as wide as its window's tiles: it stays in the nearest caches, and a patch
 * of whole tiles has no gaps between its rows. What is allocated from the kernels' memory is given back by the caller.
 * @throws RangeError where the band does not fit into that memory
 */
export function createCellBands(
  windows: readonly PatchWindow[],
  { layout, tiles, kernels }: { layout: TileLayout; tiles: StoredTileReader; kernels: Kernels },
): (window: PatchWindow) => Band {
  const shared = shareTiles(layout, windows);
  const length = shared ? getBytes(layout, windows) : getMostBytes(layout, windows);
  const address = kernels.allocate(length);
  const memory = { bytes: () => new Uint8Array(kernels.memory.buffer), address, length };
  const open = (covered: readonly PatchWindow[]) => new Band(layout, measureExtent(covered), { memory, tiles });
  if (!shared) return (window) => open([window]);
  const band = open(windows);
  return () => band;
}

/** Whether a tile lies under two of these windows. */
export function shareTiles(
  { tileWidth, tileHeight }: Pick<TileLayout, 'tileWidth' | 'tileHeight'>,
  windows: readonly PatchWindow[],
): boolean {
  const taken = new Set<number>();
  for (const { x, y, width, height } of windows) {
    const right = Math.floor((x + width - 1) / tileWidth);
    const bottom = Math.floor((y + height - 1) / tileHeight);
    for (let row = Math.floor(y / tileHeight); row <= bottom; row++) {
      for (let col = Math.floor(x / tileWidth); col <= right; col++) {
        const before = taken.size;
        if (taken.add(row * ROW_STEP + col).size === before) return true;
      }
    }
  }
  return false;
}

function getBytes(layout: TileLayout, windows: readonly PatchWindow[]): number {
  return computeBandShape(layout, measureExtent(windows)).bytes;
}

function getMostBytes(layout: TileLayout, windows: readonly PatchWindow[]): number {
  let most = 0;
  for (const window of windows) most = Math.max(most, getBytes(layout, [window]));
  return most;
}

function measureExtent(windows: readonly PatchWindow[]): { left: number; right: number; height: number } {
  let [left, right, most] = [Infinity, -Infinity, 0];
  for (const { x, width, height } of windows) {
    left = Math.min(left, x);
    right = Math.max(right, x + width);
    most = Math.max(most, height);
  }
  return { left, right, height: most };
}
