import type { LevelTiles } from './choose-tiles.ts';
import type { BadPlace, TileCheck } from './tile-job.ts';
import { type LevelValidation, MOST_LISTED, type SlideValidation, type TileFault } from './validation.ts';

/** Counts tiles level by level, and keeps the first bad ones. */
export class TileLedger {
  readonly badTiles: TileFault[] = [];
  readonly #levels: readonly Entry[];

  constructor(levels: readonly LevelTiles[]) {
    this.#levels = levels.map((tiles) => ({ tiles, read: 0, bad: 0, missing: countMissing(tiles) }));
  }

  /** How many tiles are to be read. */
  get chosen(): number {
    return this.#levels.reduce((sum, { tiles }) => sum + tiles.chosen, 0);
  }

  /** Takes the result of a job in; results come in order. @returns its bad tiles */
  add({ index }: LevelTiles, { read, missing, bad }: TileCheck): TileFault[] {
    const entry = this.#levels[index];
    if (!entry) return [];
    entry.read += read;
    entry.missing += missing;
    entry.bad += bad.length;
    const faults = bad.map((one) => createFault(entry.tiles, one));
    this.badTiles.push(...faults.slice(0, Math.max(0, MOST_LISTED - this.badTiles.length)));
    return faults;
  }

  count(): SlideValidation['tiles'] {
    const sum = (pick: (entry: Entry) => number) => this.#levels.reduce((total, entry) => total + pick(entry), 0);
    return {
      total: sum(({ tiles }) => tiles.columns * tiles.rows),
      chosen: this.chosen,
      read: sum(({ read }) => read),
      bad: sum(({ bad }) => bad),
      missing: sum(({ missing }) => missing),
    };
  }

  describeLevels(): LevelValidation[] {
    return this.#levels.map(({ tiles, read, bad, missing }) => {
      const { width, height, downsample, tileWidth, tileHeight, codec } = tiles.level;
      const { index, columns, rows, layout } = tiles;
      return {
        ...{ level: index, width, height, downsample, tileWidth, tileHeight, codec, columns, rows, read, bad, missing },
        storedBytes: layout ? layout.counts.reduce((sum, count) => sum + (count || 0), 0) : null,
      };
    });
  }
}

interface Entry {
  readonly tiles: LevelTiles;
  read: number;
  bad: number;
  missing: number;
}

/** Known at once where the file has a table of tiles; else it shows as they are looked for. */
function countMissing({ columns, rows, stored }: LevelTiles): number {
  return columns * rows - stored;
}

function createFault({ index, level, columns }: LevelTiles, { place, tag, cause }: BadPlace): TileFault {
  const col = place % columns;
  const row = Math.floor(place / columns);
  const { downsample, tileWidth, tileHeight } = level;
  const x = Math.round(col * tileWidth * downsample.x);
  const y = Math.round(row * tileHeight * downsample.y);
  const right = Math.round(Math.min((col + 1) * tileWidth, level.width) * downsample.x);
  const bottom = Math.round(Math.min((row + 1) * tileHeight, level.height) * downsample.y);
  return { level: index, col, row, x, y, width: right - x, height: bottom - y, tag, cause };
}
