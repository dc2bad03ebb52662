import { defineCommand } from '../define-command.ts';
import type { OptionTable } from '../option-table.ts';
import { HEATMAP_OPTIONS, toHeatmapOptions } from '../options/heatmap.ts';
import { SLIDE_OPTIONS, toSlideOptions } from '../options/slide.ts';

const OPTIONS = { ...HEATMAP_OPTIONS, ...SLIDE_OPTIONS } as const satisfies OptionTable;

export const heatmapCommand = defineCommand({
  name: 'heatmap',
  usage: 'SLIDES... (--scores CSV|DIR | --features DIR --model MODEL) --out DIR [options]',
  describe: 'Where a model looked: attention or probabilities of patches as pictures of each slide',
  details: [
    'Writes for each slide NAME.tiff, an overlay with a pyramid that lies on the slide by its pixel size; NAME.png, the heatmap on the ' +
      'thumbnail with its colours and a scale bar; NAME.top.png, the patches of the highest numbers; and DIR/heatmaps.csv. Nothing is ' +
      'embedded again: numbers come from tables, or from stored features through a classifier of slides. A slide that is done is left as ' +
      'it is when the command is given again.',
    'Slides may be left out where --features is what `embed` left: its table says where they are.',
  ],
  examples: [
    {
      command: 'heatmap slides/ --scores predictions/attention --out heatmaps',
      describe: 'what `predict slides` found',
    },
    {
      command:
        'heatmap slide.svs --features features/slide.h5 --model mil.onnx --value tumour --color-map coolwarm --out heatmaps',
      describe: 'probability of a class, by each patch alone',
    },
    {
      command:
        'heatmap slide.svs --scores scores.csv --value score --normalize percentile --smooth --format dzi --out heatmaps',
      describe: 'any numbers, as Deep Zoom tiles',
    },
  ],
  inputs: 'any',
  options: OPTIONS,
  async run(args, context) {
    const { runHeatmap } = await import('./heatmap/run-heatmap.ts');
    return runHeatmap({ inputs: args.inputs, ...toSlideOptions(args), work: toHeatmapOptions(args) }, context);
  },
});
