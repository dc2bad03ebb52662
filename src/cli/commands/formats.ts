import { defineCommand } from '../define-command.ts';

export const formatsCommand = defineCommand({
  name: 'formats',
  usage: '[options]',
  describe: 'List the slide formats and codecs, what each was proven on, and whether OpenSlide is there',
  details: [
    'Formats are recognised by their content; the file names are the usual ones. Each has a page in docs/formats that says ' +
      'what is read, what is not, and how that was proven.',
  ],
  examples: [
    { command: 'formats', describe: 'a table' },
    { command: 'formats --json', describe: 'for a program' },
  ],
  inputs: 'none',
  options: {},
  async run(_args, context) {
    const { showFormats } = await import('./formats/show-formats.ts');
    return showFormats(context);
  },
});
