import { checkChoice, checkNumber, withDefaults } from '../../utils/options.ts';

export const TURN_CHOICES = ['none', 'flips', 'all'] as const;

/** How pictures are changed at random before a model learns from them. */
export interface AugmentOptions {
  /** `flips`: mirrored left-right and top-bottom. `all`: turned by quarters too. */
  turns?: (typeof TURN_CHOICES)[number];
  /** Least share of a picture's area that a crop keeps, above 0; 1 for no crops. Their sides are 3:4 to 4:3. */
  cropScale?: number;
  /** Brightness, contrast and saturation are multiplied by 1 ± up to this. */
  brightness?: number;
  contrast?: number;
  saturation?: number;
  /** Colours go round the grey axis by up to this share of a turn, 0 to 0.5. */
  hue?: number;
  /** Concentrations of haematoxylin, eosin and the rest are multiplied by 1 ± up to this. */
  stainFactor?: number;
  /** And moved by up to this optical density (natural logarithm). */
  stainShift?: number;
}

/** Tissue has no upside; the colours of laboratories differ. */
export const AUGMENT_PICTURE_DEFAULTS = Object.freeze({
  turns: 'all',
  cropScale: 0.8,
  brightness: 0.1,
  contrast: 0.1,
  saturation: 0.1,
  hue: 0.02,
  stainFactor: 0.05,
  stainShift: 0.02,
} as const satisfies Required<AugmentOptions>);

/** Nothing is changed. */
export const NO_AUGMENTATION: Readonly<Required<AugmentOptions>> = Object.freeze({
  turns: 'none',
  cropScale: 1,
  brightness: 0,
  contrast: 0,
  saturation: 0,
  hue: 0,
  stainFactor: 0,
  stainShift: 0,
});

/** @throws OptionError */
export function resolveAugmentation(options: AugmentOptions = {}): Required<AugmentOptions> {
  const chosen = withDefaults<Required<AugmentOptions>, AugmentOptions>(AUGMENT_PICTURE_DEFAULTS, options);
  const share = { min: 0, max: 1 };
  return {
    turns: checkChoice('turns', chosen.turns, TURN_CHOICES),
    cropScale: checkNumber('cropScale', chosen.cropScale, { min: 0.01, max: 1 }),
    brightness: checkNumber('brightness', chosen.brightness, share),
    contrast: checkNumber('contrast', chosen.contrast, share),
    saturation: checkNumber('saturation', chosen.saturation, share),
    hue: checkNumber('hue', chosen.hue, { min: 0, max: 0.5 }),
    stainFactor: checkNumber('stainFactor', chosen.stainFactor, share),
    stainShift: checkNumber('stainShift', chosen.stainShift, share),
  };
}
