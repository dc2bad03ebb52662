import { defineCommand } from '../define-command.ts';
import type { OptionTable } from '../option-table.ts';
import { ANNOTATION_OPTIONS, MASK_OPTIONS } from '../options/masks.ts';
import { SLIDE_OPTIONS, toSlideOptions } from '../options/slide.ts';

const group = 'Files:';

const MASK_COMMAND_OPTIONS = {
  out: {
    type: 'string',
    describe: 'file to write; for several annotations, or where it is a folder, a folder',
    required: true,
    group,
    alias: 'o',
  },
  slide: {
    type: 'string',
    describe:
      'slide that was drawn on; for several annotations the folder or pattern of their slides, which have their names',
    group,
  },
  slideSize: { type: 'numbers', describe: 'W,H: level-0 pixels, in place of a slide', group },
  ...MASK_OPTIONS,
  ...ANNOTATION_OPTIONS,
  ...SLIDE_OPTIONS,
} as const satisfies OptionTable;

export const masksCommand = defineCommand({
  name: 'masks',
  usage: 'ANNOTATIONS... --slide SLIDE --out FILE [options]',
  describe: 'Turn annotations (ImageScope, ASAP, QuPath, NDPA, HALO, NCRF) into mask files of any size',
  details: [
    'Writes a tiled, pyramidal mask whose values are labels: 1 for the first class, 2 for the second ...; --classes names them. ' +
      'Each level is painted from the polygons by the same rule. Memory does not grow with the slide.',
    'Several annotations (files, a folder, a pattern, or a CSV with the columns annotation,slide) go into a folder, each as ' +
      '<name>.tif; one that fails does not stop the others. The exit code is 0 where all were done (also where nothing is drawn: ' +
      'then there is no file), 1 where some failed, 2 for wrong usage.',
    'Beside each output stands its record, <output>.record.json: run again, the command leaves alone what is done and makes ' +
      'what is missing. Files that it did not make, or made from other annotations or options, are kept but with --overwrite.',
  ],
  examples: [
    { command: 'masks tumor.xml --slide slide.svs --out mask.tif', describe: 'a pyramidal TIFF at full resolution' },
    {
      command: 'masks tumor.xml --slide slide.svs --out mask.tif --mask-mpp 2 --overlay look.jpg',
      describe: 'at 2 µm per pixel, and a picture to look at',
    },
    { command: 'masks annotations/ --slide slides/ --out masks/', describe: 'all of a folder, by their names' },
    { command: 'masks cells.geojson --slide-size 40000,30000 --out mask.png --bits 1', describe: 'without the slide' },
  ],
  inputs: 'some',
  options: MASK_COMMAND_OPTIONS,
  async run(args, context) {
    const { toMaskSettings } = await import('./masks/mask-settings.ts');
    const { readClassOptions } = await import('./masks/class-options.ts');
    const { runMasks } = await import('./masks/run-masks.ts');
    const { mpp, mppCsv, slide } = toSlideOptions(args);
    const settings = { ...toMaskSettings(args, mpp), classes: await readClassOptions(args) };
    return runMasks(args.inputs, { ...settings, slides: args.slide, mpp, mppCsv, slide }, context);
  },
});
