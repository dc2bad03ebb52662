import { hash2, toUnit } from './hash.ts';

const DIRECTIONS = 32;
const DIRECTION_MASK = DIRECTIONS - 1;
const GRADIENT_X = Float64Array.from({ length: DIRECTIONS }, (_, i) =>
  Math.cos((2 * Math.PI * (i + 0.5)) / DIRECTIONS),
);
const GRADIENT_Y = Float64Array.from({ length: DIRECTIONS }, (_, i) =>
  Math.sin((2 * Math.PI * (i + 0.5)) / DIRECTIONS),
);

/** Smooth gradient noise with a feature size of 1: mean 0, within about [-1, 1], half of it within [-0.3, 0.3]. */
export function noise2(seed: number, x: number, y: number): number {
  const x0 = Math.floor(x);
  const y0 = Math.floor(y);
  const fx = x - x0;
  const fy = y - y0;
  const g00 = hash2(seed, x0, y0) & DIRECTION_MASK;
  const g10 = hash2(seed, x0 + 1, y0) & DIRECTION_MASK;
  const g01 = hash2(seed, x0, y0 + 1) & DIRECTION_MASK;
  const g11 = hash2(seed, x0 + 1, y0 + 1) & DIRECTION_MASK;
  const a = GRADIENT_X[g00]! * fx + GRADIENT_Y[g00]! * fy;
  const b = GRADIENT_X[g10]! * (fx - 1) + GRADIENT_Y[g10]! * fy;
  const c = GRADIENT_X[g01]! * fx + GRADIENT_Y[g01]! * (fy - 1);
  const d = GRADIENT_X[g11]! * (fx - 1) + GRADIENT_Y[g11]! * (fy - 1);
  const wx = fx * fx * fx * (fx * (fx * 6 - 15) + 10);
  const wy = fy * fy * fy * (fy * (fy * 6 - 15) + 10);
  const top = a + (b - a) * wx;
  return 1.45 * (top + (c + (d - c) * wx - top) * wy);
}

export interface TextureOctave {
  /** Feature size in texels; must divide the side of the texture. */
  readonly x: number;
  readonly y: number;
  readonly weight: number;
}

/**
 * A square of value noise that repeats without a seam, spread over 0 to 1 so that every value is equally frequent.
 * `side` is a power of two.
 */
export function createTexture(seed: number, side: number, octaves: readonly TextureOctave[]): Float32Array {
  const sum = new Float32Array(side * side);
  octaves.forEach((octave, index) => {
    addOctave(sum, octave, seed + 7919 * index);
  });
  return equalise(sum);
}

function addOctave(sum: Float32Array, octave: TextureOctave, seed: number): void {
  const side = Math.sqrt(sum.length);
  const cols = side / octave.x;
  const rows = side / octave.y;
  const knots = Float32Array.from(
    { length: cols * rows },
    (_, i) => toUnit(hash2(seed, i % cols, (i / cols) | 0)) - 0.5,
  );
  for (let y = 0; y < side; y++) {
    const gy = y / octave.y;
    const y0 = Math.floor(gy);
    const wy = smooth(gy - y0);
    for (let x = 0; x < side; x++) {
      const gx = x / octave.x;
      const x0 = Math.floor(gx);
      const wx = smooth(gx - x0);
      const x1 = (x0 + 1) % cols;
      const y1 = (y0 + 1) % rows;
      const top = knots[y0 * cols + x0]! * (1 - wx) + knots[y0 * cols + x1]! * wx;
      const bottom = knots[y1 * cols + x0]! * (1 - wx) + knots[y1 * cols + x1]! * wx;
      sum[y * side + x]! += octave.weight * (top * (1 - wy) + bottom * wy);
    }
  }
}

function smooth(t: number): number {
  return t * t * (3 - 2 * t);
}

/** Rank of each value: a histogram of 4096 bins is fine enough for 8-bit pixels. */
function equalise(values: Float32Array): Float32Array {
  const bins = 4096;
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const scale = (bins - 1) / (high - low);
  const ranks = new Float64Array(bins + 1);
  for (const value of values) ranks[((value - low) * scale + 1) | 0]!++;
  for (let i = 1; i <= bins; i++) ranks[i]! += ranks[i - 1]!;
  return values.map((value) => ranks[((value - low) * scale) | 0]! / values.length);
}
