import type { JournalItem } from '../../utils/journal.ts';
import type { StageRun } from '../../utils/stage-run.ts';
import type { BadTile } from './patch-job.ts';

/** The tiles that could not be read, each once, journaled as they are found; those of the run that is taken up included. */
export interface BadTileJournal {
  /** Journals the tiles that are new. @throws OutputError */
  add(tiles: readonly BadTile[]): void;
  /** A slide has few bad ones, so they may stay in memory. */
  list(): BadTile[];
}

export function createBadTileJournal(run: StageRun): BadTileJournal {
  const found = [...run.finished.values()].flatMap((item) => (item['badTile'] as BadTile | undefined) ?? []);
  const known = new Map(found.map((tile) => [getKey(tile), tile]));
  return {
    add(tiles) {
      const fresh = tiles.filter((tile) => !known.has(getKey(tile)));
      run.append(listBadTileItems(fresh, known.size));
      for (const tile of fresh) known.set(getKey(tile), tile);
    },
    list: () => [...known.values()],
  };
}

/** Lines of the journal. @param first number of the first tile: how many the journal has */
export function listBadTileItems(tiles: readonly BadTile[], first = 0): JournalItem[] {
  return tiles.map((badTile, place) => ({ index: createItemIndex('badTile', first + place), badTile }));
}

/** Bad tiles and shards share the journal's one numbering: even and odd. */
export function createItemIndex(kind: 'badTile' | 'shard', number: number): number {
  return 2 * number + (kind === 'shard' ? 1 : 0);
}

function getKey({ level, col, row }: BadTile): string {
  return `${level}/${col}/${row}`;
}
