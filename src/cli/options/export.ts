import { EXPORT_BAD_TILES, EXPORT_DEFAULTS, type ExportConfig, resolveExport } from '../../viewer/export/options.ts';
import { inGroup, type OptionTable, type ParsedOptions } from '../option-table.ts';
import { checkWithFlags } from './convert.ts';
import { RUN_OPTIONS } from './run.ts';
import { SLIDE_OPTIONS } from './slide.ts';
import { SHOWN_OPTIONS, toShownConfig } from './view.ts';

const size = 'Size:';
const run = 'Run:';

export const EXPORT_OPTIONS = {
  finestMpp: {
    type: 'number',
    describe: 'microns per pixel of the finest level that is written, the nearest by halves; finer ones are left out',
    default: 'all levels',
    group: size,
  },
  finestDownsample: {
    type: 'number',
    describe: 'the same in level-0 pixels for each pixel, for slides that say nothing of their pixel size',
    group: size,
  },
  storedLevels: {
    type: 'boolean',
    describe:
      'only levels that the slides store, and those coarser: quicker and smaller; enough for the page, not for other viewers',
    group: size,
  },
  views: {
    type: 'strings',
    describe:
      'views that are written too, each as large as the slide: normalized (colours by --stain), channel-0, channel-1 ..., all',
    default: 'none',
    group: size,
  },
  quality: {
    type: 'number',
    describe: 'of JPEG tiles that the slide does not store, 1 to 100; stored ones are copied as they are',
    default: EXPORT_DEFAULTS.quality,
    group: size,
  },
  ...inGroup(SHOWN_OPTIONS, 'Shown:'),
  title: { type: 'string', describe: 'what stands at the top of the page', default: 'slideloom', group: 'Shown:' },
  out: { ...RUN_OPTIONS.out, describe: 'folder of the files; made when missing' },
  onBadTile: {
    type: 'string',
    choices: EXPORT_BAD_TILES,
    describe: "a stored tile that can't be read: stop the slide, or leave out the tiles that need it",
    default: EXPORT_DEFAULTS.onBadTile,
    group: run,
  },
  overwrite: {
    type: 'boolean',
    describe: 'make all anew, and remove slides of an earlier export that are not among these',
    group: run,
  },
  workers: RUN_OPTIONS.workers,
  dryRun: { ...RUN_OPTIONS.dryRun, describe: 'only estimate files, bytes and minutes; writes nothing' },
  ...SLIDE_OPTIONS,
} as const satisfies OptionTable;

/** @throws UsageError */
export function toExportConfig(
  args: ParsedOptions<typeof EXPORT_OPTIONS> & { readonly inputs: readonly string[] },
): ExportConfig {
  const { out, finestMpp, finestDownsample, storedLevels, views, quality, onBadTile, overwrite, title, workers } = args;
  const own = { out, finestMpp, finestDownsample, storedLevels, views, quality, onBadTile, overwrite, title };
  checkWithFlags({}, () => resolveExport(own));
  return { ...toShownConfig(args), ...own, workers };
}
