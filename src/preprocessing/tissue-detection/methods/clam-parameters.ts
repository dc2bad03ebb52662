import { OptionError } from '../../../utils/errors.ts';
import { checkInteger, checkNumber } from '../../../utils/options.ts';

/** CLAM's segmentation and filter parameters; CLAM's own name in brackets. */
export interface ClamParameters {
  /** Saturation above which a pixel counts, 0..255 (sthresh). Unused with `otsu`. */
  readonly saturationThreshold: number;
  /** Median window in pixels, odd (mthresh). */
  readonly medianSize: number;
  /** Square closing kernel in pixels, 0 for none (close). */
  readonly closeSize: number;
  /** Otsu's threshold of the median image instead of the fixed one (use_otsu). */
  readonly otsu: boolean;
  /** A piece's area without holes must exceed this many reference patches (a_t). */
  readonly minTissueArea: number;
  /** A hole's area must exceed this many reference patches, or it is filled (a_h). */
  readonly minHoleArea: number;
  /** Only the largest so many holes of a piece are kept (max_n_holes). */
  readonly maxHoles: number;
  /** Side of a reference patch in level-0 pixels (ref_patch_size). */
  readonly referencePatchSize: number;
}

const CLAM_DEFAULT: ClamParameters = {
  saturationThreshold: 8,
  medianSize: 7,
  closeSize: 4,
  otsu: false,
  minTissueArea: 100,
  minHoleArea: 16,
  maxHoles: 8,
  referencePatchSize: 512,
};

/** CLAM's command line defaults and its preset files. `default` drops every piece under 26 Mpx of level 0. */
export const CLAM_PRESETS = {
  default: CLAM_DEFAULT,
  'bwh-biopsy': {
    ...CLAM_DEFAULT,
    saturationThreshold: 15,
    medianSize: 11,
    closeSize: 2,
    minTissueArea: 1,
    minHoleArea: 1,
    maxHoles: 2,
  },
  'bwh-resection': { ...CLAM_DEFAULT, saturationThreshold: 15, medianSize: 11 },
  tcga: { ...CLAM_DEFAULT, minTissueArea: 16, minHoleArea: 4 },
} as const satisfies Record<string, ClamParameters>;
export type ClamPreset = keyof typeof CLAM_PRESETS;

/** @throws OptionError */
export function checkClam(clam: ClamParameters): void {
  checkNumber('clam.saturationThreshold', clam.saturationThreshold, { min: 0, max: 255 });
  checkInteger('clam.medianSize', clam.medianSize, { min: 1, max: 255 });
  if (clam.medianSize % 2 === 0) throw new OptionError('clam.medianSize', 'an odd integer', clam.medianSize);
  checkInteger('clam.closeSize', clam.closeSize, { min: 0, max: 255 });
  checkNumber('clam.minTissueArea', clam.minTissueArea, { min: 0 });
  checkNumber('clam.minHoleArea', clam.minHoleArea, { min: 0 });
  checkInteger('clam.maxHoles', clam.maxHoles, { min: 0 });
  checkInteger('clam.referencePatchSize', clam.referencePatchSize, { min: 1 });
}
