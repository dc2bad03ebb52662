import type { EdgeMode } from '../options.ts';

/** Positions along one axis, ascending; `at(k)` for k in [0, count). Nothing is stored for each position. */
export interface Axis {
  readonly count: number;
  at(k: number): number;
}

export interface AxisRules {
  /** Where the grid begins, and what it covers up to: corners lie in [start, stop). */
  readonly start: number;
  readonly stop: number;
  /** Length of the slide along the axis: what `drop` and `shift` keep to. */
  readonly limit: number;
  /** Length of a patch, and distance from corner to corner; may be fractional. */
  readonly span: number;
  readonly step: number;
  readonly edge: EdgeMode;
  /** True: no patch that adds nothing before `stop`, because its predecessor already reaches it. */
  readonly covering: boolean;
}

/** Position k is `start + round(k·step)`, from the exact product: rounding errors never add up along the axis. */
export function createAxis(rules: AxisRules): Axis {
  const { start, stop, limit, span, step, edge, covering } = rules;
  const place = (k: number) => start + Math.round(k * step);
  const last = Math.floor(limit - span);
  const isUseful = (k: number) => k === 0 || !covering || place(k - 1) + span < stop;
  const keeps: Record<EdgeMode, (k: number) => boolean> = {
    drop: (k) => place(k) < stop && place(k) + span <= limit,
    pad: (k) => place(k) < stop && isUseful(k),
    shift: (k) => place(k) < stop && isUseful(k) && (k === 0 || place(k - 1) < last),
  };
  const most = Math.max(0, Math.ceil((stop - start) / step)) + 1;
  const count = countLeading(most, keeps[edge]);
  return { count, at: edge === 'shift' ? (k) => Math.min(place(k), last) : place };
}

/** Axis without the tidying of `createAxis`: `start`, `start + step` ... below `stop`. All are integers. */
export function createRange(start: number, stop: number, step: number): Axis {
  return { count: Math.max(0, Math.ceil((stop - start) / step)), at: (k) => start + k * step };
}

/** How many of 0, 1, 2 ... below `most` hold, where none holds after the first that doesn't. */
function countLeading(most: number, holds: (k: number) => boolean): number {
  let low = 0;
  let high = most;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle)) low = middle + 1;
    else high = middle;
  }
  return low;
}
