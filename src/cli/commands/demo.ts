import { SYNTHETIC_DEFAULTS } from '../../slide/synthetic-slide/options.ts';
import { defineCommand } from '../define-command.ts';
import type { OptionTable } from '../option-table.ts';
import { RUN_OPTIONS } from '../options/run.ts';

const group = 'Generated slide:';

const DEMO_OPTIONS = {
  out: {
    type: 'string',
    describe: 'folder for the slide and the run; made when missing',
    default: 'slideloom-demo',
    group: RUN_OPTIONS.out.group,
    alias: 'o',
  },
  workers: RUN_OPTIONS.workers,
  width: { type: 'number', describe: 'level-0 pixels', default: SYNTHETIC_DEFAULTS.width, group },
  height: { type: 'number', describe: 'level-0 pixels', default: SYNTHETIC_DEFAULTS.height, group },
  seed: { type: 'number', describe: 'another number gives another slide', default: SYNTHETIC_DEFAULTS.seed, group },
  tumour: {
    type: 'string',
    describe: 'large, none, or a diameter in microns: one small lesion somewhere in the tissue',
    default: SYNTHETIC_DEFAULTS.tumour,
    group,
  },
  slideOnly: { type: 'boolean', describe: 'make the slide and stop', group },
} as const satisfies OptionTable;

export const demoCommand = defineCommand({
  name: 'demo',
  usage: '[options]',
  describe: 'Generate an H&E-like slide and run the whole pipeline on it',
  details: [
    'Needs no data: the slide is a pyramidal Aperio-style file with tissue, nuclei, glands, a fold and a pen mark. Look at ' +
      'run/report.html afterwards.',
  ],
  examples: [
    { command: 'demo', describe: 'slide and run in ./slideloom-demo' },
    { command: 'demo --tumour 400 --slide-only', describe: 'a slide with a lesion of 400 µm' },
    { command: 'demo --width 50000 --height 40000 --seed 7 --slide-only', describe: 'a large slide to try things on' },
  ],
  inputs: 'none',
  options: DEMO_OPTIONS,
  async run(args, context) {
    const { runDemo } = await import('./demo/run-demo.ts');
    const { out = DEMO_OPTIONS.out.default, workers, width, height, seed, tumour, slideOnly = false } = args;
    return runDemo({ out, workers, slide: { width, height, seed, tumour }, slideOnly }, context);
  },
});
