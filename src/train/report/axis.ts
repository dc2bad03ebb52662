/** The range of a chart in one direction, and where its lines and numbers stand. */
export interface Axis {
  readonly label: string;
  readonly from: number;
  readonly to: number;
  readonly ticks: readonly number[];
}

export interface AxisOptions {
  /** Numbers that are on it whatever the values are. */
  readonly including?: readonly number[];
  /** Ticks at whole numbers only. */
  readonly whole?: boolean;
}

/** Ticks an axis has about. */
const TICKS = 5;

/** An axis that holds all values that are numbers, from a tick to a tick at 1, 2 or 5 times a power of ten. */
export function createAxis(label: string, values: readonly number[], options: AxisOptions = {}): Axis {
  const { including = [], whole = false } = options;
  const known = [...values, ...including].filter(Number.isFinite);
  const low = known.reduce((least, value) => Math.min(least, value), known[0] ?? 0);
  const high = known.reduce((most, value) => Math.max(most, value), known[0] ?? 1);
  const width = high > low ? high - low : Math.max(Math.abs(high), 1);
  const step = whole ? Math.max(1, chooseStep(width / TICKS)) : chooseStep(width / TICKS);
  // A hair's breadth is rounding: 0.30000000000000004 needs no tick beyond 0.3.
  const first = Math.floor(low / step + 1e-9);
  const last = Math.max(first + 1, Math.ceil(high / step - 1e-9));
  const ticks = Array.from({ length: last - first + 1 }, (_, at) => Number(((first + at) * step).toPrecision(12)));
  return { label, from: ticks[0] ?? 0, to: ticks.at(-1) ?? 1, ticks };
}

/** An axis from 0 to 1. */
export function createShareAxis(label: string): Axis {
  return { label, from: 0, to: 1, ticks: [0, 0.2, 0.4, 0.6, 0.8, 1] };
}

function chooseStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  const factor = [1, 2, 5].find((one) => one * power >= least * (1 - 1e-9)) ?? 10;
  return factor * power;
}
