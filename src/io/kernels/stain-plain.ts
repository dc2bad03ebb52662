/** The loops of stain normalisation over pixels in plain TypeScript: what the WebAssembly kernels do, with the same results. */
import { blendGlass } from './blend-glass.ts';
import type { DensityMapTables } from './stain-map-tables.ts';

const LEVELS = 256;

/** See `StainLoops.mapDensities`. */
export function mapDensities(rgb: Uint8Array, out: Uint8Array, tables: DensityMapTables): void {
  const { glass } = tables;
  const before = glass && rgb.buffer === out.buffer ? rgb.slice() : rgb;
  // What is negative would wrap; without an offset nothing is.
  if (tables.offset === 0) mapPositive(rgb, out, tables);
  else mapWithOffset(rgb, out, tables);
  if (glass) blendGlass(before, glass, out);
}

type Factors = Pick<DensityMapTables, 'factors' | 'offset' | 'over'>;

function mapPositive(rgb: Uint8Array, out: Uint8Array, { factors, over }: Factors): void {
  for (let p = 0; p < rgb.length; p += 3) {
    const r = 4 * rgb[p]!;
    const g = 4 * (LEVELS + rgb[p + 1]!);
    const b = 4 * (2 * LEVELS + rgb[p + 2]!);
    // Storing truncates.
    out[p] = Math.min(over, factors[r]! * factors[g]! * factors[b]!);
    out[p + 1] = Math.min(over, factors[r + 1]! * factors[g + 1]! * factors[b + 1]!);
    out[p + 2] = Math.min(over, factors[r + 2]! * factors[g + 2]! * factors[b + 2]!);
  }
}

function mapWithOffset(rgb: Uint8Array, out: Uint8Array, { factors, offset, over }: Factors): void {
  for (let p = 0; p < rgb.length; p += 3) {
    const r = 4 * rgb[p]!;
    const g = 4 * (LEVELS + rgb[p + 1]!);
    const b = 4 * (2 * LEVELS + rgb[p + 2]!);
    out[p] = Math.max(0, Math.min(over, factors[r]! * factors[g]! * factors[b]! + offset));
    out[p + 1] = Math.max(0, Math.min(over, factors[r + 1]! * factors[g + 1]! * factors[b + 1]! + offset));
    out[p + 2] = Math.max(0, Math.min(over, factors[r + 2]! * factors[g + 2]! * factors[b + 2]! + offset));
  }
}

/** See `StainLoops.sumDensities`. The order of the additions is that of the kernel. */
export function sumDensities(rgb: Uint8Array, pairs: Float64Array, brightest: number, sums: Float64Array): number {
  let [red, redRed, green, greenGreen, blue, blueBlue] = [0, 0, 0, 0, 0, 0];
  let [redGreen, redBlue, greenBlue] = [0, 0, 0];
  const tissue = new Uint32Array(rgb.length / 3);
  const count = listTissue(rgb, brightest, tissue);
  for (let i = 0; i < count; i++) {
    const p = tissue[i]!;
    const r = pairs[2 * rgb[p]!]!;
    const g = pairs[2 * rgb[p + 1]!]!;
    const b = pairs[2 * rgb[p + 2]!]!;
    red += r;
    redRed += r * r;
    green += g;
    greenGreen += g * g;
    blue += b;
    blueBlue += b * b;
    redGreen += r * g;
    redBlue += r * b;
    greenBlue += g * b;
  }
  sums.set([red, redRed, green, greenGreen, blue, blueBlue, redGreen, redBlue, greenBlue]);
  return count;
}

/** Where the pixels begin none of whose channels is above `brightest`. No branch: whether tissue comes next is hard to foresee. */
function listTissue(rgb: Uint8Array, brightest: number, found: Uint32Array): number {
  let count = 0;
  for (let p = 0; p < rgb.length; p += 3) {
    found[count] = p;
    count += 1 + (((brightest - rgb[p]!) | (brightest - rgb[p + 1]!) | (brightest - rgb[p + 2]!)) >> 31);
  }
  return count;
}

/** See `StainLoops.findTails`. Sums are not rounded to float32 here: pixels right at an edge may be found or not. */
export function findTails(rgb: Uint8Array, rounded: Float32Array, found: Uint32Array): number {
  // Converted once, not at each look.
  const tables = new Float64Array(rounded);
  let count = 0;
  for (let p = 0; p < rgb.length; p += 3) {
    const r = 4 * rgb[p]!;
    const g = 4 * (LEVELS + rgb[p + 1]!);
    const b = 4 * (2 * LEVELS + rgb[p + 2]!);
    const bits =
      (tables[r]! + tables[g]! + tables[b]! < 0 ? 1 : 0) |
      (tables[r + 1]! + tables[g + 1]! + tables[b + 1]! < 0 ? 2 : 0) |
      (tables[r + 2]! + tables[g + 2]! + tables[b + 2]! < 0 ? 4 : 0) |
      (tables[r + 3]! + tables[g + 3]! + tables[b + 3]! < 0 ? 8 : 0);
    if (bits === 0) continue;
    found[count++] = (rgb[p]! | (rgb[p + 1]! << 8) | (rgb[p + 2]! << 16) | (bits << 24)) >>> 0;
  }
  return count;
}
