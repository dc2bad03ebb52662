import { AUGMENT_PICTURE_DEFAULTS, TURN_CHOICES } from '../../../train/batches/augment-options.ts';
import { PHASE1_DEFAULTS } from '../../../train/train-phase1/options.ts';
import type { OptionTable } from '../../option-table.ts';

const pictures = 'Pictures, changed at random:';

/** How pictures are changed. */
export const PICTURE_OPTIONS = {
  augment: {
    type: 'boolean',
    describe: 'change pictures; --no-augment takes them as they are',
    default: true,
    group: pictures,
  },
  turns: {
    type: 'string',
    choices: TURN_CHOICES,
    describe: 'flips alone, or turned by quarters too',
    default: AUGMENT_PICTURE_DEFAULTS.turns,
    group: pictures,
  },
  cropScale: {
    type: 'number',
    describe: 'least share of the area that a crop keeps',
    default: AUGMENT_PICTURE_DEFAULTS.cropScale,
    group: pictures,
  },
  brightness: {
    type: 'number',
    describe: 'factor, 1 ± up to this',
    default: AUGMENT_PICTURE_DEFAULTS.brightness,
    group: pictures,
  },
  contrast: {
    type: 'number',
    describe: 'factor, 1 ± up to this',
    default: AUGMENT_PICTURE_DEFAULTS.contrast,
    group: pictures,
  },
  saturation: {
    type: 'number',
    describe: 'factor, 1 ± up to this',
    default: AUGMENT_PICTURE_DEFAULTS.saturation,
    group: pictures,
  },
  hue: {
    type: 'number',
    describe: 'share of a turn of the colour wheel',
    default: AUGMENT_PICTURE_DEFAULTS.hue,
    group: pictures,
  },
  stainFactor: {
    type: 'number',
    describe: 'factor of the amount of each stain, 1 ± up to this',
    default: AUGMENT_PICTURE_DEFAULTS.stainFactor,
    group: pictures,
  },
  stainShift: {
    type: 'number',
    describe: 'optical density that is added or taken away',
    default: AUGMENT_PICTURE_DEFAULTS.stainShift,
    group: pictures,
  },
  mixup: {
    type: 'number',
    describe: 'alpha of mixup; 0 for none',
    default: PHASE1_DEFAULTS.mixup,
    group: pictures,
  },
  labelSmoothing: {
    type: 'number',
    describe: 'share of each target that is spread over all classes',
    default: PHASE1_DEFAULTS.labelSmoothing,
    group: pictures,
  },
} as const satisfies OptionTable;
