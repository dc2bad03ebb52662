import { inGroup, type OptionTable, type ParsedOptions, toFlag } from '../option-table.ts';
import { UsageError } from '../usage-error.ts';
import { dropUndefined } from './convert.ts';
import { EMBED_OPTIONS } from './embed.ts';
import { HEATMAP_OPTIONS } from './heatmap.ts';
import { LABEL_OPTIONS } from './labels.ts';
import { PREDICT_SLIDES_OPTIONS } from './predict-slides.ts';
import { WRITE_OPTIONS } from './write.ts';

const backbone = 'With --model:';
const classifier = 'With --model and --mil:';

const { model, onBadTile: _onBadTile, ...embedding } = EMBED_OPTIONS;
const { classNames, temperature, threshold, logitsOutput, attentionOutput, instanceOutput, anyBackbone } =
  PREDICT_SLIDES_OPTIONS;
const { aggregate, topK, quantile, labels } = PREDICT_SLIDES_OPTIONS;
const { value, colorMap, alpha, smooth } = HEATMAP_OPTIONS;

/** The network that makes features: options of `embed`. */
const BACKBONE_OPTIONS = inGroup({ ...embedding }, backbone);

/** The classifier of slides: options of `predict slides` and `heatmap`. */
const CLASSIFIER_OPTIONS = inGroup(
  {
    ...{ classNames, temperature, threshold, logitsOutput, attentionOutput, instanceOutput, anyBackbone },
    ...{ aggregate, topK, quantile, labels, value, colorMap, alpha, smooth },
    heatmaps: {
      type: 'boolean',
      describe: 'draw where the model looked; --no-heatmaps leaves it out',
      default: true,
    },
  } as const,
  classifier,
);

/** What `run` does besides, where it is given models. */
export const MODEL_RUN_OPTIONS = {
  model: {
    type: 'string',
    describe: 'ONNX file of a backbone: features of the patches instead of files of them',
    group: model.group,
    alias: model.alias,
  },
  mil: {
    type: 'string',
    describe: 'ONNX file of a classifier of slides, as `train phase2` leaves it: predictions and heatmaps',
    group: model.group,
  },
  ...BACKBONE_OPTIONS,
  ...CLASSIFIER_OPTIONS,
} as const satisfies OptionTable;

type ModelRunArguments = ParsedOptions<typeof MODEL_RUN_OPTIONS>;

/** Options that say how patch files are made, which a run with models does not. */
const FILE_OPTIONS = Object.keys({ ...WRITE_OPTIONS, ...LABEL_OPTIONS }).filter((key) => key !== 'onBadTile');

/** An option that has no say is told of, not passed over. @throws UsageError */
export function checkModelRun(args: Readonly<Record<string, unknown>>): void {
  const given = (keys: readonly string[]) => keys.find((key) => args[key] !== undefined);
  if (args['model'] === undefined) {
    const stray = given(['mil', ...Object.keys(BACKBONE_OPTIONS), ...Object.keys(CLASSIFIER_OPTIONS)]);
    if (stray !== undefined)
      throw new UsageError(`${toFlag(stray)} is for runs with a model`, { hint: 'give --model BACKBONE.onnx' });
    return;
  }
  const file = given(FILE_OPTIONS);
  if (file !== undefined)
    throw new UsageError(`${toFlag(file)} is for files of patches, and a run with --model makes none`, {
      hint: 'leave it out, or cut patches with another run',
    });
  const stray = args['mil'] === undefined ? given(Object.keys(CLASSIFIER_OPTIONS)) : undefined;
  if (stray !== undefined)
    throw new UsageError(`${toFlag(stray)} is for predictions of slides`, { hint: 'give --mil MODEL.onnx' });
}

/** How slides are predicted; undefined without `--mil`. */
export function toClassifierWork(args: ModelRunArguments) {
  const { mil, temperature, threshold, logitsOutput, attentionOutput, instanceOutput, anyBackbone } = args;
  const { aggregate, topK, quantile, labels, threads, device, overwrite, classNames: classes } = args;
  if (mil === undefined) return undefined;
  return {
    ...{ model: mil, classes, temperature, threshold, logitsOutput, attentionOutput, instanceOutput, anyBackbone },
    ...{ aggregate, topK, quantile, labels, threads, device, overwrite },
  };
}

/** How heatmaps look; false where none are wanted. */
export function toRunHeatmaps({ heatmaps, value, colorMap, alpha, smooth, overwrite }: ModelRunArguments) {
  return heatmaps === false ? false : dropUndefined({ value, colorMap, alpha, smooth, overwrite });
}
