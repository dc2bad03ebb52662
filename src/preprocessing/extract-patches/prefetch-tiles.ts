import type { StoredTileReader } from '../../slide/band/stored-tile-reader.ts';
import type { TileLayout } from '../../slide/tile-layout.ts';
import type { PatchWindow } from './patch-sampling.ts';

type Tile = { readonly col: number; readonly row: number };

/**
 * Has the tiles of a cell fetched one row of patches ahead: those of a row lie together in the file, so that they come in
 * few requests, while the row before is cut.
 * @param windows of the cell's patches, in the order they are cut: row by row
 * @returns to be called with the number of each patch before it is cut
 */
export function createPrefetch(
  layout: Pick<TileLayout, 'tileWidth' | 'tileHeight' | 'columns' | 'rows'>,
  windows: readonly PatchWindow[],
  prefetch: NonNullable<StoredTileReader['prefetch']>,
): (place: number) => void {
  let next = 0;
  const takeRow = (): Tile[] => {
    const first = next;
    while (next < windows.length && windows[next]?.y === windows[first]?.y) next++;
    return listTiles(layout, windows.slice(first, next));
  };
  return (place) => {
    if (place === 0) prefetch([...takeRow(), ...takeRow()]);
    else if (windows[place]?.y !== windows[place - 1]?.y) prefetch(takeRow());
  };
}

/** Each tile once, in file order. */
function listTiles(
  { tileWidth, tileHeight, columns, rows }: Pick<TileLayout, 'tileWidth' | 'tileHeight' | 'columns' | 'rows'>,
  windows: readonly PatchWindow[],
): Tile[] {
  const found = new Map<number, Tile>();
  for (const { x, y, width, height } of windows) {
    const right = Math.min(columns - 1, Math.floor((x + width - 1) / tileWidth));
    const bottom = Math.min(rows - 1, Math.floor((y + height - 1) / tileHeight));
    for (let row = Math.max(0, Math.floor(y / tileHeight)); row <= bottom; row++) {
      for (let col = Math.max(0, Math.floor(x / tileWidth)); col <= right; col++) {
        found.set(row * columns + col, { col, row });
      }
    }
  }
  return [...found].sort(([a], [b]) => a - b).map(([, tile]) => tile);
}
