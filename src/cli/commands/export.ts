import { defineCommand } from '../define-command.ts';
import { EXPORT_OPTIONS, toExportConfig } from '../options/export.ts';

export const exportCommand = defineCommand({
  name: 'export',
  usage: 'SLIDES|RUNS... --out DIR [options]',
  describe: 'A folder of files that shows slides and results from any web server, for sharing',
  details: [
    'Writes what `view` serves: the page with its list of slides, tiles (stored JPEG tiles are copied as they are), and all that lies ' +
      'over the slides. DIR works from any web server, under any address, without slideloom; browsers open nothing of it by a double ' +
      'click, as they let no page read files. Each slide is a Deep Zoom picture for other viewers too: slides/NAME.dzi.',
    'No file of it holds a path, a user or a machine. Labels and macro pictures are left out unless --show-label; names of slides are ' +
      'those of their files.',
    'An export that was stopped goes on when the command is given again; one that is there is brought up to date: what has not changed ' +
      'stays. A slide that fails does not stop the others; the exit code is 1 then.',
  ],
  examples: [
    { command: 'export out --out site', describe: 'the slides of a run, and what it found on them' },
    { command: 'export out --out site --dry-run', describe: 'how many files and bytes that would be' },
    { command: 'export slides/ --out site --finest-mpp 1', describe: 'small: nothing finer than 1 µm per pixel' },
    {
      command: 'export slides/ --layers annotations/ --out site --title "Case 12"',
      describe: 'with annotations of the same names',
    },
    { command: 'export out --out site --views normalized', describe: 'with the slides in normalised colours' },
  ],
  inputs: 'some',
  options: EXPORT_OPTIONS,
  async run(args, context) {
    const config = toExportConfig(args);
    const { runExport } = await import('./export/run-export.ts');
    return runExport({ config, dryRun: args.dryRun === true }, context);
  },
});
