/**
 * Which rows an edge between the heights `low` and `high` may change, in rows of the mask: from `reachFrom(low)` to
 * `reachTo(high)`, exclusive. The same holds for columns.
 */
export type Reach =
  /** Rows whose centre line the edge crosses; a centre on the upper end belongs to it, one on the lower end doesn't. */
  | 'centres'
  /** Rows whose inside the edge enters. */
  | 'insides'
  /** Rows of the pixels that the ends, whole numbers, lie on, and those between. */
  | 'pixels';

export function reachFrom(reach: Reach, low: number): number {
  if (reach === 'centres') return Math.ceil(low - 0.5);
  return reach === 'insides' ? Math.floor(low) : low;
}

export function reachTo(reach: Reach, high: number): number {
  if (reach === 'centres') return Math.ceil(high - 0.5);
  return reach === 'insides' ? Math.ceil(high) : high + 1;
}
