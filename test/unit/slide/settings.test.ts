import { describe, expect, it } from 'vitest';
import { createSlideSettings, SLIDE_DEFAULTS, type SlideOptions } from '../../../src/slide/settings.ts';

describe('createSlideSettings', () => {
  it('fills in defaults, also for an explicit undefined', () => {
    const defaults = { mpp: undefined, ...SLIDE_DEFAULTS };
    expect(createSlideSettings(undefined)).toEqual(defaults);
    expect(createSlideSettings({ mpp: undefined, cacheBytes: undefined, maxTileBytes: undefined })).toEqual(defaults);
  });

  it('is frozen', () => {
    expect(Object.isFrozen(createSlideSettings({ mpp: 0.5 }))).toBe(true);
  });

  it.each<[keyof SlideOptions, unknown]>([
    ['cacheBytes', -1],
    ['cacheBytes', 1.5],
    ['cacheBytes', '64'],
    ['maxTileBytes', 0],
    ['mpp', 0],
    ['mppFromObjective', 1],
    ['icc', 'p3'],
    ['icc', true],
  ])('refuses %s %o', (option, value) => {
    expect(() => createSlideSettings({ [option]: value })).toThrow(expect.objectContaining({ tag: 'option', option }));
  });
});
