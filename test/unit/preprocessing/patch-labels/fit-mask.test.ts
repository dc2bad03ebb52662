import { describe, expect, it } from 'vitest';
import { fitMask, type MaskedSlide } from '../../../../src/preprocessing/patch-labels/fit-mask.ts';
import { createUniformTile, type LabelMask } from '../../../../src/preprocessing/patch-labels/label-mask.ts';

const SLIDE = { name: 'slide.svs', width: 2220, height: 2967, mpp: undefined } as const;

function createMask(width: number, height: number, facts: LabelMask['facts'] = {}): LabelMask {
  return {
    ...{ name: 'mask.png', width, height, tileWidth: 16, tileHeight: 16, parallel: 1, facts },
    readTile: async () => createUniformTile(0),
    async [Symbol.asyncDispose]() {},
  };
}

const fitOn = (mask: LabelMask, slide: MaskedSlide = SLIDE, given?: number) => fitMask(mask, slide, given);

describe('the downsample of a mask that does not say it', () => {
  it.each([1, 2, 4, 7, 8, 16, 32])('is %i where that alone fits, whichever way the sides were rounded', (whole) => {
    for (const round of [Math.floor, Math.round, Math.ceil]) {
      const mask = createMask(round(SLIDE.width / whole), round(SLIDE.height / whole));
      expect(fitOn(mask)).toEqual({ downsample: { x: whole, y: whole }, notices: [] });
    }
  });

  it('is the power of two of several that fit, with a notice', () => {
    // 2220 / 63 and 2967 / 63 cut off are as many pixels as 2220 / 64 and 2967 / 64 rounded up.
    const { downsample, notices } = fitOn(createMask(35, 47));
    expect(downsample).toEqual({ x: 64, y: 64 });
    expect(notices).toEqual([
      expect.stringMatching(/does not say its downsample: of 62 to 64, which fit, 64 is taken/),
    ]);
  });

  it('is the one of several that divides the slide without rest, or that the microns say', () => {
    const slide = { ...SLIDE, width: 2205, height: 2961 };
    expect(fitOn(createMask(35, 47), slide)).toEqual({ downsample: { x: 63, y: 63 }, notices: [] });
    const mpp = { x: 0.5, y: 0.5, source: 'metadata' } as const;
    const said = createMask(35, 47, { mpp: { x: 31.5, y: 31.5 } });
    expect(fitOn(said, { ...SLIDE, mpp })).toEqual({ downsample: { x: 63, y: 63 }, notices: [] });
  });

  it('is the ratio of the sides where no whole number fits, with a notice', () => {
    const { downsample, notices } = fitOn(createMask(305, 407));
    expect(downsample).toEqual({ x: 2220 / 305, y: 2967 / 407 });
    expect(notices).toEqual([expect.stringMatching(/no whole number fits: 7.2787 x 7.2899 is taken/)]);
  });

  it('is no guess where it is given', () => {
    expect(fitOn(createMask(35, 47), SLIDE, 63.5)).toEqual({ downsample: { x: 63.5, y: 63.5 }, notices: [] });
    expect(() => fitOn(createMask(35, 47), SLIDE, 40)).toThrow(/does not lie on slide.svs/);
  });
});
