import { checkChoice, checkInteger, checkNumber } from '../../utils/options.ts';
import { BAD_IMAGE_CHOICES, type BadImageChoice } from '../data/check-images.ts';
import type { Example } from '../data/example.ts';
import { type AugmentOptions, resolveAugmentation } from './augment-options.ts';
import type { PictureSettings } from './batch-job.ts';
import { MIX_ALPHA_RANGE } from './draw-mix-share.ts';

export interface LoadOptions {
  examples: readonly Example[];
  classCount: number;
  batchSize: number;
  settings: PictureSettings;
  /** Of all random changes, together with epoch and place. */
  seed: number;
  /** Undefined: pictures are taken as they are, as for validation. */
  augment?: AugmentOptions | undefined;
  /** Alpha of mixup; 0 for none. Default 0. */
  mixup?: number;
  /** Default 0. */
  labelSmoothing?: number;
  /** A picture that can't be read ends the run, or is left out of its batch and listed. Default `fail`. */
  onBadImage?: BadImageChoice;
  /** Batches that are being read or wait for the caller, at most. Default: two for each thread, and one. */
  prefetch?: number | undefined;
}

/** @throws OptionError */
export function resolveLoadOptions(options: LoadOptions, threads: number) {
  const { examples, settings } = options;
  const classCount = checkInteger('classCount', options.classCount, { min: 2 });
  checkInteger('width', settings.width, { min: 1, max: 4096 });
  checkInteger('height', settings.height, { min: 1, max: 4096 });
  const mixup = checkNumber('mixup', options.mixup ?? 0, { min: 0, max: MIX_ALPHA_RANGE.max });
  return {
    ...{ examples, settings, classCount },
    batchSize: checkInteger('batchSize', options.batchSize, { min: 1 }),
    seed: checkInteger('seed', options.seed),
    augment: options.augment && resolveAugmentation(options.augment),
    mixup: mixup === 0 ? 0 : checkNumber('mixup', mixup, MIX_ALPHA_RANGE),
    labelSmoothing: checkNumber('labelSmoothing', options.labelSmoothing ?? 0, { min: 0, max: 0.99 }),
    skipBad: checkChoice('onBadImage', options.onBadImage ?? 'fail', BAD_IMAGE_CHOICES) === 'skip',
    prefetch: checkInteger('prefetch', options.prefetch ?? 2 * threads + 1, { min: 1 }),
  };
}

export type LoadSettings = ReturnType<typeof resolveLoadOptions>;
