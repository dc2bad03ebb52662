import { checkInteger, withDefaults } from '../utils/options.ts';
import { parseMppOption } from './mpp.ts';

/** How a slide is opened. */
export interface SlideOptions {
  /** Microns per level-0 pixel, for both axes or per axis: overrides what the slide says. */
  mpp?: number | { x: number; y: number } | undefined;
  /** Bytes of decoded tiles to keep. */
  cacheBytes?: number | undefined;
  /** A stored tile (or strip) that decodes to more bytes is refused: no file may ask for all the memory. */
  maxTileBytes?: number | undefined;
}

export const SLIDE_DEFAULTS = {
  cacheBytes: 64 * 2 ** 20,
  maxTileBytes: 96 * 2 ** 20,
} as const;

/** Checked options, passed to the format that opens the slide. */
export interface SlideSettings {
  readonly mpp: { readonly x: number; readonly y: number } | undefined;
  readonly cacheBytes: number;
  readonly maxTileBytes: number;
}

/** @throws OptionError */
export function createSlideSettings(options: SlideOptions | undefined): SlideSettings {
  const { mpp, cacheBytes, maxTileBytes } = withDefaults(SLIDE_DEFAULTS, options);
  return Object.freeze({
    mpp: parseMppOption(mpp),
    cacheBytes: checkInteger('cacheBytes', cacheBytes, { min: 0 }),
    maxTileBytes: checkInteger('maxTileBytes', maxTileBytes, { min: 1 }),
  });
}
