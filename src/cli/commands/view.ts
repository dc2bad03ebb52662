import { defineCommand } from '../define-command.ts';
import { toViewConfig, VIEW_OPTIONS } from '../options/view.ts';

export const viewCommand = defineCommand({
  name: 'view',
  usage: 'SLIDES|RUNS... [options]',
  describe: 'Look at slides in a browser, with tissue, patches, annotations, masks and heatmaps over them',
  details: [
    'Serves a page on this machine and prints its address: slides as deep zoom, and over them all that a folder of a run holds for them ' +
      '(tissue, patches, attention, heatmaps, drawings). Inputs are slides (files, folders, patterns, CSV lists, addresses) and folders that ' +
      '`run`, `tissue`, `patches`, `embed`, `predict slides` and `heatmap` wrote. Where the slides of a run have moved, give their new folder ' +
      'too: they are told by their file names. Nothing is sent anywhere else. Ctrl-C ends it.',
    'Annotations beside a slide that have its name (slide.xml, slide.geojson, slide.ndpi.ndpa) are shown without being asked for.',
  ],
  examples: [
    { command: 'view out', describe: 'the slides of a run, and what it found on them' },
    {
      command: 'view slides/ --layers annotations/,masks/ --open',
      describe: 'slides and what is known of them, in a browser at once',
    },
    { command: 'view out --edit', describe: 'draw and correct polygons; they are saved into out/' },
    { command: 'view out /new/place/of/slides', describe: 'a run whose slides have moved' },
    {
      command: 'view slides/ --host 0.0.0.0 --port 8080',
      describe: 'for others too, who need the token of the printed address',
    },
  ],
  inputs: 'some',
  endsWithInterrupt: true,
  options: VIEW_OPTIONS,
  async run(args, context) {
    const config = toViewConfig(args);
    const { runView } = await import('./view/run-view.ts');
    return runView({ config, open: args.open === true }, context);
  },
});
