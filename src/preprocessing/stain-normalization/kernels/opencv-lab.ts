/**
 * CIELAB as OpenCV 4 computes it for 8-bit RGB (`COLOR_RGB2LAB` and `COLOR_LAB2RGB`), in its own fixed-point steps: L* times
 * 2.55, a* and b* with 128 added. Equal to it for all 2^24 colours both ways.
 */
import { CUBE_ROOT, L_SCALE, L_SHIFT, LAB_SHIFT, LAB_SHIFT_2, LINEAR } from './opencv-lightness.ts';

const HALF = 1 << (LAB_SHIFT - 1);
const HALF_2 = 1 << (LAB_SHIFT_2 - 1);
const WHITE = [0.950456, 1, 1.088754] as const;
/** XYZ of linear R, G, B (D65), by rows, relative to white, in 1/4096. */
const TO_XYZ = Int32Array.from(
  [0.412453, 0.35758, 0.180423, 0.212671, 0.71516, 0.072169, 0.019334, 0.119193, 0.950227],
  (value, i) => Math.round(((1 << LAB_SHIFT) * value) / WHITE[Math.floor(i / 3)]!),
);
/** The other way round. */
const TO_RGB = Int32Array.from(
  [3.240479, -1.53715, -0.498535, -0.969256, 1.875991, 0.041556, 0.055648, -0.204043, 1.057311],
  (value, i) => Math.round((1 << LAB_SHIFT) * value * WHITE[i % 3]!),
);

/** 1 in the fixed-point numbers of the way back. */
const ONE = 1 << 14;
/** XYZ times `TO_RGB` to a place in `INVERSE_GAMMA`. */
const RGB_SHIFT = 14;

/** Y of each L*. */
const Y_OF_L = new Int32Array(256);
/** f(Y) of each L*. */
const ROOT_OF_L = new Int32Array(256);
for (let l = 0; l < 256; l++) {
  const root = (l * 100 * ONE) / (255 * 116) + (16 * ONE) / 116;
  const dark = l <= 20;
  Y_OF_L[l] = Math.round(dark ? (l * ONE * 180) / (17 * 29 ** 3) : root ** 3 / ONE ** 2);
  ROOT_OF_L[l] = Math.round(dark ? ONE * (16 / 116 + (l * 5) / (3 * 17 * 29)) : root);
}

/** What a* and b* add to f(Y) for f(X) and take from it for f(Z). */
const X_OF_A = Int32Array.from(
  { length: 256 },
  (_, a) => ((5 * a * 53687 + 128) >> 13) - Math.trunc((128 * ONE) / 500),
);
const Z_OF_B = Int32Array.from({ length: 256 }, (_, b) => ((b * 41943 + 16) >> 9) - Math.trunc((128 * ONE) / 200) + 1);

const LEAST_ROOT = -8145;
/** X or Z of each f(X) or f(Z) from `LEAST_ROOT` on; every division leaves an integer. */
const CUBE = Int32Array.from({ length: (ONE * 9) / 4 }, (_, at) => {
  const root = at + LEAST_ROOT;
  if (root <= 3390) return Math.trunc((root * 108) / 841) - 290;
  return Math.trunc((Math.trunc((root * root) / ONE) * root) / ONE);
});

const STEPS = 4096;
/** sRGB byte of each linear value 0..4095. */
const INVERSE_GAMMA = Uint8Array.from({ length: STEPS }, (_, i) => {
  const x = i / STEPS;
  return Math.round(255 * (x <= 0.0031308 ? x * 12.92 : 1.055 * x ** (1 / 2.4) - 0.055));
});

/** `out` gets L, a, b of each pixel and may be `rgb`. */
export function convertToLab(rgb: Uint8Array, out: Uint8Array): void {
  for (let p = 0; p < rgb.length; p += 3) {
    const r = LINEAR[rgb[p]!]!;
    const g = LINEAR[rgb[p + 1]!]!;
    const b = LINEAR[rgb[p + 2]!]!;
    const x = CUBE_ROOT[(TO_XYZ[0]! * r + TO_XYZ[1]! * g + TO_XYZ[2]! * b + HALF) >> LAB_SHIFT]!;
    const y = CUBE_ROOT[(TO_XYZ[3]! * r + TO_XYZ[4]! * g + TO_XYZ[5]! * b + HALF) >> LAB_SHIFT]!;
    const z = CUBE_ROOT[(TO_XYZ[6]! * r + TO_XYZ[7]! * g + TO_XYZ[8]! * b + HALF) >> LAB_SHIFT]!;
    out[p] = (L_SCALE * y + L_SHIFT + HALF_2) >> LAB_SHIFT_2;
    out[p + 1] = clamp(((500 * (x - y) + HALF_2) >> LAB_SHIFT_2) + 128, 255);
    out[p + 2] = clamp(((200 * (y - z) + HALF_2) >> LAB_SHIFT_2) + 128, 255);
  }
}

/** RGB of each L, a, b; `values` gives what each of the 256 values of an axis becomes first. `out` may be `lab`. */
export function convertFromLab(
  lab: Uint8Array,
  [values, aValues, bValues]: readonly [Uint8Array, Uint8Array, Uint8Array],
  out: Uint8Array,
): void {
  for (let p = 0; p < lab.length; p += 3) {
    const l = values[lab[p]!]!;
    const y = Y_OF_L[l]!;
    const x = CUBE[ROOT_OF_L[l]! + X_OF_A[aValues[lab[p + 1]!]!]! - LEAST_ROOT]!;
    const z = CUBE[ROOT_OF_L[l]! - Z_OF_B[bValues[lab[p + 2]!]!]! - LEAST_ROOT]!;
    for (let c = 0; c < 3; c++) {
      const linear = TO_RGB[3 * c]! * x + TO_RGB[3 * c + 1]! * y + TO_RGB[3 * c + 2]! * z + (1 << (RGB_SHIFT - 1));
      out[p + c] = INVERSE_GAMMA[clamp(linear >> RGB_SHIFT, STEPS - 1)]!;
    }
  }
}

function clamp(value: number, most: number): number {
  return value < 0 ? 0 : value > most ? most : value;
}
