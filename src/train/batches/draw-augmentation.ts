import { createRandom } from '../../utils/random.ts';
import type { AugmentOptions } from './augment-options.ts';
import { drawBox } from './choose-box.ts';
import type { ColorChange } from './color-jitter.ts';
import type { PixelBox } from './kernels/resample-triangle.ts';
import type { StainChange } from './stain-jitter.ts';

interface Size {
  readonly width: number;
  readonly height: number;
}

/** What becomes of one picture. */
export interface Augmentation {
  /** The part of the picture that is taken, before it is turned. */
  readonly box: PixelBox;
  /** As EXIF numbers it, 1 to 8; from 5 on width and height change places. */
  readonly orientation: number;
  /** Undefined where stains stay. */
  readonly stains: StainChange | undefined;
  /** Undefined where colours stay. */
  readonly colors: ColorChange | undefined;
}

/** Last orientation by what turns are allowed: 1 to 4 are mirror images, 5 to 8 the same with a quarter turn. */
const LAST = { none: 1, flips: 4, all: 8 } as const;

/** The same seed and options draw the same, whatever thread it is on. */
export function drawAugmentation(
  picture: Size,
  target: Size,
  { options, seed }: { options: Required<AugmentOptions>; seed: number },
): Augmentation {
  const random = createRandom(seed);
  const spread = (by: number) => (2 * random() - 1) * by;
  const orientation = 1 + Math.floor(random() * LAST[options.turns]);
  const upright = orientation < 5 ? target : { width: target.height, height: target.width };
  const box = drawBox(picture, upright, { least: options.cropScale, random });
  const colors = {
    brightness: 1 + spread(options.brightness),
    contrast: 1 + spread(options.contrast),
    saturation: 1 + spread(options.saturation),
    hue: spread(options.hue),
  };
  const draw = (by: number) => [spread(by), spread(by), spread(by)] as const;
  const [a, b, c] = draw(options.stainFactor);
  const stains: StainChange = { factors: [1 + a, 1 + b, 1 + c], shifts: draw(options.stainShift) };
  return {
    ...{ box, orientation },
    stains: options.stainFactor + options.stainShift > 0 ? stains : undefined,
    colors: options.brightness + options.contrast + options.saturation + options.hue > 0 ? colors : undefined,
  };
}
