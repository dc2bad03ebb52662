import { COLOR_MAP_NAMES } from '../../inference/heatmap/color-maps.ts';
import { NORMALIZATIONS } from '../../inference/heatmap/normalize-scores.ts';
import { HEATMAP_DEFAULTS, OVERLAY_FORMATS, resolveLook } from '../../inference/heatmap/options.ts';
import type { OptionTable, ParsedOptions } from '../option-table.ts';
import { checkWithFlags } from './convert.ts';
import { THREAD_OPTIONS } from './predict/run.ts';
import { RUN_OPTIONS } from './run.ts';

const scores = 'Scores:';
const look = 'Pictures:';
const run = 'Run:';

/** Where the numbers come from, and how they look: each is an option of `createHeatmap`. */
export const HEATMAP_OPTIONS = {
  scores: {
    type: 'string',
    describe:
      'CSV with x, y (level-0 pixels) and a number for each patch, such as attention/NAME.csv of `predict slides`; or a folder of them',
    group: scores,
  },
  features: {
    type: 'string',
    describe: 'instead of --scores, with --model: what `embed` left, or files of CLAM, TRIDENT or STAMP',
    group: scores,
  },
  model: { type: 'string', describe: 'ONNX file of a classifier of slides', group: scores, alias: 'm' },
  value: {
    type: 'string',
    describe: 'what is shown: attention, a class, or a column',
    default: 'attention where there is any, else the second of two classes',
    group: scores,
  },
  patchSpan: {
    type: 'number',
    describe: 'level-0 pixels that a patch spans, where the scores do not say it',
    default: 'the step of their grid',
    group: scores,
  },
  anyBackbone: { type: 'boolean', describe: 'let features of another network through', group: scores },
  normalize: {
    type: 'string',
    choices: NORMALIZATIONS,
    describe: 'how numbers become colours; auto leaves probabilities as they are, and ranks all else',
    default: HEATMAP_DEFAULTS.normalize,
    group: look,
  },
  percentiles: {
    type: 'numbers',
    describe: 'with --normalize percentile: those at the ends of the colour map',
    default: HEATMAP_DEFAULTS.percentiles.join(),
    group: look,
  },
  colorMap: {
    type: 'string',
    choices: COLOR_MAP_NAMES,
    describe: 'colours from the lowest to the highest number',
    default: HEATMAP_DEFAULTS.colorMap,
    group: look,
  },
  alpha: {
    type: 'number',
    describe: 'how much the colours cover, 0 to 1',
    default: HEATMAP_DEFAULTS.alpha,
    group: look,
  },
  threshold: {
    type: 'number',
    describe: 'leave clear what is below that share of the colour map, 0 to 1',
    default: HEATMAP_DEFAULTS.threshold,
    group: look,
  },
  smooth: { type: 'boolean', describe: 'go from patch to patch without steps', group: look },
  format: {
    type: 'string',
    choices: OVERLAY_FORMATS,
    describe: 'overlay for viewers: a pyramidal TIFF, a Deep Zoom folder, or none',
    default: HEATMAP_DEFAULTS.format,
    group: look,
  },
  downsample: {
    type: 'number',
    describe: 'level-0 pixels for each pixel of the overlay',
    default: 'up to 32, by the grid of patches',
    group: look,
  },
  pictureSize: {
    type: 'number',
    describe: 'longest side of the slide in NAME.png, in pixels',
    default: HEATMAP_DEFAULTS.pictureSize,
    group: look,
  },
  topK: {
    type: 'number',
    describe: 'patches of the highest numbers in NAME.top.png',
    default: HEATMAP_DEFAULTS.topK,
    group: look,
  },
  bottomK: {
    type: 'number',
    describe: 'patches of the lowest numbers in it',
    default: HEATMAP_DEFAULTS.bottomK,
    group: look,
  },
  out: RUN_OPTIONS.out,
  threads: THREAD_OPTIONS.threads,
  overwrite: { type: 'boolean', describe: 'replace files that are there, and make anew what is done', group: run },
} as const satisfies OptionTable;

/** For `heatmapSlides`. @throws UsageError */
export function toHeatmapOptions(args: ParsedOptions<typeof HEATMAP_OPTIONS>) {
  const { value, patchSpan, anyBackbone, normalize, percentiles, colorMap, alpha, threshold, smooth } = args;
  const { format, downsample, pictureSize, topK, bottomK } = args;
  const colors = { normalize, percentiles, colorMap, alpha, threshold, smooth };
  const shown = { ...{ value, patchSpan, anyBackbone, ...colors }, format, downsample, pictureSize, topK, bottomK };
  checkWithFlags({}, () => resolveLook(shown));
  const { out, scores: table, features, model, threads, overwrite } = args;
  return { ...shown, out, scores: table, features, model, threads, overwrite };
}
