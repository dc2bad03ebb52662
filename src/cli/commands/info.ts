import { defineCommand } from '../define-command.ts';
import type { OptionTable } from '../option-table.ts';
import { SLIDE_OPTIONS, toSlideOptions } from '../options/slide.ts';

const INFO_OPTIONS = {
  properties: { type: 'boolean', describe: "list all of the slide's properties (always in --json)", group: 'Info:' },
  associated: {
    type: 'string',
    describe: 'write the label, macro and thumbnail images into this folder as PNG; a label may name the patient',
    group: 'Info:',
  },
  ...SLIDE_OPTIONS,
} as const satisfies OptionTable;

export const infoCommand = defineCommand({
  name: 'info',
  usage: 'SLIDES... [options]',
  describe: 'Show what slides are: format, size, microns per pixel, levels, associated images',
  details: [
    'SLIDES are files, folders (searched at any depth), globs, addresses (https://, s3://), or a CSV with the column ' +
      'slide. A slide that can not be opened is reported, the others go on, and the exit code is 1.',
  ],
  examples: [
    { command: 'info slide.svs', describe: 'one slide' },
    { command: 'info slides/ --json', describe: 'every slide of a folder, for a program' },
    { command: 'info slide.svs --associated pictures', describe: 'write its label, macro and thumbnail as PNG' },
  ],
  inputs: 'some',
  options: INFO_OPTIONS,
  async run(args, context) {
    const { showSlides } = await import('./info/show-slides.ts');
    const { properties = false, associated } = args;
    return showSlides(args.inputs, { ...toSlideOptions(args), properties, associated }, context);
  },
});
