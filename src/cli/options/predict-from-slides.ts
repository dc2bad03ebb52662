import { inGroup, type OptionTable, type ParsedOptions, toFlag } from '../option-table.ts';
import { UsageError } from '../usage-error.ts';
import { EMBED_OPTIONS, toEmbedOptions } from './embed.ts';
import { PLAN_OPTIONS, toPlanOptions } from './plan.ts';
import { PREDICT_SLIDES_OPTIONS } from './predict-slides.ts';
import { RUN_OPTIONS, toRunOptions } from './run.ts';
import { SLIDE_OPTIONS, toSlideOptions } from './slide.ts';
import { STAIN_OPTIONS, toStainOptions } from './stain-options.ts';
import { TISSUE_OPTIONS, toTissueOptions } from './tissue.ts';

const { model: _model, device: _device, threads: _threads, overwrite: _overwrite, ...embedding } = EMBED_OPTIONS;
const { layout, precision, onBadTile, ...network } = embedding;
const { workers, workerMemory } = RUN_OPTIONS;
/** `Model:` has the classifier of slides. */
const group = 'Backbone:';

/** Options of `embed`, for slides that come without features. */
const EMBEDDING_OPTIONS = {
  ...inGroup(network, group),
  ...{ layout, precision, onBadTile },
  ...SLIDE_OPTIONS,
  ...PLAN_OPTIONS,
  size: { ...PLAN_OPTIONS.size, describe: "the side of the backbone's pictures", default: "the model's" },
  patchMpp: { ...PLAN_OPTIONS.patchMpp, default: "the card's, else 0.5" },
  ...STAIN_OPTIONS,
  tissue: {
    type: 'boolean',
    describe: 'patches of tissue only; --no-tissue takes the whole slide',
    default: true,
    group: 'Tissue:',
  },
  ...TISSUE_OPTIONS,
  ...{ workers, workerMemory },
} as const satisfies OptionTable;

/** All that `predict slides` takes. */
export const PREDICT_SLIDES_COMMAND_OPTIONS = {
  ...PREDICT_SLIDES_OPTIONS,
  overwrite: {
    ...PREDICT_SLIDES_OPTIONS.overwrite,
    describe: 'make all in --out anew, with --backbone the features too, and replace files of others',
  },
  backbone: {
    type: 'string',
    describe: 'ONNX file that makes features of patches: the inputs are slides then, and are embedded first',
    group,
  },
  ...EMBEDDING_OPTIONS,
} as const satisfies OptionTable;

export type PredictSlidesCommandArguments = ParsedOptions<typeof PREDICT_SLIDES_COMMAND_OPTIONS>;

/** Undefined without `--backbone`. @throws UsageError, also where it was not given and an option of `embed` was */
export function toSlidesToEmbed(inputs: readonly string[], args: PredictSlidesCommandArguments) {
  const { backbone } = args;
  if (backbone === undefined) {
    const stray = Object.keys(EMBEDDING_OPTIONS).find(
      (key) => args[key as keyof typeof EMBEDDING_OPTIONS] !== undefined,
    );
    if (stray === undefined) return undefined;
    throw new UsageError(`${toFlag(stray)} says how slides are embedded, and features are given`, {
      hint: 'give slides and --backbone BACKBONE.onnx',
    });
  }
  const { workers, workerMemory } = toRunOptions({ ...args, dryRun: undefined });
  const tissue = args.tissue === false ? (false as const) : toTissueOptions(args);
  const how = { ...toEmbedOptions({ ...args, model: backbone }), ...toPlanOptions(args), tissue };
  return { inputs, ...toSlideOptions(args), workers, workerMemory, embed: { ...how, stain: toStainOptions(args) } };
}
