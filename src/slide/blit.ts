import type { Raster } from '../io/raster.ts';

/**
 * Copies `tile` into the RGB raster `target` with its corner at (x, y), which may be negative; what falls outside is cut.
 * Grey becomes RGB. `limit` cuts the tile itself: the last tiles of a level reach past its edge and hold padding there.
 */
export function blitRaster(
  tile: Raster,
  target: Raster,
  at: { x: number; y: number },
  limit: { width: number; height: number } = tile,
): void {
  const left = Math.max(0, -at.x);
  const right = Math.min(tile.width, limit.width, target.width - at.x);
  const bottom = Math.min(tile.height, limit.height, target.height - at.y);
  if (right <= left) return;
  for (let row = Math.max(0, -at.y); row < bottom; row++) {
    const from = (row * tile.width + left) * tile.channels;
    const to = ((at.y + row) * target.width + at.x + left) * 3;
    if (tile.channels === 3) target.data.set(tile.data.subarray(from, from + (right - left) * 3), to);
    else spreadGrey(tile.data.subarray(from, from + right - left), target.data, to);
  }
}

function spreadGrey(grey: Uint8Array, rgb: Uint8Array, at: number): void {
  for (let i = 0, to = at; i < grey.length; i++) {
    const value = grey[i] ?? 0;
    rgb[to++] = value;
    rgb[to++] = value;
    rgb[to++] = value;
  }
}
