import { defineCommand } from '../define-command.ts';
import { toRunOptions } from '../options/run.ts';
import { toSlideOptions } from '../options/slide.ts';
import { toSlideWork } from './cohort/slide-work.ts';
import { PATCH_COMMAND_OPTIONS } from './patches.ts';

export const runCommand = defineCommand({
  name: 'run',
  usage: 'SLIDES... --out DIR [options]',
  describe: 'The whole road: slides to tissue, patches, a manifest and a report',
  details: [
    'As `patches`, and DIR/report.html: pictures, counts, timings and failures of every slide, to look at in a browser. ' +
      'One bad slide never stops the others; the exit code is 1 where any failed.',
  ],
  examples: [
    { command: 'run slides/ --out out', describe: 'every slide of a folder' },
    { command: "run 'slides/**/*.svs' --out out --size 256 --patch-mpp 0.25", describe: 'a glob; patches at 40x' },
    {
      command: 'run cohort.csv --out out --config cohort.yaml',
      describe: 'a list with columns slide,mpp; options in a file',
    },
    { command: 'run slides/ --out out --on-bad-tile skip', describe: 'leave out patches whose tiles are corrupt' },
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
    return runCohortCommand({ ...settings, report: true }, context);
  },
});
