/**
 * CIELAB (D65, 2 degrees) of 8-bit sRGB in float64, with the constants of scikit-image, which torchstain took over:
 * L* 0..100, a* and b* about -128..127.
 */
import type { AxisChange } from './axis-change.ts';
import { type ByteSteps, findByte } from './byte-steps.ts';
import { invertMatrix } from './invert-matrix.ts';

const LINEAR = Float64Array.from({ length: 256 }, (_, v) => {
  const x = v / 255;
  return x > 0.04045 ? ((x + 0.055) / 1.055) ** 2.4 : x / 12.92;
});
/** XYZ of linear R, G, B, by rows. */
const TO_XYZ = Float64Array.of(0.412453, 0.35758, 0.180423, 0.212671, 0.71516, 0.072169, 0.019334, 0.119193, 0.950227);
/** The inverse. */
const TO_RGB = invertMatrix(TO_XYZ);
const WHITE_X = 0.95047;
const WHITE_Z = 1.08883;

const GUESS_BINS = 1024;
/** Cube root of the middle of each part of 0..1, and of one more, since rounding may take white past 1. */
const GUESSES = Float64Array.from({ length: GUESS_BINS + 1 }, (_, i) => Math.cbrt((i + 0.5) / GUESS_BINS));

/** Where sums of CIELAB are taken about, so that squares lose no digits. */
export const CIELAB_CENTRE = [50, 0, 0] as const;

/** sRGB of a linear value, 0..1. */
export function encodeGamma(x: number): number {
  return x > 0.0031308 ? 1.055 * x ** (1 / 2.4) - 0.055 : 12.92 * x;
}

/**
 * Adds L, a, b less `CIELAB_CENTRE` of each pixel to the first three `sums` and their squares to the next three, and returns
 * how many pixels there were: those marked in `mask`, one byte a pixel, or all.
 */
export function sumCielab(rgb: Uint8Array, mask: Uint8Array | undefined, sums: Float64Array): number {
  const lab = new Float64Array(3);
  let count = 0;
  for (let i = 0, p = 0; p < rgb.length; i++, p += 3) {
    if (mask && mask[i] === 0) continue;
    count++;
    convertToCielab(rgb[p]!, rgb[p + 1]!, rgb[p + 2]!, lab);
    for (let k = 0; k < 3; k++) {
      const value = lab[k]! - CIELAB_CENTRE[k]!;
      sums[k]! += value;
      sums[k + 3]! += value * value;
    }
  }
  return count;
}

export interface CielabOutput {
  /** Bytes of linear R, G and B. */
  readonly steps: ByteSteps;
  /** Whether colours beyond black in Z are brought back to it, as scikit-image does. */
  readonly floorZ: boolean;
}

/** Changes the axes of each pixel that is marked in `mask` (one byte a pixel), or of all; the others are copied. `out` may be `rgb`. */
export function recolorCielab(
  rgb: Uint8Array,
  mask: Uint8Array | undefined,
  { from, factor, to }: AxisChange,
  { steps, floorZ }: CielabOutput,
  out: Uint8Array,
): void {
  const lab = new Float64Array(3);
  if (mask && out !== rgb) out.set(rgb);
  for (let i = 0, p = 0; p < rgb.length; i++, p += 3) {
    if (mask && mask[i] === 0) continue;
    convertToCielab(rgb[p]!, rgb[p + 1]!, rgb[p + 2]!, lab);
    for (let k = 0; k < 3; k++) lab[k] = (lab[k]! - from[k]!) * factor[k]! + to[k]!;
    const root = (lab[0]! + 16) / 116;
    const rootZ = root - lab[2]! / 200;
    const x = WHITE_X * undoRoot(lab[1]! / 500 + root);
    const y = undoRoot(root);
    const z = WHITE_Z * undoRoot(floorZ && rootZ < 0 ? 0 : rootZ);
    out[p] = findByte(steps, TO_RGB[0]! * x + TO_RGB[1]! * y + TO_RGB[2]! * z);
    out[p + 1] = findByte(steps, TO_RGB[3]! * x + TO_RGB[4]! * y + TO_RGB[5]! * z);
    out[p + 2] = findByte(steps, TO_RGB[6]! * x + TO_RGB[7]! * y + TO_RGB[8]! * z);
  }
}

/** L*, a* and b* of one pixel. */
export function convertToCielab(red: number, green: number, blue: number, lab: Float64Array): void {
  const r = LINEAR[red]!;
  const g = LINEAR[green]!;
  const b = LINEAR[blue]!;
  const x = takeRoot((TO_XYZ[0]! * r + TO_XYZ[1]! * g + TO_XYZ[2]! * b) / WHITE_X);
  const y = takeRoot(TO_XYZ[3]! * r + TO_XYZ[4]! * g + TO_XYZ[5]! * b);
  const z = takeRoot((TO_XYZ[6]! * r + TO_XYZ[7]! * g + TO_XYZ[8]! * b) / WHITE_Z);
  lab[0] = 116 * y - 16;
  lab[1] = 500 * (x - y);
  lab[2] = 200 * (y - z);
}

/** Two steps of Halley's method from a root within 2 %: exact to the last bit or two, in half the time of `Math.cbrt`. */
function takeRoot(x: number): number {
  if (!(x > 0.008856)) return 7.787 * x + 16 / 116;
  const first = GUESSES[Math.floor(x * GUESS_BINS)]!;
  const cube = first * first * first;
  const second = (first * (cube + 2 * x)) / (2 * cube + x);
  const closer = second * second * second;
  return (second * (closer + 2 * x)) / (2 * closer + x);
}

function undoRoot(x: number): number {
  return x > 0.2068966 ? x * x * x : (x - 16 / 116) / 7.787;
}
