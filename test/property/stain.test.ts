import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createDensityTable } from '../../src/preprocessing/stain-normalization/apply/density-table.ts';
import { recompose } from '../../src/preprocessing/stain-normalization/kernels/recompose.ts';
import { computeSymmetricEigen } from '../../src/preprocessing/stain-normalization/kernels/symmetric-eigen.ts';
import { listStainMethods, loadStainMethod } from '../../src/preprocessing/stain-normalization/methods.ts';
import { drawStainChanges } from '../../src/preprocessing/stain-normalization/separation/augment-stains.ts';
import type {
  RgbPixels,
  StainMethod,
  StainStatistics,
  StainVectors,
} from '../../src/preprocessing/stain-normalization/stain-method.ts';
import {
  composeMap,
  cross,
  dot,
  invertStains,
  normalize,
} from '../../src/preprocessing/stain-normalization/vectors/vectors.ts';
import { createSeededRandom } from '../support/seeded-random.ts';
import { createTissue } from '../support/stain-tissue.ts';

const methods = await Promise.all(listStainMethods().map((name) => loadStainMethod(name)));

function findStatistics(method: StainMethod, pixels: RgbPixels): StainStatistics {
  const found = method.fit(pixels);
  if (found.status !== 'fitted') throw new Error(`${method.name}: ${found.reason}`);
  return found.statistics;
}

function apply(method: StainMethod, [from, to]: [StainStatistics, StainStatistics], pixels: RgbPixels): Uint8Array {
  const out = new Uint8Array(pixels.data.length);
  method.createTransform(from, to)(pixels, out);
  return out;
}

const picture = fc
  .record({
    width: fc.integer({ min: 20, max: 70 }),
    height: fc.integer({ min: 20, max: 70 }),
    glass: fc.double({ min: 0, max: 0.6, noNaN: true }),
    seed: fc.integer({ min: 0, max: 1e6 }),
  })
  .map(createTissue);

const vector = fc
  .tuple(
    fc.double({ min: 0.05, max: 1, noNaN: true }),
    fc.double({ min: 0.05, max: 1, noNaN: true }),
    fc.double({ min: 0.05, max: 1, noNaN: true }),
  )
  .map((values) => normalize(values));

describe.each(methods.filter(({ usesNeighbours }) => !usesNeighbours))('$name', (method) => {
  it('has no seams: in tiles as whole, with the statistics of the whole', () => {
    fc.assert(
      fc.property(picture, fc.nat(), (pixels, at) => {
        const statistics: [StainStatistics, StainStatistics] = [
          findStatistics(method, pixels),
          findStatistics(method, createTissue({ seed: 7, strength: [0.8, 1.2] })),
        ];
        const whole = apply(method, statistics, pixels);
        const { width, height, data } = pixels;
        const cut = 3 * width * (at % height);
        const top = apply(method, statistics, { width, height: at % height, data: data.slice(0, cut) });
        const rest = { width, height: height - (at % height), data: data.slice(cut) };
        expect(Buffer.compare(Buffer.concat([top, apply(method, statistics, rest)]), whole)).toBe(0);
        // One pixel alone, too: its colour is all that counts.
        const one = { width: 1, height: 1, data: data.slice(0, 3) };
        expect([...apply(method, statistics, one)]).toEqual([...whole.subarray(0, 3)]);
      }),
      { numRuns: 10 },
    );
  });
});

describe('the identity', () => {
  /** Stains and densities whose exact picture is the grey levels themselves. */
  const DENSITY = createDensityTable(240);

  it('three stains taken apart and put together give each grey level, one more where 1 was added before truncation', () => {
    fc.assert(
      fc.property(vector, vector, (h, e) => {
        fc.pre(Math.hypot(...cross(h, e)) > 0.05);
        const stains = [h, e, normalize(cross(h, e))];
        const data = Uint8Array.from({ length: 768 }, (_, i) => (i * 37) % 256);
        const out = new Uint8Array(data.length);
        const map = composeMap(stains, invertStains(stains), [1, 1, 1]);
        recompose(data, DENSITY, map, { intensity: 240, over: 255, less: 0 }, out);
        // The density of v is that of v + 1 over 240, so the light is v + 1, which truncation may bring back to v.
        const others = data.filter((value, i) => out[i] !== value && out[i] !== Math.min(255, value + 1));
        expect([...others]).toEqual([]);
      }),
      { numRuns: 50 },
    );
  });

  it('two stains: colours made of them come back, with their own statistics', () => {
    const own = methods.filter(({ name }) => name === 'macenko' || name === 'macenko-tiatoolbox');
    expect(own).toHaveLength(2);
    for (const method of own) {
      fc.assert(
        fc.property(picture, (pixels) => {
          const statistics = findStatistics(method, pixels);
          const once = apply(method, [statistics, statistics], pixels);
          const twice = apply(method, [statistics, statistics], { ...pixels, data: once });
          // What lay off the plane of the stains is gone after the first time. Then the + 1 and the truncation move a value by
          // up to one, and whole levels off the plane by one more.
          let worst = 0;
          for (const [i, value] of once.entries()) worst = Math.max(worst, Math.abs(value - twice[i]!));
          expect(worst).toBeLessThanOrEqual(2);
        }),
        { numRuns: 10 },
      );
    }
  });
});

describe('channels', () => {
  it('two stains are found whatever order the pixels have', () => {
    const macenko = methods.find(({ name }) => name === 'macenko')!;
    fc.assert(
      fc.property(picture, fc.integer({ min: 1, max: 1000 }), (pixels, shift) => {
        const { data } = pixels;
        const cut = 3 * (shift % (data.length / 3));
        const turned = Buffer.concat([data.subarray(cut), data.subarray(0, cut)]);
        const [a, b] = [findStatistics(macenko, pixels), findStatistics(macenko, { ...pixels, data: turned })];
        if (a.kind !== 'stains' || b.kind !== 'stains') throw new Error('stains expected');
        for (const k of [0, 1]) {
          expect(dot(a.stains[k]!, b.stains[k]!)).toBeCloseTo(1, 12);
          expect(a.maxConcentrations[k]).toBeCloseTo(b.maxConcentrations[k]!, 10);
        }
        // Red, green, blue: haematoxylin takes more red than eosin does.
        expect(a.stains[0]![0]).toBeGreaterThan(a.stains[1]![0]);
      }),
      { numRuns: 20 },
    );
  });

  it('two stains are found whichever channel falls where the others rise', () => {
    const macenko = methods.find(({ name }) => name === 'macenko')!;
    const random = createSeededRandom('a falling channel');
    const colors = Array.from({ length: 12_000 }, () => {
      const [much, apart] = [0.6 * random.uniform(), 0.3 * (random.uniform() - 0.5)];
      return [0.35 - 0.1 * much, 0.6 + much + apart, 0.6 + much - apart];
    });
    for (const size of [colors.length, 2000])
      for (const falling of [0, 1, 2]) {
        const place = (channel: number) => (channel + 3 - falling) % 3;
        const densities = colors.slice(0, size).flatMap((color) => [0, 1, 2].map((channel) => color[place(channel)]!));
        const data = Uint8Array.from(densities, (value) => Math.round(240 * Math.exp(-value) - 1));
        const { stains } = findStatistics(macenko, { width: size, height: 1, data }) as StainVectors;
        // In the order of the colours above: one stain has more of the second channel, the other more of the third.
        const turned = stains.map((stain) => [0, 1, 2].map((k) => stain[(k + falling) % 3]!));
        const seconds = turned.map((stain) => stain[1]!).sort();
        expect(seconds[1]! - seconds[0]!, `${falling}`).toBeGreaterThan(0.15);
        for (const stain of turned) expect(stain[1]! + stain[2]!, `${falling}`).toBeGreaterThan(1.2);
      }
  });
});

describe('small matrices', () => {
  it('eigenvectors are orthonormal and give the matrix again', () => {
    const entry = fc.double({ min: -5, max: 5, noNaN: true });
    fc.assert(
      fc.property(fc.tuple(entry, entry, entry, entry, entry, entry), ([a, b, c, d, e, f]) => {
        const matrix = Float64Array.of(a, b, c, b, d, e, c, e, f);
        const { values, vectors } = computeSymmetricEigen(matrix);
        expect([...values]).toEqual([...values].sort((x, y) => x - y));
        for (let i = 0; i < 3; i++)
          for (let j = 0; j < 3; j++) {
            let sum = 0;
            let product = 0;
            for (let k = 0; k < 3; k++) {
              sum += values[k]! * vectors[3 * k + i]! * vectors[3 * k + j]!;
              product += vectors[3 * i + k]! * vectors[3 * j + k]!;
            }
            expect(sum).toBeCloseTo(matrix[3 * i + j]!, 10);
            expect(product).toBeCloseTo(i === j ? 1 : 0, 12);
          }
      }),
    );
  });
});

describe('random changes of stain', () => {
  it('are the same for the same seed, and within their spreads', () => {
    fc.assert(
      fc.property(fc.integer(), fc.double({ min: 0, max: 1, noNaN: true }), (seed, spread) => {
        const options = { seed, factorSpread: spread, shiftSpread: spread };
        const draws = drawStainChanges(options);
        expect(drawStainChanges(options)).toEqual(draws);
        for (const { factor, shift } of draws) {
          expect(Math.abs(factor - 1)).toBeLessThanOrEqual(spread + 1e-12);
          expect(Math.abs(shift)).toBeLessThanOrEqual(spread);
        }
      }),
    );
  });
});
