const LEVELS = 256;
const LANES = 4;
/** Above any sum that is looked for, and far from the end of float32. */
const NEVER = 1e30;
/** Of the largest terms: four times what float32 can err in adding them. */
const SLACK = 1e-6;

/** Pixels whose `row · density` is above `edge`. */
export interface TailForm {
  readonly row: ArrayLike<number>;
  readonly edge: number;
}

/**
 * Tables for `StainLoops.findTails`, of up to four tails. They err to the safe side: each pixel of a tail is found, with some that
 * are a millionth outside. A pixel with a channel above `brightest` is in no tail.
 */
export function createTailTables(density: Float64Array, forms: readonly TailForm[], brightest: number): Float32Array {
  const tables = new Float32Array(3 * LEVELS * LANES).fill(1);
  const densest = density.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  for (const [lane, { row, edge }] of forms.entries()) {
    const size = densest * (Math.abs(row[0]!) + Math.abs(row[1]!) + Math.abs(row[2]!)) + Math.abs(edge);
    for (let c = 0, at = lane; c < 3; c++) {
      const start = c === 0 ? edge - SLACK * size : 0;
      for (let level = 0; level < LEVELS; level++, at += LANES)
        tables[at] = level > brightest ? NEVER : start - row[c]! * density[level]!;
    }
  }
  return tables;
}
