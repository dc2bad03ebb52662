/** Rows and columns of a mask, `right` and `bottom` exclusive. */
export interface PixelBox {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/**
 * Where the edges of one shape cross the rows of a box. Row 0 is the box's first, column 0 its leftmost.
 *
 * A crossing is a key: `4 * column + 2 * flag + direction`, so that sorted keys are sorted crossings. Columns beside the box
 * have become -1 or 0 and the box's width. The direction is 1 for an edge that goes down. The flag says for rules with
 * closed runs that the crossing lies beyond the start of its column, for the others that the edge is a hole's.
 */
export interface RowCrossings {
  /** Edges in work and, for those that cross the box's columns, their rows: from `tops[i]` to `ends[i]`, exclusive. */
  ids: Uint32Array;
  tops: Int32Array;
  ends: Int32Array;
  /** Windings of what lies left of the box, as differences from row to row; an edge of a hole counts `HOLE` times. */
  winding: Int32Array;
  /** Crossings of row r: `keys[starts[r]]` to `keys[starts[r + 1]]`. */
  starts: Int32Array;
  keys: Int32Array;
}

/**
 * What an edge of a hole adds to a winding, so that the exterior's (below 2^23) and the parity of the holes' can be told
 * from one Int32 that wraps around.
 */
export const HOLE = 1 << 24;

export function createRowCrossings(): RowCrossings {
  return {
    ids: new Uint32Array(256),
    tops: new Int32Array(256),
    ends: new Int32Array(256),
    winding: new Int32Array(0),
    starts: new Int32Array(0),
    keys: new Int32Array(256),
  };
}

/** Room for `count` edges, whose ids are lost where there was too little. */
export function reserveEdges(crossings: RowCrossings, count: number): void {
  if (crossings.ids.length >= count) return;
  const room = Math.max(count, crossings.ids.length * 2);
  crossings.ids = new Uint32Array(room);
  crossings.tops = new Int32Array(room);
  crossings.ends = new Int32Array(room);
}

/** Empty rows, `rows` of them. */
export function clearRows(crossings: RowCrossings, rows: number): void {
  if (crossings.winding.length < rows + 2) {
    crossings.winding = new Int32Array(rows + 2);
    crossings.starts = new Int32Array(rows + 2);
  } else {
    crossings.winding.fill(0, 0, rows + 2);
    crossings.starts.fill(0, 0, rows + 2);
  }
}

/** Notes edge `ids[from]` as crossing the rows `top` to `end`, in place `to` of the list. */
export function keepEdge(crossings: RowCrossings, edge: number, place: number, top: number, end: number): void {
  crossings.ids[place] = edge;
  crossings.tops[place] = top;
  crossings.ends[place] = end;
  crossings.starts[top + 1]!++;
  crossings.starts[end + 1]!--;
}

/** How many keys the edges that were kept will have. */
export function countKeys({ starts }: RowCrossings, rows: number): number {
  let inRow = 0;
  let total = 0;
  for (let row = 0; row < rows; row++) {
    inRow += starts[row + 1]!;
    total += inRow;
  }
  return total;
}

/**
 * Turns the differences in `starts` into the places of the rows' keys, shifted by one row: `starts[r + 1]` is where the
 * first key of row r goes, and moves on as keys are written.
 */
export function reserveKeys(crossings: RowCrossings, rows: number): void {
  const { starts } = crossings;
  let inRow = 0;
  let total = 0;
  for (let row = 0; row < rows; row++) {
    inRow += starts[row + 1]!;
    starts[row + 1] = total;
    total += inRow;
  }
  if (crossings.keys.length < total) crossings.keys = new Int32Array(Math.max(total, crossings.keys.length * 2));
}

/** How far keys may be moved, for each, before a row is sorted in another way. */
const MAX_MOVES = 12;

/**
 * Sorts the keys of each row, once all are written. They come in the order of the ring, so that they are nearly sorted in
 * one direction or the other: inserting takes few moves.
 */
export function sortKeys({ starts, keys }: RowCrossings, rows: number): void {
  for (let row = 0; row < rows; row++) {
    const from = starts[row]!;
    const to = starts[row + 1]!;
    if (to - from < 2) continue;
    if (keys[from]! > keys[to - 1]!) reverseKeys(keys, from, to);
    let moves = (to - from) * MAX_MOVES;
    for (let i = from + 1; i < to; i++) {
      const key = keys[i]!;
      let k = i - 1;
      while (k >= from && keys[k]! > key) {
        keys[k + 1] = keys[k]!;
        k--;
      }
      keys[k + 1] = key;
      moves -= i - k;
      if (moves < 0) {
        keys.subarray(from, to).sort();
        break;
      }
    }
  }
}

function reverseKeys(keys: Int32Array, from: number, to: number): void {
  for (let low = from, high = to - 1; low < high; low++, high--) {
    const key = keys[low]!;
    keys[low] = keys[high]!;
    keys[high] = key;
  }
}
