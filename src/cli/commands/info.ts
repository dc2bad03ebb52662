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
  tiles: {
    type: 'boolean',
    describe: 'count the stored tiles of each level and their bytes, which a sparse slide has fewer of',
    group: 'Info:',
  },
  brief: { type: 'boolean', describe: 'one line a slide', group: 'Info:' },
  ...SLIDE_OPTIONS,
} as const satisfies OptionTable;

export const infoCommand = defineCommand({
  name: 'info',
  usage: 'SLIDES... [options]',
  describe: 'Show what slides are: format, size, microns per pixel, levels, channels, associated images, files',
  details: [
    'SLIDES are files, folders (searched at any depth), globs, addresses (https://, s3://), or a CSV with the column ' +
      'slide. A slide that can not be opened is reported, the others go on, and the exit code is 1.',
  ],
  examples: [
    { command: 'info slide.svs', describe: 'one slide' },
    { command: 'info slides/ --brief', describe: 'every slide of a folder in a table' },
    { command: 'info slides/ --json', describe: 'the same for a program, with all there is to know' },
    { command: 'info slide.svs --associated pictures', describe: 'write its label, macro and thumbnail as PNG' },
  ],
  inputs: 'some',
  options: INFO_OPTIONS,
  async run(args, context) {
    const { showSlides } = await import('./info/show-slides.ts');
    const { properties = false, tiles = false, brief = false, associated } = args;
    return showSlides(args.inputs, { ...toSlideOptions(args), properties, tiles, brief, associated }, context);
  },
});
