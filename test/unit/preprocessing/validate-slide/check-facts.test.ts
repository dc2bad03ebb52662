import { describe, expect, it } from 'vitest';
import { checkFacts } from '../../../../src/preprocessing/validate-slide/check-facts.ts';
import type { Slide, SlideLevel } from '../../../../src/slide/slide.ts';

const level = (width: number, height: number, x: number, y = x): SlideLevel => ({
  ...{ width, height, tileWidth: 256, tileHeight: 256, codec: 'jpeg', downsample: { x, y } },
});

const sound = {
  width: 40_000,
  height: 30_001,
  levels: [level(40_000, 30_001, 1), level(10_000, 7500, 4, 30_001 / 7500)],
  mpp: { x: 0.25, y: 0.25, source: 'metadata' },
  objectivePower: 40,
  properties: new Map<string, string>(),
} as const;

function check(facts: Partial<Slide>): string[] {
  return checkFacts({ ...sound, ...facts } as unknown as Slide).map(({ kind, code }) => `${kind} ${code}`);
}

describe('what a slide says of itself', () => {
  it('is without a finding where it is sound', () => {
    expect(check({})).toEqual([]);
    expect(check({ mpp: { x: 0.2282, y: 0.2282, source: 'metadata' } })).toEqual([]);
    expect(check({ mpp: { x: 0.3, y: 0.3, source: 'override' }, objectivePower: undefined })).toEqual([]);
  });

  it.each<[string, Partial<Slide>]>([
    ['warning mpp-missing', { mpp: undefined }],
    ['warning mpp-estimated', { mpp: { x: 0.25, y: 0.25, source: 'objective' } }],
    ['note mpp-estimated', { mpp: { x: 0.25, y: 0.25, source: 'resolution-tag' } }],
    ['warning mpp-axes', { mpp: { x: 0.25, y: 0.5, source: 'metadata' } }],
    ['warning mpp-objective', { mpp: { x: 0.5, y: 0.5, source: 'metadata' } }],
    ['warning slide-size', { mpp: { x: 5, y: 5, source: 'metadata' }, objectivePower: undefined }],
    ['warning level-order', { levels: [level(4000, 3000, 1), level(4000, 3000, 1)] }],
    ['warning level-shape', { levels: [level(4000, 3000, 1), level(1000, 600, 4, 5)] }],
    ['warning notice', { properties: new Map([['slideloom.notice', 'a level is left out']]) }],
    ['note planes', { plane: { z: 1, t: 0 } }],
  ])('%s', (found, facts) => {
    expect(check(facts)).toEqual([found]);
  });

  it('has each notice by itself', () => {
    expect(check({ properties: new Map([['slideloom.notice', 'one; two']]) })).toHaveLength(2);
  });
});
