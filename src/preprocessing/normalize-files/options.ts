import { checkChoice, checkInteger, withDefaults } from '../../utils/options.ts';

/** Of the pictures that are written; `same` is that of the input. */
export const PICTURE_FORMATS = ['same', 'png', 'jpeg', 'tiff'] as const;
export type PictureFormatChoice = (typeof PICTURE_FORMATS)[number];
export type PictureFormat = Exclude<PictureFormatChoice, 'same'>;

/** How a picture is written. */
export interface PictureOptions {
  format?: PictureFormatChoice | undefined;
  /** 1..100, for JPEG. */
  quality?: number | undefined;
}

export const PICTURE_DEFAULTS = Object.freeze({ format: 'same', quality: 90 } as const satisfies PictureOptions);

/** @throws OptionError */
export function checkPictureOptions(options: PictureOptions | undefined) {
  const { format, quality } = withDefaults(PICTURE_DEFAULTS, options);
  return Object.freeze({
    format: checkChoice<PictureFormatChoice>('format', format, PICTURE_FORMATS),
    quality: checkInteger('quality', quality, { min: 1, max: 100 }),
  });
}
