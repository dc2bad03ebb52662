import { describe, expect, it } from 'vitest';
import { describeOpening, getReopenOptions, listOpeningNotices } from '../../../src/slide/describe-opening.ts';
import type { Slide } from '../../../src/slide/slide.ts';

const native = { properties: new Map() } as unknown as Slide;
const openslide = { version: '4.0.0', library: '/lib/libopenslide.so.1' };
const foreign = { openslide, properties: new Map([['openslide.quickhash-1', 'abc']]) } as unknown as Slide;
const shown = { shown: { channel: 1, name: 'DAPI', window: [0, 9] }, properties: new Map() } as unknown as Slide;
const deep = { plane: { z: 2, t: 1 }, properties: new Map() } as unknown as Slide;

const plain = { icc: { target: 'srgb', profile: undefined }, properties: new Map() } as unknown as Slide;
const converted = { icc: { target: 'srgb', profile: 'abc' }, properties: new Map() } as unknown as Slide;

describe('how a slide was opened', () => {
  it('is told to other threads, which open it the same way', () => {
    expect(getReopenOptions(native)).toEqual({});
    expect(getReopenOptions(native, { backend: 'native', mpp: 1 })).toEqual({ backend: 'native', mpp: 1 });
    expect(getReopenOptions(foreign)).toEqual({ backend: 'openslide', openslideLibrary: openslide.library });
    expect(getReopenOptions(foreign, { backend: 'auto', mpp: 1 })).toEqual({
      ...{ mpp: 1, backend: 'openslide', openslideLibrary: openslide.library },
    });
    expect(getReopenOptions(deep)).toEqual({ z: 2, t: 1 });
    expect(getReopenOptions(shown)).toEqual({ channel: 1, window: [0, 9] });
    expect(getReopenOptions(native, { channel: 'DAPI' })).toEqual({});
  });

  it('says to other threads whether colours are converted, whatever the options of another say', () => {
    expect(getReopenOptions(converted)).toEqual({ icc: 'srgb' });
    expect(getReopenOptions(plain)).toEqual({ icc: 'srgb' });
    expect(getReopenOptions(native, { icc: 'srgb' })).toEqual({});
  });

  it('is part of the record where colours are converted, or could not be', () => {
    expect(describeOpening(converted)).toEqual({ icc: { target: 'srgb', profile: 'abc' } });
    expect(describeOpening(plain)).toEqual({ icc: { target: 'srgb', profile: null } });
    expect(listOpeningNotices(converted)).toEqual([]);
    expect(listOpeningNotices(plain)).toEqual(['the slide has no ICC profile to apply: its pixels are as stored']);
  });

  it('is part of what a record says, but for what every slide is', () => {
    expect(describeOpening(native)).toEqual({});
    expect(describeOpening(foreign)).toEqual({ openslide: { version: '4.0.0', quickHash: 'abc' } });
    expect(describeOpening(deep)).toEqual({ plane: { z: 2, t: 1 } });
    expect(describeOpening(shown)).toEqual({ shown: { channel: 1, name: 'DAPI', window: [0, 9] } });
  });

  it('is a notice where OpenSlide reads it', () => {
    expect(listOpeningNotices(native)).toEqual([]);
    expect(listOpeningNotices(foreign)).toEqual([
      "read with OpenSlide 4.0.0 (/lib/libopenslide.so.1), not with slideloom's own formats",
    ]);
  });
});
