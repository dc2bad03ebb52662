import { defineCommand } from '../define-command.ts';
import type { OptionTable } from '../option-table.ts';
import { LABEL_OPTIONS } from '../options/labels.ts';
import { PLAN_OPTIONS } from '../options/plan.ts';
import { RUN_OPTIONS, toRunOptions } from '../options/run.ts';
import { SLIDE_OPTIONS, toSlideOptions } from '../options/slide.ts';
import { STAIN_OPTIONS } from '../options/stain-options.ts';
import { TISSUE_OPTIONS } from '../options/tissue.ts';
import { WRITE_OPTIONS } from '../options/write.ts';
import { toSlideWork } from './cohort/slide-work.ts';

export const PATCH_COMMAND_OPTIONS = {
  ...RUN_OPTIONS,
  ...SLIDE_OPTIONS,
  ...PLAN_OPTIONS,
  ...WRITE_OPTIONS,
  ...LABEL_OPTIONS,
  ...STAIN_OPTIONS,
  tissue: {
    type: 'boolean',
    describe: 'cut tissue only; --no-tissue cuts the whole slide',
    default: true,
    group: 'Tissue:',
  },
  ...TISSUE_OPTIONS,
} as const satisfies OptionTable;

export const patchesCommand = defineCommand({
  name: 'patches',
  usage: 'SLIDES... --out DIR [options]',
  describe: 'Cut patches out of the tissue of each slide',
  details: [
    'Finds the tissue, then writes DIR/<slide>/patches/ with images/ or shards/, patches.csv (level-0 corners, tissue ' +
      'fraction, path, hash, stain, label), overview.jpg, samples.jpg and record.json, and DIR/manifest.csv. A run that was stopped goes on when the same ' +
      'command is given again; other options begin anew.',
  ],
  examples: [
    { command: 'patches slide.svs --out out', describe: '512 px patches at 0.5 µm per pixel, as PNG' },
    {
      command: 'patches slides/ --out out --size 256 --overlap 64 --format jpeg',
      describe: 'overlapping JPEG patches',
    },
    {
      command: 'patches slides/ --out out --container shards --shard-size 2000',
      describe: 'tar files of 2,000 patches each, for WebDataset',
    },
    {
      command: 'patches slide.svs --out out --format coordinates --grid clam',
      describe: "CLAM's coordinates, no files",
    },
    {
      command: 'patches slides/ --out out --mask masks/ --label-rule any --label-min-fraction 0.1',
      describe: 'with labels, from masks/<slide>.tif',
    },
    {
      command: 'patches slides/ --out out --stain macenko --stain-target reference.png',
      describe: 'in the colours of reference.png, by the stains of each slide',
    },
    { command: 'patches slides/ --out out --dry-run', describe: 'how many patches, bytes and minutes it would be' },
  ],
  inputs: 'some',
  options: PATCH_COMMAND_OPTIONS,
  async run(args, context) {
    const { runCohortCommand } = await import('./cohort/run-cohort-command.ts');
    const settings = {
      inputs: args.inputs,
      ...toRunOptions(args),
      ...toSlideOptions(args),
      work: await toSlideWork(args),
    };
    return runCohortCommand({ ...settings, report: false }, context);
  },
});
