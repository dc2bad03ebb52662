/** The concentration of each stain that counts as its full strength. */

import { computeConcentrations } from '../kernels/concentrations.ts';
import { computePercentile } from '../kernels/percentile.ts';
import { samplePixels } from '../kernels/sample-pixels.ts';
import { createTailTables } from '../kernels/tail-tables.ts';
import { computeTailConcentrations } from '../kernels/tail-values.ts';
import { getStainLoops } from '../stain-loops.ts';
import type { Vector3 } from '../stain-method.ts';
import { invertStains } from '../vectors/vectors.ts';
import { computeTailPercentile, estimateEdge, FEWEST_PIXELS, SAMPLE_PIXELS, type TailEnd } from './find-tail.ts';

/** The 99th percentile. */
const END: TailEnd = { share: 1, from: 'high' };
/** Glass counts as well. */
const BRIGHTEST = 255;

/** The 99th percentile of each stain's concentration over all pixels, tissue or not; as NumPy has it. */
export function computeMaxConcentrations(rgb: Uint8Array, density: Float64Array, stains: readonly Vector3[]): number[] {
  const rows = invertStains(stains);
  return findInTails(rgb, density, rows) ?? rows.map((row) => findInAll(rgb, density, row));
}

function findInTails(rgb: Uint8Array, density: Float64Array, rows: readonly Vector3[]): number[] | undefined {
  const total = rgb.length / 3;
  if (total < FEWEST_PIXELS) return undefined;
  const measure = (pixels: Uint32Array, bit: number, row: Vector3) => {
    const values = new Float64Array(pixels.length);
    return values.subarray(0, computeTailConcentrations(pixels, bit, density, row, values));
  };
  const sample = samplePixels(rgb, BRIGHTEST, SAMPLE_PIXELS);
  const forms: { row: Vector3; edge: number }[] = [];
  for (const row of rows) {
    const edge = estimateEdge(measure(sample, 0, row), END);
    if (edge === undefined) return undefined;
    forms.push({ row, edge });
  }
  const found = getStainLoops().findTails(rgb, createTailTables(density, forms, BRIGHTEST));
  const results: number[] = [];
  for (const [lane, { row, edge }] of forms.entries()) {
    const result = computeTailPercentile({ values: measure(found, 1 << (24 + lane), row), edge, total }, END);
    if (result === undefined) return undefined;
    results.push(result);
  }
  return results;
}

function findInAll(rgb: Uint8Array, density: Float64Array, row: Vector3): number {
  const values = new Float64Array(rgb.length / 3);
  computeConcentrations(rgb, density, Float64Array.from(row), values);
  return computePercentile(values, 100 - END.share);
}
