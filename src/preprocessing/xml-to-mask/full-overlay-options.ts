import { OptionError } from '../../utils/errors.ts';
import { checkChoice, checkInteger, withDefaults } from '../../utils/options.ts';

/** How the slide is written where it is drawn on. */
export interface FullOverlayOptions {
  /** Pixels across that are read from the slide at once: memory, and not the result, depends on it. */
  chunkSize?: number | undefined;
  /** 1..100, of JPEG. */
  quality?: number | undefined;
  /** What stands where nothing is drawn. */
  background?: 'black' | 'white' | undefined;
  /** `white` paints a stored tile that can't be read and counts it; `fail` stops. */
  onBadTile?: 'fail' | 'white' | undefined;
}

export const FULL_OVERLAY_DEFAULTS = {
  chunkSize: 4096,
  quality: 90,
  background: 'black',
  onBadTile: 'fail',
} as const satisfies FullOverlayOptions;

/** @throws OptionError */
export function checkFullOverlay(options: FullOverlayOptions | undefined, tileSize: number) {
  const given = withDefaults(FULL_OVERLAY_DEFAULTS, options);
  if (checkInteger('chunkSize', given.chunkSize, { min: 1 }) < tileSize)
    throw new OptionError('chunkSize', `at least the side of tiles, ${tileSize}`, given.chunkSize);
  return {
    chunkSize: given.chunkSize,
    quality: checkInteger('quality', given.quality, { min: 1, max: 100 }),
    background: checkChoice('background', given.background, ['black', 'white']) === 'black' ? 0 : 255,
    onBadTile: checkChoice('onBadTile', given.onBadTile, ['fail', 'white']),
  };
}
