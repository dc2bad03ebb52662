import type { Slide, SlideLevel } from '../../slide/slide.ts';
import { hash2, toUnit } from '../../slide/synthetic-slide/kernels/hash.ts';
import type { TileLayout } from '../../slide/tile-layout.ts';

/** A level with those of its tiles that are to be read. */
export interface LevelTiles {
  readonly index: number;
  readonly level: SlideLevel;
  readonly columns: number;
  readonly rows: number;
  /** Where its tiles lie; undefined where the slide has to be asked for each. */
  readonly layout: TileLayout | undefined;
  /** Tiles that the file has; all positions of the grid where there is no layout. */
  readonly stored: number;
  /** How many of them are to be read. */
  readonly chosen: number;
  /** Their places, row * columns + col, ascending. */
  list(): Iterable<number>;
}

/** @param sample a count (1 or more) or a share (below 1) of all levels' tiles, at least one of each level; undefined: all */
export async function chooseTiles(
  slide: Slide,
  { sample, seed }: { sample: number | undefined; seed: number },
): Promise<LevelTiles[]> {
  const grids = [];
  for (const [index, level] of slide.levels.entries()) {
    const columns = Math.ceil(level.width / level.tileWidth);
    const rows = Math.ceil(level.height / level.tileHeight);
    const layout = await slide.getTileLayout?.(index);
    grids.push({ index, level, columns, rows, layout, stored: layout ? countStored(layout) : columns * rows });
  }
  const total = grids.reduce((sum, { stored }) => sum + stored, 0);
  const share = sample === undefined ? 1 : Math.min(1, sample < 1 ? sample : sample / Math.max(1, total));
  return grids.map((grid) => {
    const chosen = Math.min(grid.stored, Math.max(1, Math.round(grid.stored * share)));
    return { ...grid, chosen, list: () => draw(grid, { seed, chosen }) };
  });
}

/** A place without bytes is one that a sparse file leaves out; one whose position is not known (NaN) is not. */
export function isLeftOut({ offsets, counts }: TileLayout, place: number): boolean {
  return offsets[place] === 0 || counts[place] === 0;
}

export function countStored(layout: TileLayout): number {
  let stored = 0;
  for (let place = 0; place < layout.columns * layout.rows; place++) if (!isLeftOut(layout, place)) stored++;
  return stored;
}

/**
 * Selection sampling: each stored tile in turn is taken with the probability that leaves exactly `chosen` in the end
 * (Knuth, TAOCP volume 2, 3.4.2, algorithm S), so that nothing is kept and the places come in order.
 */
function* draw(
  { index, columns, rows, layout, stored }: Omit<LevelTiles, 'chosen' | 'list'>,
  { seed, chosen }: { seed: number; chosen: number },
): Generator<number> {
  let left = stored;
  let wanted = chosen;
  for (let place = 0; place < columns * rows && wanted > 0; place++) {
    if (layout && isLeftOut(layout, place)) continue;
    if (left === wanted || toUnit(hash2(seed, place, index)) * left < wanted) {
      wanted--;
      yield place;
    }
    left--;
  }
}
