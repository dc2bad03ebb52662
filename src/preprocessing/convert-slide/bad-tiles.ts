import { TileError } from '../../utils/errors.ts';

/** A stored tile of the source that could not be read, and was painted white (0 in a channel of samples). */
export interface ConvertedBadTile {
  readonly level: number;
  readonly col: number;
  readonly row: number;
  readonly message: string;
}

/** Each bad tile once, however often it was met. */
export interface BadTileList {
  readonly tiles: readonly ConvertedBadTile[];
  /** Undefined where the first one stops the conversion. */
  readonly onBadTile: ((error: TileError) => void) | undefined;
  /** Takes the error, or throws it where the first one stops the conversion, or where it is none of a tile. */
  take(error: unknown): void;
}

export function createBadTileList(policy: 'fail' | 'white'): BadTileList {
  const found = new Map<string, ConvertedBadTile>();
  const add = ({ level, col, row, message }: TileError) => {
    found.set(`${level}/${col}/${row}`, { level, col, row, message });
  };
  return {
    get tiles() {
      return [...found.values()];
    },
    onBadTile: policy === 'white' ? add : undefined,
    take(error) {
      if (policy !== 'white' || !(error instanceof TileError)) throw error;
      add(error);
    },
  };
}
