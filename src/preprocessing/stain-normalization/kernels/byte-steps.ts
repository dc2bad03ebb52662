/** A rising function of numbers from 0 to bytes, as the places where it steps: no power is taken for each pixel. */
export interface ByteSteps {
  /** The least number that becomes each byte; NaN where none does, and at 256. */
  readonly starts: Float64Array;
  /** For each of `STEP_BINS` equal parts of 0..1 the byte of its least number. */
  readonly bins: Uint8Array;
}

const STEP_BINS = 4096;
/** By here every byte has begun: just above 1, where rounding may keep the last one from 1 itself. */
const END = 2;

/** `encode` rises, and reaches its last byte by 2. */
export function createByteSteps(encode: (x: number) => number): ByteSteps {
  const starts = new Float64Array(257).fill(Number.NaN);
  starts[0] = 0;
  for (let byte = 1; byte <= encode(END); byte++) starts[byte] = findStart(encode, byte);
  const bins = Uint8Array.from({ length: STEP_BINS }, (_, i) => encode(i / STEP_BINS));
  return { starts, bins };
}

/** What `encode` gives for `x`; for numbers below 0 what it gives for 0. */
export function findByte({ starts, bins }: ByteSteps, x: number): number {
  if (!(x > 0)) return bins[0]!;
  let byte = bins[x < 1 ? Math.floor(x * STEP_BINS) : STEP_BINS - 1]!;
  while (x >= starts[byte + 1]!) byte++;
  return byte;
}

/** Halves 0..`END` until no number lies between. */
function findStart(encode: (x: number) => number, byte: number): number {
  let [below, above] = [0, END];
  for (;;) {
    const middle = (below + above) / 2;
    if (middle === below || middle === above) return above;
    if (encode(middle) >= byte) above = middle;
    else below = middle;
  }
}
