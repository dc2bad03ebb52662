import { describe, expect, it } from 'vitest';
import { type MppEvidence, parseMppOption, resolveMpp } from '../../../src/slide/mpp.ts';

const override = { x: 0.3, y: 0.31 };
const metadata = { x: 0.499, y: 0.499 };
const inch = { x: 50_800, y: 101_600, unit: 2 };
const centimetre = { x: 20_000, y: 40_000, unit: 3 };

describe('resolveMpp', () => {
  it.each<[string, MppEvidence, ReturnType<typeof resolveMpp>]>([
    ['nothing', {}, undefined],
    [
      'the user, before all else',
      { override, metadata, resolution: inch, objectivePower: 40 },
      { ...override, source: 'override' },
    ],
    [
      'the user, also where it is implausible',
      { override: { x: 100, y: 100 } },
      { x: 100, y: 100, source: 'override' },
    ],
    ['metadata', { metadata, resolution: inch, objectivePower: 40 }, { ...metadata, source: 'metadata' }],
    ['pixels per inch', { resolution: inch, objectivePower: 40 }, { x: 0.5, y: 0.25, source: 'resolution-tag' }],
    ['pixels per centimetre', { resolution: centimetre }, { x: 0.5, y: 0.25, source: 'resolution-tag' }],
    ['the objective at 20x', { objectivePower: 20 }, { x: 0.5, y: 0.5, source: 'objective' }],
    ['the objective at 40x', { objectivePower: 40 }, { x: 0.25, y: 0.25, source: 'objective' }],
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
    [
      'metadata of 1000, so the next',
      { metadata: { x: 1000, y: 1000 }, objectivePower: 20 },
      { x: 0.5, y: 0.5, source: 'objective' },
    ],
    ['an objective of 0', { objectivePower: 0 }, undefined],
    ['an objective of -20', { objectivePower: -20 }, undefined],
    ['an objective of 10000', { objectivePower: 10_000 }, undefined],
  ])('%s', (_what, evidence, mpp) => {
    expect(resolveMpp(evidence)).toEqual(mpp);
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
