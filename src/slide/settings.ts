import type { RemoteOptions } from '../io/source/remote-options.ts';
import { OptionError } from '../utils/errors.ts';
import { checkBoolean, checkChoice, checkInteger, withDefaults } from '../utils/options.ts';
import { type MppOption, parseMppOption } from './mpp.ts';
import type { SampleWindow } from './slide.ts';

/** What reads slides: slideloom's own formats, OpenSlide, or the one for what the other does not know. */
export const SLIDE_BACKENDS = ['auto', 'native', 'openslide'] as const;

export type SlideBackend = (typeof SLIDE_BACKENDS)[number];

/** Colours to which a slide's ICC profile may bring its pixels. */
export const ICC_TARGETS = ['srgb'] as const;

/** How a slide is opened. */
export interface SlideOptions {
  /** Microns per level-0 pixel, for both axes or per axis: overrides what the slide says. */
  mpp?: MppOption | undefined;
  /**
   * Where the slide says nothing of its pixel size, take 10 µm / magnification of its objective: an estimate that may be off
   * by 20 %. `mpp.source` is then `objective`.
   */
  mppFromObjective?: boolean | undefined;
  /**
   * Hands out all pixels in sRGB, by the profile that the slide carries (rendering intent perceptual); where it carries none
   * they are as stored, and so they are by default. `Slide.icc` says what was done. Memory: 48 MiB for all slides with the
   * same profile, shared by threads. Stored tiles (`readTile`) and single channels keep their values.
   */
  icc?: (typeof ICC_TARGETS)[number] | undefined;
  /** Bytes of decoded tiles to keep. */
  cacheBytes?: number | undefined;
  /** A stored tile (or strip) that decodes to more bytes is refused: no file may ask for all the memory. */
  maxTileBytes?: number | undefined;
  /** Focal plane, from 0, of a slide that has several; the first by default. */
  z?: number | undefined;
  /** Time point, from 0, of a slide that has several; the first by default. */
  t?: number | undefined;
  /**
   * Shows one channel alone, as grey: its position from 0, or its name; red, green and blue of an RGB slide. By default RGB
   * pixels are shown as they are and several channels together, each in its colour.
   */
  channel?: number | string | undefined;
  /**
   * The samples to show as black and as white, of all channels or by name (or position); in place of what the slide says,
   * and of the range of the type.
   */
  window?: SampleWindow | Readonly<Record<string, SampleWindow>> | undefined;
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
  mppFromObjective: false,
  backend: 'auto',
} as const;

/** Checked options, passed to the format that opens the slide. */
export interface SlideSettings {
  readonly mpp: { readonly x: number; readonly y: number } | undefined;
  readonly mppFromObjective: boolean;
  readonly icc: (typeof ICC_TARGETS)[number] | undefined;
  readonly cacheBytes: number;
  readonly maxTileBytes: number;
  readonly z: number;
  readonly t: number;
  readonly channel?: number | string | undefined;
  readonly window?: SampleWindow | Readonly<Record<string, SampleWindow>> | undefined;
  readonly backend: SlideBackend;
  readonly openslideLibrary: string | undefined;
}

/** @throws OptionError */
export function createSlideSettings(options: SlideOptions | undefined): SlideSettings {
  const checked = withDefaults(SLIDE_DEFAULTS, options);
  const { mpp, mppFromObjective, icc, cacheBytes, maxTileBytes, z, t, backend, openslideLibrary } = checked;
  return Object.freeze({
    mpp: parseMppOption(mpp),
    mppFromObjective: checkBoolean('mppFromObjective', mppFromObjective),
    icc: icc === undefined ? undefined : checkChoice('icc', icc, ICC_TARGETS),
    cacheBytes: checkInteger('cacheBytes', cacheBytes, { min: 0 }),
    maxTileBytes: checkInteger('maxTileBytes', maxTileBytes, { min: 1 }),
    z: checkInteger('z', z, { min: 0 }),
    t: checkInteger('t', t, { min: 0 }),
    channel: checkChannel(options?.channel),
    window: checkWindow(options?.window),
    backend: checkChoice('backend', backend, SLIDE_BACKENDS),
    openslideLibrary: checkLibrary(openslideLibrary),
  });
}

function checkLibrary(path: string | undefined): string | undefined {
  if (path === undefined || (typeof path === 'string' && path !== '')) return path;
  throw new OptionError('openslideLibrary', 'a path or a name', path);
}

function checkChannel(channel: unknown): number | string | undefined {
  if (channel === undefined || (typeof channel === 'string' && channel !== '')) return channel;
  return checkInteger('channel', channel, { min: 0 });
}

function checkWindow(window: SlideOptions['window']): SlideOptions['window'] {
  if (window === undefined) return undefined;
  const pairs: unknown[] = Array.isArray(window) ? [window] : Object.values(Object(window));
  for (const pair of pairs) {
    const [low, high, ...more]: unknown[] = Array.isArray(pair) ? pair : [];
    const sound = Number.isFinite(low) && Number.isFinite(high) && more.length === 0 && Number(low) < Number(high);
    const received = Array.isArray(pair) ? pair.join(':') : pair;
    if (!sound) throw new OptionError('window', 'two numbers, the lower one first', received);
  }
  if (pairs.length > 0) return window;
  throw new OptionError('window', 'two numbers, or two for each channel', window);
}
