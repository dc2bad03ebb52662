import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createGlassWeights } from '../../src/io/kernels/blend-glass.ts';
import { createTransform } from '../../src/preprocessing/stain-normalization/apply/create-transform.ts';
import { GLASS_RANGE } from '../../src/preprocessing/stain-normalization/apply/keep-glass.ts';
import { listStainMethods, loadStainMethod } from '../../src/preprocessing/stain-normalization/methods.ts';
import type { GlassChoice } from '../../src/preprocessing/stain-normalization/options.ts';
import type {
  RgbPixels,
  StainMethod,
  StainStatistics,
} from '../../src/preprocessing/stain-normalization/stain-method.ts';
import { createTissue } from '../support/stain-tissue.ts';

const methods = await Promise.all(listStainMethods().map((name) => loadStainMethod(name)));
const { tissue: TISSUE, glass: GLASS } = GLASS_RANGE;

function findStatistics(method: StainMethod, pixels: RgbPixels): StainStatistics {
  const found = method.fit(pixels);
  if (found.status !== 'fitted') throw new Error(`${method.name}: ${found.reason}`);
  return found.statistics;
}

const strength = fc.tuple(
  fc.double({ min: 0.6, max: 1.6, noNaN: true }),
  fc.double({ min: 0.6, max: 1.6, noNaN: true }),
);

/** Two laboratories: their tissue, and how much of it is glass. */
const laboratories = fc.record({
  source: fc.record({ strength, seed: fc.nat(1000), glass: fc.double({ min: 0, max: 0.5, noNaN: true }) }),
  target: fc.record({ strength, seed: fc.nat(1000), glass: fc.double({ min: 0, max: 0.5, noNaN: true }) }),
});
type Laboratories = Parameters<typeof createTissue>[0];

function apply(
  method: StainMethod,
  { source, target }: { source: Laboratories; target: Laboratories },
  [glass, pixels]: [GlassChoice, RgbPixels],
): Uint8Array {
  const statistics = findStatistics(method, createTissue(target));
  const plan = { method, target: statistics, glass };
  const out = new Uint8Array(pixels.data.length);
  createTransform(findStatistics(method, createTissue(source)), plan)(pixels, out);
  return out;
}

const asRow = (data: Uint8Array): RgbPixels => ({ width: data.length / 3, height: 1, data });
const GREYS = asRow(Uint8Array.from({ length: 768 }, (_, i) => Math.floor(i / 3)));

describe('weights of glass', () => {
  it('fall from all to nothing, slowly at first', () => {
    const weights = [...createGlassWeights(GLASS_RANGE)];
    expect(weights.slice(0, TISSUE + 1).every((weight) => weight === 128)).toBe(true);
    expect(weights.slice(GLASS).every((weight) => weight === 0)).toBe(true);
    const falls = weights.slice(TISSUE, GLASS).map((weight, i) => weight - weights[TISSUE + i + 1]!);
    expect(Math.min(...falls)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...falls)).toBeLessThanOrEqual(11);
  });

  it('are of 7 bits for all ranges that are allowed', () => {
    for (let span = 12; span <= 100; span++) {
      const weights = createGlassWeights({ tissue: 100, glass: 100 + span });
      expect([weights[100], weights[100 + span], Math.max(...weights)]).toEqual([128, 0, 128]);
    }
  });
});

describe.each(methods)('glass under $name', (method) => {
  // Colours around glass, of all sorts: what is below 205 in one channel, what is above 230 in all, and what lies between.
  const pale = fc.uint8Array({ minLength: 300, maxLength: 300, min: 190, max: 255 }).map(asRow);

  it('is kept, tissue is as published, and what lies between gets a part of it', () => {
    fc.assert(
      fc.property(laboratories, pale, (pair, pixels) => {
        const published = apply(method, pair, ['published', pixels]);
        const kept = apply(method, pair, ['keep', pixels]);
        for (const [i, before] of pixels.data.entries()) {
          const darkest = Math.min(...pixels.data.subarray(i - (i % 3), i - (i % 3) + 3));
          if (darkest <= TISSUE) expect(kept[i]).toBe(published[i]);
          else if (darkest >= GLASS) expect(kept[i]).toBe(before);
          else {
            expect(kept[i]).toBeGreaterThanOrEqual(Math.min(before, published[i]!));
            expect(kept[i]).toBeLessThanOrEqual(Math.max(before, published[i]!));
          }
        }
      }),
      { numRuns: 5 },
    );
  });

  it('is the same in place', () => {
    const pair = { source: { seed: 3 }, target: { seed: 4, strength: [1.4, 0.7] as const } };
    const kept = apply(method, pair, ['keep', GREYS]);
    const data = GREYS.data.slice();
    const statistics = findStatistics(method, createTissue(pair.target));
    const transform = createTransform(findStatistics(method, createTissue(pair.source)), {
      ...{ method, target: statistics, glass: 'keep' },
    });
    transform({ ...GREYS, data }, data);
    expect(Buffer.compare(data, kept)).toBe(0);
  });
});

// Where a whole row of greys is looked at, a mask of neighbours has no say.
describe.each(methods.filter(({ usesNeighbours }) => !usesNeighbours))('from tissue to glass under $name', (method) => {
  it('there is no step, and no light or dark rim where the method darkens', () => {
    fc.assert(
      fc.property(laboratories, (pair) => {
        const published = apply(method, pair, ['published', GREYS]);
        const kept = apply(method, pair, ['keep', GREYS]);
        for (let i = 3 * (TISSUE + 1); i < kept.length; i++) {
          const fade = Math.abs(published[i]! - GREYS.data[i]!) * (11 / 128);
          const own = Math.abs(published[i]! - published[i - 3]!);
          // A step is the method's own or the grey's, and the share of the change that a level more of glass takes away.
          expect(Math.abs(kept[i]! - kept[i - 3]!)).toBeLessThanOrEqual(Math.max(own, 1) + fade + 2);
          if (published[i]! <= GREYS.data[i]!) expect(kept[i]).toBeGreaterThanOrEqual(kept[i - 3]! - 1);
        }
        expect([...kept.subarray(765)]).toEqual([255, 255, 255]);
      }),
      { numRuns: 10 },
    );
  });
});
