import { type Reach, reachFrom, reachTo } from './edge-reach.ts';

/**
 * Edges of each shape, binned by bands of rows. Edge `e` runs from point `e` to point `e + 1`. An edge lies in each band
 * that it reaches; bands are so high that this is on average no more than three.
 */
export interface EdgeBands {
  /** Shape s has bands of `1 << shift[s]` rows; the first of them holds row `firstRow[s]`. */
  readonly shift: Uint8Array;
  readonly firstRow: Int32Array;
  /** Band b of shape s is `start[first[s] + b]` to `start[first[s] + b + 1]` in `edges`. */
  readonly first: Uint32Array;
  readonly start: Uint32Array;
  readonly edges: Uint32Array;
}

/** Where the points of the shapes lie: shape s has rings `shapes[s]` to `shapes[s + 1]`, ring r points `rings[r]` to `rings[r + 1]`. */
export interface RingTable {
  readonly points: Float64Array;
  readonly rings: Uint32Array;
  readonly shapes: Uint32Array;
}

const MIN_SHIFT = 5;
const MAX_SHIFT = 30;

/** The rows that each shape reaches within the mask, and how many rows its edges go down or up on average. */
export interface ShapeRows {
  readonly tops: Int32Array;
  /** Exclusive; at most `tops` where there are none. */
  readonly ends: Int32Array;
  readonly means: Float64Array;
}

/** Bins the edges by rows 0 to `height`, exclusive; those that reach none of them are left out. */
export function binEdges(table: RingTable, reach: Reach, height: number, rows: ShapeRows): EdgeBands {
  const count = table.shapes.length - 1;
  const shift = new Uint8Array(count);
  const first = new Uint32Array(count + 1);
  for (let shape = 0; shape < count; shape++) {
    let bits = MIN_SHIFT;
    while (bits < MAX_SHIFT && 2 ** bits < rows.means[shape]!) bits++;
    shift[shape] = bits;
    const bands = ((rows.ends[shape]! - 1) >> bits) - (rows.tops[shape]! >> bits) + 1;
    first[shape + 1] = first[shape]! + (rows.ends[shape]! > rows.tops[shape]! ? bands : 0);
  }
  const start = new Uint32Array(first[count]! + 2);
  const placeAll = (next: Uint32Array, edges: Uint32Array) => {
    for (let shape = 0; shape < count; shape++) {
      const bits = shift[shape]!;
      const base = first[shape]! - (rows.tops[shape]! >> bits);
      if (first[shape + 1]! > first[shape]!) placeShape(table, shape, { reach, height, bits, base, next, edges });
    }
  };
  // Placed nowhere, edges are counted: start[b + 2] has the number of band b.
  placeAll(start.subarray(1), new Uint32Array(0));
  // After this, start[b + 1] is where band b begins, and moves on as it is filled.
  for (let band = 2; band < start.length; band++) start[band]! += start[band - 1]!;
  const edges = new Uint32Array(start[start.length - 1]!);
  placeAll(start, edges);
  return { shift, firstRow: rows.tops, first, start, edges };
}

/** Where edges go: band `base + (row >> bits)` has those of the row. */
interface BandPlaces {
  readonly reach: Reach;
  readonly height: number;
  readonly bits: number;
  readonly base: number;
  readonly next: Uint32Array;
  readonly edges: Uint32Array;
}

/** Loops end after so many edges, so that V8 compiles their function as a whole and not from the middle of a loop on. */
const EDGES_AT_ONCE = 512;

function placeShape({ points, rings, shapes }: RingTable, shape: number, places: BandPlaces): void {
  for (let ring = shapes[shape]!; ring < shapes[shape + 1]!; ring++) {
    const last = rings[ring + 1]! - 1;
    for (let from = rings[ring]!; from < last; from += EDGES_AT_ONCE)
      placeEdges(points, from, Math.min(last, from + EDGES_AT_ONCE), places);
  }
}

/** Writes each edge of band b to `edges[next[b + 1]++]`, where `edges` has such a place. */
function placeEdges(points: Float64Array, first: number, last: number, places: BandPlaces): void {
  const { reach, height, bits, base, next, edges } = places;
  for (let edge = first; edge < last; edge++) {
    const y0 = points[edge * 2 + 1]!;
    const y1 = points[edge * 2 + 3]!;
    const from = reachFrom(reach, y0 < y1 ? y0 : y1);
    const to = reachTo(reach, y0 < y1 ? y1 : y0);
    const low = from > 0 ? from : 0;
    const high = to < height ? to : height;
    if (low >= high) continue;
    const end = base + ((high - 1) >> bits);
    for (let band = base + (low >> bits); band <= end; band++) {
      const place = next[band + 1]!++;
      if (place < edges.length) edges[place] = edge;
    }
  }
}

/**
 * Writes the edges of the shape's bands that meet rows `top` to `bottom` (exclusive) into `found`, each once, and returns
 * their number; a number larger than `found` has room for means that nothing was written.
 */
export function findEdges(
  bands: EdgeBands,
  points: Float64Array,
  shape: number,
  reach: Reach,
  rows: { readonly top: number; readonly bottom: number },
  found: Uint32Array,
): number {
  const { start, edges } = bands;
  const bits = bands.shift[shape]!;
  const base = bands.first[shape]! - (bands.firstRow[shape]! >> bits);
  const from = Math.max(bands.first[shape]!, base + (rows.top >> bits));
  const to = Math.min(bands.first[shape + 1]!, base + ((rows.bottom - 1) >> bits) + 1);
  if (from >= to) return 0;
  if (start[to]! - start[from]! > found.length) return start[to]! - start[from]!;
  let count = 0;
  for (let band = from; band < to; band++) {
    const bandTop = (band - base) * 2 ** bits;
    for (let k = start[band]!; k < start[band + 1]!; k++) {
      const edge = edges[k]!;
      // An edge of several bands is taken from the first of them that is looked at.
      if (band > from) {
        const low = Math.min(points[edge * 2 + 1]!, points[edge * 2 + 3]!);
        if (reachFrom(reach, low) < bandTop) continue;
      }
      found[count++] = edge;
    }
  }
  return count;
}
