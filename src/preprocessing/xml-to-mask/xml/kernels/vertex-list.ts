/** A list of points that grows; no object per point. */
export interface VertexList {
  /** x0, y0, x1, y1 ... of `count` points from point `start` on. */
  values: Float64Array;
  start: number;
  count: number;
  /** The number that a point has in its file (ASAP's `Order`); filled from the first point that has one on. */
  orders: Float64Array | undefined;
  /** Index of the first point without a finite x and y; -1 where there is none. */
  firstBad: number;
}

/** Values that a list keeps between regions. */
const LARGE = 2 ** 18;

export function createVertexList(): VertexList {
  return { values: new Float64Array(2048), start: 0, count: 0, orders: undefined, firstBad: -1 };
}

/** `order` is NaN where the file gives none. */
export function addVertex(list: VertexList, x: number, y: number, order: number): void {
  const at = (list.start + list.count) * 2;
  if (at + 2 > list.values.length) grow(list);
  list.values[at] = x;
  list.values[at + 1] = y;
  // x - x is NaN for what is not finite.
  if (x - x + (y - y) !== 0 && list.firstBad < 0) list.firstBad = list.count;
  if (!Number.isNaN(order) || list.orders !== undefined) setOrder(list, order);
  list.count++;
}

/**
 * The points in the order that their numbers say, or that of the file; the list goes on behind them. With `reuse` the result
 * may be a view of the list, which `rewindVertices` gives free.
 */
export function takeVertices(list: VertexList, reuse: boolean): Float64Array {
  const { values, start, count, orders } = list;
  const from = start * 2;
  const to = from + count * 2;
  const points = reuse ? values.subarray(from, to) : values.slice(from, to);
  if (reuse) list.start += count;
  list.count = 0;
  list.orders = undefined;
  list.firstBad = -1;
  return orders === undefined || isSorted(orders, count) ? points : sortByOrder(points, orders);
}

/** Forgets the points that were taken. A giant among regions does not keep its memory. */
export function rewindVertices(list: VertexList): void {
  const { values, start, count } = list;
  const large = values.length > LARGE && count * 2 <= LARGE;
  const target = large ? new Float64Array(LARGE) : values;
  target.set(values.subarray(start * 2, (start + count) * 2));
  list.values = target;
  list.start = 0;
}

function grow(list: VertexList): void {
  const values = new Float64Array(list.values.length * 2);
  values.set(list.values);
  list.values = values;
}

function setOrder(list: VertexList, order: number): void {
  const room = list.values.length / 2 - list.start;
  if (list.orders === undefined || list.orders.length < room) {
    const orders = new Float64Array(room).fill(Number.NaN);
    if (list.orders) orders.set(list.orders);
    list.orders = orders;
  }
  list.orders[list.count] = order;
}

/** Also where a number is missing: then the file's order has to do. */
function isSorted(orders: Float64Array, count: number): boolean {
  let sorted = true;
  for (let k = 0; k < count; k++) {
    if (Number.isNaN(orders[k]!)) return true;
    if (k > 0 && orders[k]! < orders[k - 1]!) sorted = false;
  }
  return sorted;
}

function sortByOrder(points: Float64Array, orders: Float64Array): Float64Array {
  const ranks = Uint32Array.from({ length: points.length / 2 }, (_, k) => k);
  ranks.sort((a, b) => orders[a]! - orders[b]! || a - b);
  const sorted = new Float64Array(points.length);
  ranks.forEach((from, to) => {
    sorted[to * 2] = points[from * 2]!;
    sorted[to * 2 + 1] = points[from * 2 + 1]!;
  });
  return sorted;
}
