import { STAIN_METHODS } from '../../preprocessing/stain-normalization/options.ts';
import { checkInteger } from '../../utils/options.ts';
import type { ViewerServerConfig } from '../../viewer/options.ts';
import { inGroup, type OptionTable, type ParsedOptions } from '../option-table.ts';
import { checkWithFlags, dropUndefined } from './convert.ts';
import { ANNOTATION_OPTIONS } from './masks.ts';
import { RUN_OPTIONS } from './run.ts';
import { SLIDE_OPTIONS, toSlideOptions } from './slide.ts';

const shown = 'Shown:';
const server = 'Server:';

/** Asked for where none is given: links to slides keep their address from one day to the next. */
export const VIEW_PORT = 4180;

/** What of slides is shown: of `view` and `export`. */
export const SHOWN_OPTIONS = {
  layers: {
    type: 'strings',
    describe:
      'files and folders that lie over slides of their names (SLIDE.xml, SLIDE_tumour.geojson): annotations, masks, heatmaps, ' +
      'tables of patches; what a run holds is found without',
    group: shown,
  },
  ...inGroup({ coordsFrame: ANNOTATION_OPTIONS.coordsFrame }, shown),
  stain: {
    type: 'string',
    choices: [...STAIN_METHODS, 'none'],
    describe: 'colours in which stained slides can be shown beside their own',
    default: 'macenko',
    group: shown,
  },
  stainTarget: {
    type: 'strings',
    describe: 'whose colours they get: images, slides or profiles (.json)',
    default: "the method's own reference, where it has one",
    group: shown,
  },
  showLabel: {
    type: 'boolean',
    describe: 'show labels, macro and overview pictures too, on which names of patients may be read',
    group: shown,
  },
  followLinks: {
    type: 'boolean',
    describe: 'serve files too that links lead to outside of the folders given',
    group: shown,
  },
} as const satisfies OptionTable;

export const VIEW_OPTIONS = {
  edit: {
    type: 'boolean',
    describe:
      'polygons may be drawn and corrected, and saved into the folders of runs; then a token is needed on this machine too',
    group: server,
  },
  open: { type: 'boolean', describe: 'open the page in a browser', group: server },
  host: {
    type: 'string',
    describe: 'address to listen on; any but this machine asks for a token, which the address printed has',
    default: '127.0.0.1',
    group: server,
  },
  port: {
    type: 'number',
    describe: 'port; 0 for any that is free',
    default: `${VIEW_PORT}, else any that is free`,
    group: server,
  },
  token: {
    type: 'string',
    describe: 'what requests must bring, 16 characters or more',
    default: 'made by chance where one is needed',
    group: server,
  },
  allowedHosts: { type: 'strings', describe: 'names by which a proxy calls the server', group: server },
  requestRate: {
    type: 'number',
    describe: 'requests a second that one address may send; 0 for any number',
    default: '0 on this machine, else 500',
    group: server,
  },
  ...inGroup({ workers: RUN_OPTIONS.workers }, server),
  ...SHOWN_OPTIONS,
  ...SLIDE_OPTIONS,
} as const satisfies OptionTable;

/** @throws UsageError */
export function toShownConfig(
  args: ParsedOptions<typeof SHOWN_OPTIONS & typeof SLIDE_OPTIONS> & { readonly inputs: readonly string[] },
) {
  const { layers, coordsFrame, showLabel, followLinks, stain, stainTarget } = args;
  const { mpp, mppCsv, slide } = toSlideOptions(args);
  const target = stainTarget?.length === 1 ? stainTarget[0] : stainTarget;
  return {
    ...{ slides: args.inputs, layers, coordsFrame, showLabel, followLinks, mppCsv },
    slideOptions: { ...slide, ...(mpp !== undefined && { mpp }) },
    stain: stain === 'none' ? (false as const) : (dropUndefined({ method: stain, target }) ?? {}),
  };
}

/** @throws UsageError */
export function toViewConfig(
  args: ParsedOptions<typeof VIEW_OPTIONS> & { readonly inputs: readonly string[] },
): ViewerServerConfig {
  const { edit, host, port, token, allowedHosts, requestRate, workers } = args;
  if (port !== undefined) checkWithFlags({}, () => checkInteger('port', port, { min: 0, max: 65_535 }));
  return { ...toShownConfig(args), edit, host, port, token, allowedHosts, requestRate, workers };
}
