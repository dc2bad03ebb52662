import type { RemoteOptions } from '../io/source/remote-options.ts';
import { OptionError } from '../utils/errors.ts';
import { checkChoice, checkInteger, withDefaults } from '../utils/options.ts';
import { parseMppOption } from './mpp.ts';

/** What reads slides: slideloom's own formats, OpenSlide, or the one for what the other does not know. */
export const SLIDE_BACKENDS = ['auto', 'native', 'openslide'] as const;

export type SlideBackend = (typeof SLIDE_BACKENDS)[number];

/** How a slide is opened. */
export interface SlideOptions {
  /** Microns per level-0 pixel, for both axes or per axis: overrides what the slide says. */
  mpp?: number | { x: number; y: number } | undefined;
  /** Bytes of decoded tiles to keep. */
  cacheBytes?: number | undefined;
  /** A stored tile (or strip) that decodes to more bytes is refused: no file may ask for all the memory. */
  maxTileBytes?: number | undefined;
  /** Focal plane, from 0, of a slide that has several; the first by default. */
  z?: number | undefined;
  /** Time point, from 0, of a slide that has several; the first by default. */
  t?: number | undefined;
  /**
   * `auto`: slideloom's own formats, and OpenSlide, where it is installed, for files that none of them knows; `native`: own
   * formats only; `openslide`: OpenSlide, whatever the file is.
   */
  backend?: SlideBackend | undefined;
  /** How a remote slide is read; see `REMOTE_DEFAULTS`. */
  remote?: RemoteOptions | undefined;
  /** Path or name of OpenSlide's library, in place of the system's; also from the environment, `SLIDELOOM_OPENSLIDE`. */
  openslideLibrary?: string | undefined;
}

export const SLIDE_DEFAULTS = {
  cacheBytes: 64 * 2 ** 20,
  maxTileBytes: 96 * 2 ** 20,
  z: 0,
  t: 0,
  backend: 'auto',
} as const;

/** Checked options, passed to the format that opens the slide. */
export interface SlideSettings {
  readonly mpp: { readonly x: number; readonly y: number } | undefined;
  readonly cacheBytes: number;
  readonly maxTileBytes: number;
  readonly z: number;
  readonly t: number;
  readonly backend: SlideBackend;
  readonly openslideLibrary: string | undefined;
}

/** @throws OptionError */
export function createSlideSettings(options: SlideOptions | undefined): SlideSettings {
  const { mpp, cacheBytes, maxTileBytes, z, t, backend, openslideLibrary } = withDefaults(SLIDE_DEFAULTS, options);
  return Object.freeze({
    mpp: parseMppOption(mpp),
    cacheBytes: checkInteger('cacheBytes', cacheBytes, { min: 0 }),
    maxTileBytes: checkInteger('maxTileBytes', maxTileBytes, { min: 1 }),
    z: checkInteger('z', z, { min: 0 }),
    t: checkInteger('t', t, { min: 0 }),
    backend: checkChoice('backend', backend, SLIDE_BACKENDS),
    openslideLibrary: checkLibrary(openslideLibrary),
  });
}

function checkLibrary(path: string | undefined): string | undefined {
  if (path === undefined || (typeof path === 'string' && path !== '')) return path;
  throw new OptionError('openslideLibrary', 'a path or a name', path);
}
