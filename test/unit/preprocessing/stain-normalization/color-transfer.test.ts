import { describe, expect, it } from 'vitest';
import { computeMoments, fitColor } from '../../../../src/preprocessing/stain-normalization/fit/color-moments.ts';
import { createByteSteps, findByte } from '../../../../src/preprocessing/stain-normalization/kernels/byte-steps.ts';
import { encodeGamma } from '../../../../src/preprocessing/stain-normalization/kernels/cielab.ts';
import { invertMatrix } from '../../../../src/preprocessing/stain-normalization/kernels/invert-matrix.ts';
import { loadStainMethod } from '../../../../src/preprocessing/stain-normalization/methods.ts';
import type { ColorMoments } from '../../../../src/preprocessing/stain-normalization/stain-method.ts';
import { createFlat, createTissue } from '../../../support/stain-tissue.ts';

describe('steps of a rising function', () => {
  const encode = (x: number) => Math.trunc(255 * Math.min(1, encodeGamma(x)));
  const steps = createByteSteps(encode);

  it('are those of the function itself, beside each step too', () => {
    const all = Array.from({ length: 20_001 }, (_, i) => i / 20_000);
    expect(all.filter((x) => findByte(steps, x) !== encode(x))).toEqual([]);
    for (const start of steps.starts.subarray(1, 256)) {
      expect(findByte(steps, start)).toBe(encode(start));
      const before = start * (1 - Number.EPSILON);
      expect(findByte(steps, before)).toBe(encode(before));
      expect(encode(before)).toBe(encode(start) - 1);
    }
  });

  it('end at 0 and 255', () => {
    expect([-1, -0, 0, Number.NaN].map((x) => findByte(steps, x))).toEqual([0, 0, 0, 0]);
    expect([1.001, 2, 1e300, Number.POSITIVE_INFINITY].map((x) => findByte(steps, x))).toEqual([255, 255, 255, 255]);
  });
});

it('the inverse of a matrix undoes it', () => {
  const matrix = Float64Array.of(2, -1, 0.5, 0, 3, 7, 1, 1, 1);
  const inverse = invertMatrix(matrix);
  for (let y = 0; y < 3; y++)
    for (let x = 0; x < 3; x++) {
      const value = [0, 1, 2].reduce((sum, k) => sum + matrix[3 * y + k]! * inverse[3 * k + x]!, 0);
      expect(value).toBeCloseTo(x === y ? 1 : 0, 14);
    }
});

describe('moments', () => {
  it('are those of the values themselves', () => {
    const rows = [
      [48, 1, -2],
      [53, 4, 0],
      [61, -3, 9],
    ];
    const sums = new Float64Array(6);
    for (const row of rows)
      for (const [k, value] of row.entries()) {
        const less = value - [50, 0, 0][k]!;
        sums[k]! += less;
        sums[k + 3]! += less ** 2;
      }
    const { mean, deviation } = computeMoments({ count: 3, sums, centre: [50, 0, 0] });
    for (let k = 0; k < 3; k++) {
      const values = rows.map((row) => row[k]!);
      const expected = values.reduce((sum, value) => sum + value, 0) / 3;
      expect(mean[k]).toBeCloseTo(expected, 12);
      expect(deviation[k]).toBeCloseTo(Math.sqrt(values.reduce((sum, v) => sum + (v - expected) ** 2, 0) / 3), 12);
    }
  });

  it('say why there are none', () => {
    const { data } = createTissue();
    const measure = (deviation: readonly number[]) => () => ({
      ...{ count: 1, sums: Float64Array.of(0, 0, 0, ...deviation.map((d) => d * d)), centre: [0, 0, 0] as const },
    });
    const floors = [1, 0.5, 0.5] as const;
    expect(fitColor(data, measure([0.9, 3, 3]), floors)).toMatchObject({ reason: 'one-colour' });
    expect(fitColor(data, measure([9, 0.4, 3]), floors)).toMatchObject({ reason: 'rank-deficient' });
    expect(fitColor(data, measure([9, 3, 3]), floors)).toMatchObject({ status: 'fitted' });
    const glass = createFlat([250, 250, 250]).data;
    expect(fitColor(glass, measure([9, 3, 3]), floors)).toMatchObject({ reason: 'too-few-tissue-pixels' });
    expect(fitColor(new Uint8Array(0), measure([9, 3, 3]), floors)).toMatchObject({ reason: 'empty' });
  });
});

describe('colour transfer', () => {
  it.each(['reinhard', 'reinhard-tiatoolbox', 'reinhard-histomicstk'] as const)(
    '%s gives a picture the moments of its target',
    async (name) => {
      const method = await loadStainMethod(name);
      const find = (data: Uint8Array) => {
        const found = method.fit({ ...source, data });
        if (found.status !== 'fitted' || found.statistics.kind !== 'color') throw new Error('no moments');
        return found.statistics;
      };
      const source = createTissue({ glass: 0 });
      const target = find(createTissue({ glass: 0, seed: 2, strength: [1.2, 0.9] }).data);
      const out = new Uint8Array(source.data.length);
      method.createTransform(find(source.data), target)(source, out);
      const reached = find(out);
      // Bytes are truncated: half a grey level, and in 8-bit CIELAB half a unit of every axis before.
      for (let k = 0; k < 3; k++) {
        const unit = target.deviation[k]!;
        expect(Math.abs(reached.mean[k]! - target.mean[k]!) / unit).toBeLessThan(0.15);
        expect(Math.abs(reached.deviation[k]! - unit) / unit).toBeLessThan(0.15);
      }
    },
  );

  it('reinhard-modified moves colours, and draws lightness out by 5 % at least', async () => {
    const method = await loadStainMethod('reinhard-modified');
    const moments = (mean: ColorMoments['mean'], lightness: number): ColorMoments => ({
      ...{ kind: 'color', mean, deviation: [lightness, 8, 8] },
    });
    // Two greys, 13 apart in lightness: far enough for truncation to matter little.
    const greys = { width: 2, height: 1, data: Uint8Array.of(110, 110, 110, 140, 140, 140) };
    const spread = (target: number) => {
      const out = new Uint8Array(6);
      method.createTransform(moments([50, 0, 0], 10), moments([80, 0, 0], target))(greys, out);
      return out[3]! - out[0]!;
    };
    expect(spread(5)).toBe(spread(10));
    expect(spread(10)).toBeGreaterThan(30);
    expect(spread(20) / 30).toBeCloseTo(1.5, 0);
  });

  it('reinhard-histolab leaves what is no tissue as it is', async () => {
    const method = await loadStainMethod('reinhard-histolab');
    const picture = createTissue({ glass: 0.5 });
    const found = method.fit(picture);
    if (found.status !== 'fitted' || found.statistics.kind !== 'color') throw new Error('no moments');
    const out = new Uint8Array(picture.data.length);
    const target = { ...found.statistics, mean: [30, 20, 5] as const };
    method.createTransform(found.statistics, target)(picture, out);
    // The mask is grown by two pixels: the rows of glass above those.
    const glass = 3 * picture.width * (Math.floor(picture.height / 2) - 3);
    expect(out.subarray(0, glass)).toEqual(picture.data.subarray(0, glass));
    const [before, after] = [picture.data, out].map((data) => data.subarray(glass).reduce((sum, v) => sum + v, 0));
    expect(after!).toBeLessThan(before! * 0.95);
  });

  it('refuses stain vectors', async () => {
    const { reference } = await loadStainMethod('macenko');
    for (const name of ['reinhard', 'reinhard-tiatoolbox', 'reinhard-histolab', 'reinhard-histomicstk'] as const) {
      const method = await loadStainMethod(name);
      expect(() => method.createTransform(reference!, reference!)).toThrow(`${name} needs colour moments`);
    }
  });
});
