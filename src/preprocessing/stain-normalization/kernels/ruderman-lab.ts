/**
 * Ruderman's l, alpha, beta of 8-bit RGB (natural logarithm of cone responses): the colour space of Reinhard's paper.
 * Source: D. Ruderman, T. Cronin & C. Chiao, J. Opt. Soc. Am. A 15 (1998) 2036-2045.
 */
import type { AxisChange } from './axis-change.ts';
import { invertMatrix } from './invert-matrix.ts';

/** Where sums are taken about, so that squares lose no digits. */
export const RUDERMAN_CENTRE = [8, 0, 0] as const;

const [S3, S6, S2] = [Math.sqrt(3), Math.sqrt(6), Math.sqrt(2)];
/** Black has no logarithm: it counts as this. */
const BLACK = Number.EPSILON;
/** Responses of the long, medium and short cones to R, G, B, by rows. */
const TO_CONES = Float64Array.of(0.3811, 0.5783, 0.0402, 0.1967, 0.7244, 0.0782, 0.0241, 0.1288, 0.8444);
const TO_RGB = invertMatrix(TO_CONES);

/** As `sumCielab`, of all pixels. */
export function sumRuderman(rgb: Uint8Array, sums: Float64Array): number {
  const lab = new Float64Array(3);
  for (let p = 0; p < rgb.length; p += 3) {
    convertToRuderman(rgb[p]!, rgb[p + 1]!, rgb[p + 2]!, lab);
    for (let k = 0; k < 3; k++) {
      const value = lab[k]! - RUDERMAN_CENTRE[k]!;
      sums[k]! += value;
      sums[k + 3]! += value * value;
    }
  }
  return rgb.length / 3;
}

/** Changes the axes of each pixel, and truncates. `out` may be `rgb`. */
export function recolorRuderman(rgb: Uint8Array, { from, factor, to }: AxisChange, out: Uint8Array): void {
  const lab = new Float64Array(3);
  for (let p = 0; p < rgb.length; p += 3) {
    convertToRuderman(rgb[p]!, rgb[p + 1]!, rgb[p + 2]!, lab);
    for (let k = 0; k < 3; k++) lab[k] = (lab[k]! - from[k]!) * factor[k]! + to[k]!;
    const both = lab[0]! / S3 + lab[1]! / S6;
    const long = Math.exp(both + lab[2]! / S2);
    const medium = Math.exp(both - lab[2]! / S2);
    const short = Math.exp(lab[0]! / S3 - (2 * lab[1]!) / S6);
    for (let c = 0; c < 3; c++) {
      const value = TO_RGB[3 * c]! * long + TO_RGB[3 * c + 1]! * medium + TO_RGB[3 * c + 2]! * short;
      out[p + c] = value > 255 ? 255 : value < 0 ? 0 : value;
    }
  }
}

function convertToRuderman(r: number, g: number, b: number, lab: Float64Array): void {
  const long = Math.log(TO_CONES[0]! * r + TO_CONES[1]! * g + TO_CONES[2]! * b || BLACK);
  const medium = Math.log(TO_CONES[3]! * r + TO_CONES[4]! * g + TO_CONES[5]! * b || BLACK);
  const short = Math.log(TO_CONES[6]! * r + TO_CONES[7]! * g + TO_CONES[8]! * b || BLACK);
  lab[0] = (long + medium + short) / S3;
  lab[1] = (long + medium - 2 * short) / S6;
  lab[2] = (long - medium) / S2;
}
