import { resolve } from 'node:path';
import { OptionError } from '../../utils/errors.ts';
import { checkBoolean, checkChoice, checkInteger, checkNumber, withDefaults } from '../../utils/options.ts';
import { VIEWER_DEFAULTS, type ViewerConfig } from '../options.ts';
import type { ExportFault } from './export-fault.ts';

/** A folder of files that shows slides from any web server. */
export interface ExportConfig extends ViewerConfig, Partial<{ [K in keyof LevelLimits]: LevelLimits[K] | undefined }> {
  /** The folder, made when missing. */
  readonly out: string;
  /** What stands at the top of the page; `slideloom` where it is not given. */
  readonly title?: string | undefined;
  /** Views that are written too, each as large as the slide: names of `SlideFacts.views`, or `all`. */
  readonly views?: readonly string[] | undefined;
  /** What to do about a stored tile that can't be read: stop the slide, or leave out the tiles that need it. */
  readonly onBadTile?: ExportBadTiles | undefined;
  /** Make all anew, and remove slides of an earlier export that are not among these. */
  readonly overwrite?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onEvent?: ((event: ExportEvent) => void) | undefined;
}

export const EXPORT_BAD_TILES = ['fail', 'skip'] as const;
export type ExportBadTiles = (typeof EXPORT_BAD_TILES)[number];

/** Which levels of slides and layers are written. */
export interface LevelLimits {
  /** Microns per pixel of the finest level: the one nearest to it, by halves. */
  readonly finestMpp: number | undefined;
  /** The same in level-0 pixels for each pixel. */
  readonly finestDownsample: number | undefined;
  /** Only levels that the slide stores, and those coarser than all of these: enough for the page, not for other viewers. */
  readonly storedLevels: boolean;
}

/** What happens, for progress bars and logs. `slide` counts from 0, `done` and `total` files of the slide. */
export type ExportEvent =
  | { readonly kind: 'slide-start'; readonly slide: number; readonly slides: number; readonly id: string }
  | { readonly kind: 'progress'; readonly slide: number; readonly done: number; readonly total: number }
  | { readonly kind: 'slide-end'; readonly slide: number; readonly row: ExportRow };

/** What became of a slide. */
export interface ExportRow {
  readonly id: string;
  readonly status: 'done' | 'failed';
  /** `done`: nothing had to be made. */
  readonly state: 'fresh' | 'done';
  readonly files: number;
  readonly bytes: number;
  /** Stored tiles that can't be read; what needs them was left out. */
  readonly badTiles: readonly { readonly level: number; readonly col: number; readonly row: number }[];
  readonly notices: readonly string[];
  readonly seconds: number;
  readonly error?: ExportFault;
}

export const EXPORT_DEFAULTS = {
  quality: VIEWER_DEFAULTS.quality,
  views: [] as readonly string[],
  onBadTile: 'fail',
  overwrite: false,
  storedLevels: false,
} as const;

export interface ExportSettings extends LevelLimits {
  readonly out: string;
  readonly title: string | undefined;
  readonly views: readonly string[];
  /** Of JPEG that is encoded, 1 to 100. */
  readonly quality: number;
  readonly onBadTile: ExportBadTiles;
  readonly overwrite: boolean;
}

/** @throws OptionError */
export function resolveExport(config: Omit<ExportConfig, 'slides'>): ExportSettings {
  const checked = withDefaults(EXPORT_DEFAULTS, config);
  const { out, title, views, quality, finestMpp, finestDownsample, onBadTile, overwrite, storedLevels } = checked;
  if (out === '') throw new OptionError('out', 'the path of a folder', out);
  if (finestMpp !== undefined && finestDownsample !== undefined)
    throw new OptionError('finestDownsample', 'none beside `finestMpp`', finestDownsample);
  return {
    out: resolve(out),
    title,
    views,
    quality: checkInteger('quality', quality, { min: 1, max: 100 }),
    onBadTile: checkChoice('onBadTile', onBadTile, EXPORT_BAD_TILES),
    overwrite: checkBoolean('overwrite', overwrite),
    finestMpp: finestMpp === undefined ? undefined : checkNumber('finestMpp', finestMpp, { above: 0 }),
    finestDownsample:
      finestDownsample === undefined ? undefined : checkNumber('finestDownsample', finestDownsample, { min: 1 }),
    storedLevels: checkBoolean('storedLevels', storedLevels),
  };
}
