import { type CommandArguments, type CommandContext, type CommandExit, defineCommand } from '../define-command.ts';
import type { OptionTable } from '../option-table.ts';
import { toEmbedOptions } from '../options/embed.ts';
import { PLAN_OPTIONS, toPlanOptions } from '../options/plan.ts';
import { toRunOptions } from '../options/run.ts';
import { checkModelRun, MODEL_RUN_OPTIONS, toClassifierWork, toRunHeatmaps } from '../options/run-models.ts';
import { toSlideOptions } from '../options/slide.ts';
import { toStainOptions } from '../options/stain-options.ts';
import { toTissueOptions } from '../options/tissue.ts';
import { toSlideWork } from './cohort/slide-work.ts';
import { PATCH_COMMAND_OPTIONS } from './patches.ts';

const OPTIONS = {
  ...PATCH_COMMAND_OPTIONS,
  size: { ...PLAN_OPTIONS.size, default: `${PLAN_OPTIONS.size.default}; with --model the side of its pictures` },
  ...MODEL_RUN_OPTIONS,
} as const satisfies OptionTable;

export const runCommand = defineCommand({
  name: 'run',
  usage: 'SLIDES... --out DIR [--model BACKBONE [--mil MODEL]] [options]',
  describe: 'The whole road: slides to tissue, patches or predictions, a manifest and a report',
  details: [
    'As `patches`, and DIR/report.html: pictures, counts, timings and failures of every slide, to look at in a browser. ' +
      'One bad slide never stops the others; the exit code is 1 where any failed.',
    'With --model no files of patches are made, but features (DIR/features, as `embed`); with --mil too, slides are predicted ' +
      '(DIR/predictions, as `predict slides`) and heatmaps drawn (DIR/heatmaps, as `heatmap`). manifest.csv and report.html have a ' +
      'row for each slide. A run that was stopped goes on when the same command is given again. For research use only.',
  ],
  examples: [
    { command: 'run slides/ --out out', describe: 'every slide of a folder' },
    { command: "run 'slides/**/*.svs' --out out --size 256 --patch-mpp 0.25", describe: 'a glob; patches at 40x' },
    {
      command: 'run cohort.csv --out out --config cohort.yaml',
      describe: 'a list with columns slide,mpp; options in a file',
    },
    { command: 'run slides/ --out out --on-bad-tile skip', describe: 'leave out patches whose tiles are corrupt' },
    {
      command: 'run slides/ --model uni.onnx --mil phase2/model.onnx --out out',
      describe: 'slides in, predictions out',
    },
  ],
  inputs: 'some',
  options: OPTIONS,
  async run(args, context) {
    checkModelRun(args);
    const { model } = args;
    if (model !== undefined) return runWithModels({ ...args, model }, context);
    const { runCohortCommand } = await import('./cohort/run-cohort-command.ts');
    const settings = {
      inputs: args.inputs,
      ...toRunOptions(args),
      ...toSlideOptions(args),
      work: await toSlideWork(args),
    };
    return runCohortCommand({ ...settings, report: true }, context);
  },
});

async function runWithModels(
  args: CommandArguments<typeof OPTIONS> & { readonly model: string },
  context: CommandContext,
): Promise<CommandExit> {
  const { runModelsCommand } = await import('./run/run-models-command.ts');
  const { out, workers, workerMemory, dryRun } = toRunOptions(args);
  const { slide, mpp, mppCsv } = toSlideOptions(args);
  const tissue = args.tissue === false ? (false as const) : toTissueOptions(args);
  const embed = { ...toEmbedOptions(args), ...toPlanOptions(args), stain: toStainOptions(args), tissue };
  const work = { out, workers, workerMemory, slide, embed, predict: toClassifierWork(args) };
  const heatmaps = toRunHeatmaps(args);
  return runModelsCommand({ inputs: args.inputs, mpp, mppCsv, dryRun, work: { ...work, heatmaps } }, context);
}
