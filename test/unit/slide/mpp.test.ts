import { describe, expect, it } from 'vitest';
import {
  completeMpp,
  createMissingMppError,
  estimateMpp,
  formatMpp,
  type MppEvidence,
  parseMppOption,
  resolveMpp,
} from '../../../src/slide/mpp.ts';

const override = { x: 0.3, y: 0.31 };
const metadata = { x: 0.499, y: 0.499 };
const inch = { x: 50_800, y: 101_600, unit: 2 };
const centimetre = { x: 20_000, y: 40_000, unit: 3 };

describe('resolveMpp', () => {
  it.each<[string, MppEvidence, ReturnType<typeof resolveMpp>]>([
    ['nothing', {}, undefined],
    ['the user, before all else', { override, metadata, resolution: inch }, { ...override, source: 'override' }],
    [
      'the user, also where it is implausible',
      { override: { x: 100, y: 100 } },
      { x: 100, y: 100, source: 'override' },
    ],
    ['metadata', { metadata, resolution: inch }, { ...metadata, source: 'metadata' }],
    ['pixels per inch', { resolution: inch }, { x: 0.5, y: 0.25, source: 'resolution-tag' }],
    ['pixels per centimetre', { resolution: centimetre }, { x: 0.5, y: 0.25, source: 'resolution-tag' }],
    ['a resolution without a unit', { resolution: { x: 20_000, y: 20_000, unit: 1 } }, undefined],
    ['an unknown unit', { resolution: { x: 20_000, y: 20_000, unit: 7 } }, undefined],
    ['a screen resolution of 72 dpi', { resolution: { x: 72, y: 72, unit: 2 } }, undefined],
    ['a resolution of 0', { resolution: { x: 0, y: 0, unit: 2 } }, undefined],
    ['a resolution that is no number', { resolution: { x: Number.NaN, y: 1, unit: 2 } }, undefined],
    ['one implausible axis', { resolution: { x: 50_800, y: 1, unit: 2 } }, undefined],
    [
      'metadata of 0, so the next',
      { metadata: { x: 0, y: 0 }, resolution: inch },
      { x: 0.5, y: 0.25, source: 'resolution-tag' },
    ],
    ['metadata of 1000, and nothing else', { metadata: { x: 1000, y: 1000 } }, undefined],
  ])('%s', (_what, evidence, mpp) => {
    expect(resolveMpp(evidence)).toEqual(mpp);
  });
});

describe('the objective', () => {
  it.each<[number | undefined, number | undefined]>([
    [20, 0.5],
    [40, 0.25],
    [1.25, 8],
    [undefined, undefined],
    [0, undefined],
    [-20, undefined],
    [Number.NaN, undefined],
    [10_000, undefined],
    [0.1, undefined],
  ])('of %s suggests %s µm', (power, mpp) => {
    expect(estimateMpp(power)?.x).toBe(mpp);
    expect(estimateMpp(power)?.y).toBe(mpp);
  });

  it('gives a pixel size only where asked, and where there is no other', () => {
    const bare = { mpp: undefined, objectivePower: 40 };
    const known = { mpp: { ...metadata, source: 'metadata' as const }, objectivePower: 40 };
    expect(completeMpp(bare, { mppFromObjective: false })).toBeUndefined();
    expect(completeMpp(bare, { mppFromObjective: true })).toEqual({ x: 0.25, y: 0.25, source: 'objective' });
    expect(completeMpp(known, { mppFromObjective: true })).toEqual(known.mpp);
    expect(completeMpp({ mpp: undefined, objectivePower: undefined }, { mppFromObjective: true })).toBeUndefined();
  });
});

describe('a missing pixel size', () => {
  it('names three ways out, and what the objective would give', () => {
    const error = createMissingMppError({ name: 'a.svs', objectivePower: 40 }, 'tissue detection');
    expect(error.message).toBe('a.svs: tissue detection needs microns per pixel and the slide has none');
    expect(error.hint).toBe(
      'give --mpp 0.25 (library: mpp), or --mpp-csv FILE with the columns slide,mpp, or --mpp-from-objective ' +
        '(library: mppFromObjective), an estimate, here 0.25 µm from the 40x objective',
    );
    expect(error.estimate).toBe(0.25);
  });

  it('says where the objective would give nothing', () => {
    const { hint, estimate } = createMissingMppError({ name: 'a.svs' }, 'tissue detection');
    expect(hint).toMatch(/--mpp-from-objective .*, which needs an objective, and the slide names none/);
    expect(estimate).toBeUndefined();
  });
});

describe('formatMpp', () => {
  it('shows one number, or both where they differ', () => {
    expect(formatMpp({ x: 0.5, y: 0.5 })).toBe('0.5 µm');
    expect(formatMpp({ x: 0.5, y: 0.25 })).toBe('0.5 x 0.25 µm');
    expect(formatMpp({ x: 1 / 3, y: 0.33334 })).toBe('0.3333 µm');
  });
});

describe('parseMppOption', () => {
  it('takes one number for both axes, or one per axis', () => {
    expect(parseMppOption(0.25)).toEqual({ x: 0.25, y: 0.25 });
    expect(parseMppOption({ x: 0.25, y: 0.5 })).toEqual({ x: 0.25, y: 0.5 });
    expect(parseMppOption(undefined)).toBeUndefined();
  });

  it.each([0, -1, Number.NaN, Number.POSITIVE_INFINITY, '0.25', null, {}, { x: 0.25 }])('refuses %o', (value) => {
    expect(() => parseMppOption(value as number)).toThrow(
      expect.objectContaining({
        tag: 'option',
        option: 'mpp',
        message: expect.stringContaining('expected a number above 0 for `mpp`'),
      }),
    );
  });
});
