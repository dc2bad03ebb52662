import { VALIDATE_DEFAULTS } from '../../preprocessing/validate-slide/options.ts';
import { defineCommand } from '../define-command.ts';
import type { OptionTable } from '../option-table.ts';
import { SLIDE_OPTIONS, toSlideOptions } from '../options/slide.ts';
import { toValidateOptions } from './validate/validate-options.ts';

const group = 'Validation:';

const VALIDATE_OPTIONS = {
  sample: {
    type: 'number',
    describe: 'read only so many tiles (500), or such a share of them (0.05), spread over all levels',
    default: 'every tile',
    group,
  },
  seed: { type: 'number', describe: 'another seed, another sample', default: VALIDATE_DEFAULTS.seed, group },
  compareLevels: {
    type: 'boolean',
    describe: 'see that each level shows the picture of the level above it; --no-compare-levels leaves it out',
    default: VALIDATE_DEFAULTS.compareLevels,
    group,
  },
  out: {
    type: 'string',
    describe: 'CSV file for all bad tiles; replaces an earlier one, and no other file',
    group,
    alias: 'o',
  },
  workers: { type: 'number', describe: 'worker threads', default: 'one a core', group },
  ...SLIDE_OPTIONS,
} as const satisfies OptionTable;

export const validateCommand = defineCommand({
  name: 'validate',
  usage: 'SLIDES... [options]',
  describe: 'Read every stored tile of slides and report those that are damaged',
  details: [
    'Decodes all tiles of all levels, and the label, macro and thumbnail images; checks pixel size, levels and colour ' +
      'profile. Bad tiles are listed with level, column, row, place at level 0 and cause. The exit code is 1 where a slide ' +
      'is damaged or can not be opened; warnings do not count.',
    'Ctrl-C ends it with what is known so far; nothing is kept for a next time. JPEG and JPEG 2000 have no checksums: ' +
      'damage that leaves their codes in order shows as other pixels and is not found.',
  ],
  examples: [
    { command: 'validate slide.svs', describe: 'every tile' },
    { command: 'validate slides/ --sample 0.02 --out bad-tiles.csv', describe: 'one tile in fifty of each slide' },
    { command: 'validate https://example.org/a.svs --sample 500 --json', describe: 'a remote slide, for a program' },
  ],
  inputs: 'some',
  options: VALIDATE_OPTIONS,
  async run(args, context) {
    const { runValidation } = await import('./validate/run-validation.ts');
    const settings = { ...toSlideOptions(args), ...toValidateOptions(args), out: args.out };
    return runValidation(args.inputs, settings, context);
  },
});
