import { describe, expect, it } from 'vitest';
import { describeOpening, getReopenOptions, listOpeningNotices } from '../../../src/slide/describe-opening.ts';
import type { Slide } from '../../../src/slide/slide.ts';

const native = { properties: new Map() } as unknown as Slide;
const openslide = { version: '4.0.0', library: '/lib/libopenslide.so.1' };
const foreign = { openslide, properties: new Map([['openslide.quickhash-1', 'abc']]) } as unknown as Slide;
const deep = { plane: { z: 2, t: 1 }, properties: new Map() } as unknown as Slide;

describe('how a slide was opened', () => {
  it('is told to other threads, which open it the same way', () => {
    expect(getReopenOptions(native)).toEqual({});
    expect(getReopenOptions(native, { backend: 'native', mpp: 1 })).toEqual({ backend: 'native', mpp: 1 });
    expect(getReopenOptions(foreign)).toEqual({ backend: 'openslide', openslideLibrary: openslide.library });
    expect(getReopenOptions(foreign, { backend: 'auto', mpp: 1 })).toEqual({
      ...{ mpp: 1, backend: 'openslide', openslideLibrary: openslide.library },
    });
    expect(getReopenOptions(deep)).toEqual({ z: 2, t: 1 });
  });

  it('is part of what a record says, but for what every slide is', () => {
    expect(describeOpening(native)).toEqual({});
    expect(describeOpening(foreign)).toEqual({ openslide: { version: '4.0.0', quickHash: 'abc' } });
    expect(describeOpening(deep)).toEqual({ plane: { z: 2, t: 1 } });
  });

  it('is a notice where OpenSlide reads it', () => {
    expect(listOpeningNotices(native)).toEqual([]);
    expect(listOpeningNotices(foreign)).toEqual([
      "read with OpenSlide 4.0.0 (/lib/libopenslide.so.1), not with slideloom's own formats",
    ]);
  });
});
