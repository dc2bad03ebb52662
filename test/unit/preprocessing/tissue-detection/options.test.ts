import { describe, expect, it } from 'vitest';
import { CLAM_PRESETS } from '../../../../src/preprocessing/tissue-detection/methods/clam-parameters.ts';
import { HSV_PRESETS } from '../../../../src/preprocessing/tissue-detection/methods/hsv-ranges.ts';
import {
  resolveTissueOptions,
  TISSUE_DEFAULTS,
  type TissueOptions,
} from '../../../../src/preprocessing/tissue-detection/options.ts';

describe('tissue options', () => {
  it('fills in the defaults, also over explicit undefined', () => {
    const settings = resolveTissueOptions({ method: undefined, mpp: undefined } as unknown as TissueOptions);
    expect(settings).toMatchObject({ method: TISSUE_DEFAULTS.method, mpp: 8, hsv: HSV_PRESETS['any-stain'] });
    expect(settings.clam).toEqual(CLAM_PRESETS.default);
    expect(Object.isFrozen(settings)).toBe(true);
  });

  it('has CLAM’s preset figures', () => {
    const figures = Object.fromEntries(
      Object.entries(CLAM_PRESETS).map(([name, p]) => [
        name,
        [p.saturationThreshold, p.medianSize, p.closeSize, p.minTissueArea, p.minHoleArea, p.maxHoles, p.otsu],
      ]),
    );
    expect(figures).toEqual({
      default: [8, 7, 4, 100, 16, 8, false],
      'bwh-biopsy': [15, 11, 2, 1, 1, 2, false],
      'bwh-resection': [15, 11, 4, 100, 16, 8, false],
      tcga: [8, 7, 4, 16, 4, 8, false],
    });
  });

  it('lets single parameters replace those of a preset', () => {
    const { clam, hsv } = resolveTissueOptions({ clamPreset: 'tcga', clam: { otsu: true }, hsv: { hue: [100, 120] } });
    expect(clam).toEqual({ ...CLAM_PRESETS.tcga, otsu: true });
    expect(hsv).toEqual({ ...HSV_PRESETS['any-stain'], hue: [100, 120] });
  });

  it.each<[string, unknown]>([
    ['method', { method: 'magic' }],
    ['mpp', { mpp: 0 }],
    ['mpp', { mpp: Number.NaN }],
    ['level', { level: 1.5 }],
    ['level', { level: 'best' }],
    ['maxPixels', { maxPixels: 0 }],
    ['kernelSize', { kernelSize: -1 }],
    ['minContrast', { minContrast: 300 }],
    ['minAreaUm2', { minAreaUm2: -1 }],
    ['minHolePixels', { minHolePixels: '3' }],
    ['hsvPreset', { hsvPreset: 'pas' }],
    ['hsv.hue', { hsv: { hue: [3] } }],
    ['hsv.value', { hsv: { value: [9, 3] } }],
    ['clamPreset', { clamPreset: 'x' }],
    ['clam.medianSize', { clam: { medianSize: 4 } }],
    ['clam.maxHoles', { clam: { maxHoles: 0.5 } }],
    ['combine.rule', { combine: { rule: 'xor' } }],
    ['combine.methods', { combine: { methods: [] } }],
    ['combine.methods', { combine: { methods: ['combine'] } }],
    ['combine.k', { combine: { rule: 'majority', k: 3 } }],
    ['combine.weights', { combine: { rule: 'weighted', weights: [1] } }],
    ['combine.weights', { combine: { rule: 'weighted', weights: [0, 0] } }],
  ])('refuses a bad %s', (option, options) => {
    expect(() => resolveTissueOptions(options as TissueOptions)).toThrow(
      expect.objectContaining({ tag: 'option', option }),
    );
  });
});
