import { describe, expect, it } from 'vitest';
import { findPlaneAngles } from '../../../../../src/preprocessing/stain-normalization/fit/find-plane-angles.ts';
import {
  computeTailPercentile,
  estimateEdge,
} from '../../../../../src/preprocessing/stain-normalization/fit/find-tail.ts';
import { computeMaxConcentrations } from '../../../../../src/preprocessing/stain-normalization/fit/max-concentrations.ts';
import { measureTissue } from '../../../../../src/preprocessing/stain-normalization/fit/measure-tissue.ts';
import { computePercentile } from '../../../../../src/preprocessing/stain-normalization/kernels/percentile.ts';
import { samplePixels } from '../../../../../src/preprocessing/stain-normalization/kernels/sample-pixels.ts';
import {
  interpolateOrder,
  selectOrder,
} from '../../../../../src/preprocessing/stain-normalization/kernels/select-order.ts';
import { createTailTables } from '../../../../../src/preprocessing/stain-normalization/kernels/tail-tables.ts';
import { getStainLoops } from '../../../../../src/preprocessing/stain-normalization/stain-loops.ts';
import type { Vector3 } from '../../../../../src/preprocessing/stain-normalization/stain-method.ts';
import { invertStains } from '../../../../../src/preprocessing/stain-normalization/vectors/vectors.ts';
import { createSeededRandom } from '../../../../support/seeded-random.ts';
import {
  computeCovariance,
  computeSortedPercentile,
  createStainedNoise,
  dotDensity,
  listTissue,
} from '../../../../support/stain-oracles.ts';
import { createNoise } from '../../../../support/tiny-tiff.ts';

const DENSITY = Float64Array.from({ length: 256 }, (_, v) => -Math.log((v + 1) / 240));
const BRIGHTEST = 205;
const STAINS: readonly Vector3[] = [
  [0.65, 0.7, 0.29],
  [0.1, 0.95, 0.3],
];
/** As of a real picture: the first axis amid the densities, the second across. */
const X: Vector3 = [0.45, 0.8, 0.4];
const Y: Vector3 = [0.7, -0.6, 0.41];

/** Pictures that make it easy, and pictures that make it hard. */
function listPictures(): [string, Uint8Array][] {
  const random = createSeededRandom('tails');
  const flat = new Uint8Array(60_000).map((_, i) => [120, 60, 130][i % 3]!);
  const two = new Uint8Array(60_000).map((_, i) => [...[120, 60, 130], ...[180, 90, 160]][i % 6]!);
  // A thousandth of other colours, all at the end: no sample says how far it reaches.
  const rare = flat.map((value, i) => (i >= 59_940 ? (i % 3) * 70 + 10 : value));
  // 200 of 20,000 pixels: the first percentile lies between these and the others, nearly at the others.
  const step = flat.map((value, i) => (i < 600 ? [60, 130, 120][i % 3]! : value));
  return [
    ['two stains', createStainedNoise(40_000, 0.7, random)],
    ['a little tissue', createStainedNoise(40_000, 0.25, random)],
    ['few pixels', createStainedNoise(500, 0.6, random)],
    ['noise all around', createNoise(90_000, 7)],
    ['one colour', flat],
    ['two colours', two],
    ['rare colours', rare],
    ['a step at the percentile', step],
    ['glass and one colour', flat.map((value, i) => (i < 30_000 ? 240 : value))],
  ];
}

describe('moments of tissue', () => {
  it('are those of two passes', () => {
    for (const [name, rgb] of listPictures()) {
      const tissue = listTissue(rgb, BRIGHTEST);
      const { count, mean, covariance } = measureTissue({ rgb, brightest: BRIGHTEST }, DENSITY);
      expect(count, name).toBe(tissue.length);
      for (const c of [0, 1, 2])
        expect(mean[c], name).toBeCloseTo(tissue.reduce((sum, pixel) => sum + DENSITY[pixel[c]!]!, 0) / count, 10);
      const want = computeCovariance(tissue, DENSITY);
      // The variances of real tissue are some 0.1; of one colour nothing is left but the rounding of the sums.
      const size = Math.max(want[0]! + want[4]! + want[8]!, 0.1);
      for (const [i, value] of want.entries())
        expect(Math.abs(covariance[i]! - value) / size, name).toBeLessThan(1e-12);
    }
  });

  it('are nothing without tissue, and without pixels', () => {
    for (const rgb of [new Uint8Array(300).fill(240), new Uint8Array(0), Uint8Array.of(9, 9, 9)]) {
      const { count, covariance } = measureTissue({ rgb, brightest: BRIGHTEST }, DENSITY);
      expect(count).toBe(rgb.length === 3 ? 1 : 0);
      expect(covariance).toEqual(new Float64Array(9));
    }
  });
});

describe('percentiles of tails', () => {
  it('of the angles in a plane are those of all angles', () => {
    for (const [name, rgb] of listPictures()) {
      const tissue = listTissue(rgb, BRIGHTEST);
      const angles = tissue.map((pixel) => Math.atan2(dotDensity(pixel, DENSITY, Y), dotDensity(pixel, DENSITY, X)));
      for (const alpha of [1, 3, 0.2]) {
        const input = { rgb, brightest: BRIGHTEST, tissuePixels: tissue.length, density: DENSITY, alpha };
        const [low, high] = findPlaneAngles(input, [X, Y]);
        // An arc tangent of a ratio rounds otherwise than one of two numbers.
        expect(low, name).toBeCloseTo(computeSortedPercentile(angles, alpha), 13);
        expect(high, name).toBeCloseTo(computeSortedPercentile(angles, 100 - alpha), 13);
      }
    }
  });

  it('of the concentrations are those of all concentrations, to the last bit', () => {
    for (const [name, rgb] of listPictures()) {
      const all = listTissue(rgb, 255);
      for (const stains of [STAINS, [...STAINS, [0.5, -0.2, 0.84] as const]]) {
        const want = invertStains(stains).map((row) =>
          computeSortedPercentile(
            all.map((pixel) => dotDensity(pixel, DENSITY, row)),
            99,
          ),
        );
        expect(computeMaxConcentrations(rgb, DENSITY, stains), name).toEqual(want);
      }
    }
  });

  it('pick few of the pixels, and each that lies beyond the edge', () => {
    const rgb = createStainedNoise(40_000, 0.7, createSeededRandom('few'));
    const row = invertStains(STAINS)[0]!;
    const values = listTissue(rgb, BRIGHTEST).map((pixel) => dotDensity(pixel, DENSITY, row));
    const edge = computeSortedPercentile(values, 98);
    const found = getStainLoops().findTails(rgb, createTailTables(DENSITY, [{ row, edge }], BRIGHTEST));
    const beyond = values.filter((value) => value > edge).length;
    expect(found.length).toBeGreaterThanOrEqual(beyond);
    expect(found.length).toBeLessThan(1.05 * beyond);
  });

  it('are refused where the end was cut too short', () => {
    const values = Float64Array.from({ length: 15 }, (_, i) => 985 + i);
    const end = { share: 1, from: 'high' } as const;
    expect(computeTailPercentile({ values, edge: 985, total: 1000 }, end)).toBeCloseTo(0.99 * 999, 10);
    // Of 1000 numbers the 99th percentile lies between the tenth and the eleventh from above.
    expect(computeTailPercentile({ values, edge: 989, total: 1000 }, end)).toBeCloseTo(0.99 * 999, 10);
    expect(computeTailPercentile({ values, edge: 990, total: 1000 }, end)).toBeUndefined();
    const low = Float64Array.from({ length: 15 }, (_, i) => i);
    expect(computeTailPercentile({ values: low, edge: 10, total: 1000 }, { ...end, from: 'low' })).toBeCloseTo(
      9.99,
      10,
    );
    expect(computeTailPercentile({ values: low, edge: 9, total: 1000 }, { ...end, from: 'low' })).toBeUndefined();
  });

  it('have no edge where the sample is small or has no numbers', () => {
    expect(estimateEdge(new Float64Array(5), { share: 1, from: 'low' })).toBeUndefined();
    expect(estimateEdge(new Float64Array(500).fill(Number.NaN), { share: 1, from: 'low' })).toBeUndefined();
  });
});

describe('order statistics', () => {
  it('are those of a sort', () => {
    const random = createSeededRandom('order');
    for (const kinds of [1, 2, 7, 1e9]) {
      for (const length of [1, 2, 3, 10, 257, 1000]) {
        const values = Float64Array.from({ length }, () => Math.floor(random.uniform() * kinds));
        for (const order of [values, values.slice().sort(), values.slice().sort().reverse()]) {
          const sorted = order.slice().sort();
          for (const rank of [0, length >> 1, length - 1]) expect(selectOrder(order.slice(), rank)).toBe(sorted[rank]);
          for (const share of [0, 1, 33.3, 99, 100]) {
            const want = computeSortedPercentile([...order], share);
            expect(computePercentile(order, share)).toBe(want);
            expect(interpolateOrder(order.slice(), (share / 100) * (length - 1))).toBe(want);
          }
        }
      }
    }
  });

  it('leave what is behind the view alone', () => {
    const values = Float64Array.of(3, 1, 2, -5, -6);
    expect(selectOrder(values.subarray(0, 3), 0)).toBe(1);
    expect([...values.subarray(3)]).toEqual([-5, -6]);
  });
});

describe('a sample', () => {
  it('comes from all over the picture, the same each time', () => {
    const rgb = Uint8Array.from({ length: 3 * 65_536 }, (_, i) => (i % 3 === 0 ? i / 3 : i / 768) & 255);
    const sample = samplePixels(rgb, 255, 1024);
    expect(sample).toHaveLength(1024);
    // 16 bands of rows: each has its sixteenth, give or take one.
    const bands = new Map<number, number>();
    for (const pixel of sample) {
      const band = (pixel >> 12) & 15;
      bands.set(band, (bands.get(band) ?? 0) + 1);
    }
    for (const count of bands.values()) expect(Math.abs(count - 64)).toBeLessThan(3);
    expect(samplePixels(rgb, 255, 1024)).toEqual(sample);
    expect(samplePixels(rgb, 100, 1024).length).toBeLessThan(400);
  });
});
