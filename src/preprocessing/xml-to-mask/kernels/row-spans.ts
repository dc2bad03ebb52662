import { HOLE, type PixelBox, type RowCrossings } from './row-crossings.ts';

/** Runs of pixels of a box, numbered row by row: from `list[2 i]` to `list[2 i + 1]`, exclusive. */
export interface Spans {
  list: Int32Array;
  count: number;
}

export function createSpans(): Spans {
  return { list: new Int32Array(512), count: 0 };
}

function reserveSpans(spans: Spans, room: number): void {
  if (spans.list.length < room * 2) spans.list = new Int32Array(Math.max(room * 2, spans.list.length * 2));
}

/** Points of a shape's edges; from point `holesFrom` on they belong to its holes. Edge e runs from point e to e + 1. */
export interface ShapePoints {
  readonly points: Float64Array;
  readonly holesFrom: number;
}

/** The first `count` edges of `ids`. */
export interface EdgeList {
  readonly ids: Uint32Array;
  readonly count: number;
}

/** Where the rows of a box lie among those that are painted. */
export interface OutlinePlace {
  readonly box: PixelBox;
  /** Pixels of the box's rows before the one that is called `box.top` here. */
  readonly offset: number;
  readonly mask: { readonly width: number; readonly height: number };
}

export interface FillRule {
  /** Whether inside the exterior is where its winding isn't zero, and holes are cut out of that; else all is even-odd. */
  readonly nonzero: boolean;
  /** Whether the pixels on which a run begins and ends belong to it. */
  readonly closed: boolean;
}

/** Lists the runs inside the shape in rows of `width` columns; `offset` pixels lie before them. Runs that touch become one. */
export function listInside(spans: Spans, crossings: RowCrossings, place: RowPlace, rule: FillRule): void {
  reserveSpans(spans, place.rows + (crossings.starts[place.rows]! >> 1) + 1);
  if (rule.nonzero) listWound(spans, crossings, place);
  else listEvenOdd(spans, crossings, place, rule.closed);
}

interface RowPlace {
  readonly offset: number;
  readonly rows: number;
  readonly width: number;
}

function listEvenOdd(spans: Spans, crossings: RowCrossings, { offset, rows, width }: RowPlace, closed: boolean): void {
  const { winding, starts, keys } = crossings;
  const { list } = spans;
  const upwards = closed ? 2 : 0;
  const beyond = closed ? 1 : 0;
  let used = 0;
  let last = -1;
  let left = 0;
  let k = starts[0]!;
  for (let row = 0; row < rows; row++) {
    left += winding[row]!;
    const end = starts[row + 1]!;
    let inside = (left & 1) === 1;
    if (k === end && !inside) continue;
    const base = offset + row * width;
    while (k < end || inside) {
      const from = inside ? 0 : Math.max(0, (keys[k++]! + upwards) >> 2);
      const to = k < end ? Math.min(width, (keys[k++]! >> 2) + beyond) : width;
      inside = false;
      if (from >= to) continue;
      if (last === base + from) used -= 2;
      else list[used] = base + from;
      last = base + to;
      list[used + 1] = last;
      used += 2;
    }
  }
  spans.count = used >> 1;
}

function listWound(spans: Spans, crossings: RowCrossings, { offset, rows, width }: RowPlace): void {
  const { winding, starts, keys } = crossings;
  const { list } = spans;
  let used = 0;
  let left = 0;
  for (let row = 0; row < rows; row++) {
    left = (left + winding[row]!) | 0;
    const base = offset + row * width;
    const end = starts[row + 1]!;
    let turns = left;
    let from = 0;
    for (let k = starts[row]!; k <= end; k++) {
      const key = k < end ? keys[k]! : width * 4;
      const to = key >> 2;
      if (from < to && isWound(turns)) {
        if (used > 0 && list[used - 1] === base + from) used -= 2;
        else list[used] = base + from;
        list[used + 1] = base + to;
        used += 2;
      }
      const turn = (key & 1) * 2 - 1;
      turns = (key & 2) === 0 ? turns + turn : (turns + turn * HOLE) | 0;
      from = to;
    }
  }
  spans.count = used >> 1;
}

/** Whether the exterior's winding isn't zero, and as many holes' turns cancel out. */
function isWound(turns: number): boolean {
  const own = (turns << 8) >> 8;
  return own !== 0 && ((turns - own) & HOLE) === 0;
}
