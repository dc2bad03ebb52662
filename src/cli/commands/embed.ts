import { defineCommand } from '../define-command.ts';
import type { OptionTable } from '../option-table.ts';
import { EMBED_OPTIONS, toEmbedOptions } from '../options/embed.ts';
import { PLAN_OPTIONS, toPlanOptions } from '../options/plan.ts';
import { RUN_OPTIONS, toRunOptions } from '../options/run.ts';
import { SLIDE_OPTIONS, toSlideOptions } from '../options/slide.ts';
import { STAIN_OPTIONS, toStainOptions } from '../options/stain-options.ts';
import { TISSUE_OPTIONS, toTissueOptions } from '../options/tissue.ts';
import { PATCH_COMMAND_OPTIONS } from './patches.ts';

export const EMBED_COMMAND_OPTIONS = {
  ...RUN_OPTIONS,
  ...EMBED_OPTIONS,
  ...SLIDE_OPTIONS,
  ...PLAN_OPTIONS,
  size: {
    ...PLAN_OPTIONS.size,
    describe: "pixels of a patch, square: the side of the model's pictures",
    default: "the model's",
  },
  patchMpp: { ...PLAN_OPTIONS.patchMpp, default: "the card's, else 0.5" },
  ...STAIN_OPTIONS,
  tissue: PATCH_COMMAND_OPTIONS.tissue,
  ...TISSUE_OPTIONS,
} as const satisfies OptionTable;

export const embedCommand = defineCommand({
  name: 'embed',
  usage: 'SLIDES... --model MODEL.onnx --out DIR [options]',
  describe: 'Features of the patches of each slide, by any ONNX model',
  details: [
    'Finds the tissue, plans patches as `patches` does, and runs the model over them in one pass, without patch files: threads ' +
      'cut the next patches while the model has these. Writes the files of --layout, each with a record beside it, ' +
      'DIR/<slide>/tissue/, and DIR/features.csv. A slide that is done is left as it is when the command is given again.',
  ],
  examples: [
    { command: 'embed slide.svs --model uni.onnx --out features', describe: 'features/slide.safetensors' },
    {
      command: 'embed slides/ --model dino.onnx --take cls-mean --patch-mpp 1 --out features --layout clam',
      describe: "class token and mean of the others, in CLAM's files",
    },
    {
      command: 'embed slides/ --model resnet.onnx --output maps --batch-size 64 --out features --layout trident',
      describe: 'means of the maps of a convolutional network',
    },
    {
      command: 'embed slides/ --model uni.onnx --out features --stain macenko',
      describe: "of patches in the colours of torchstain's reference",
    },
    {
      command: 'embed slides/ --model uni.onnx --out features --dry-run',
      describe: 'how many patches, bytes and minutes',
    },
  ],
  inputs: 'some',
  options: EMBED_COMMAND_OPTIONS,
  async run(args, context) {
    const { runEmbed } = await import('./embed/run-embed.ts');
    const { dryRun, ...run } = toRunOptions(args);
    const work = { ...run, ...toEmbedOptions(args), ...toPlanOptions(args), stain: toStainOptions(args) };
    const tissue = args.tissue === false ? false : toTissueOptions(args);
    return runEmbed({ inputs: args.inputs, ...toSlideOptions(args), dryRun, work: { ...work, tissue } }, context);
  },
});
