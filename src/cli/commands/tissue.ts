import { defineCommand } from '../define-command.ts';
import { RUN_OPTIONS, toRunOptions } from '../options/run.ts';
import { SLIDE_OPTIONS, toSlideOptions } from '../options/slide.ts';
import { TISSUE_OPTIONS, toTissueOptions } from '../options/tissue.ts';
import { WRITE_OPTIONS } from '../options/write.ts';

export const tissueCommand = defineCommand({
  name: 'tissue',
  usage: 'SLIDES... --out DIR [options]',
  describe: 'Find tissue: mask, polygons and an overlay picture for each slide',
  details: [
    'Writes DIR/<slide>/tissue/ with tissue.png (mask), tissue.geojson (polygons with holes, level-0 pixels; QuPath opens ' +
      'it), overlay.jpg and record.json, and DIR/manifest.csv with a row for every slide.',
  ],
  examples: [
    { command: 'tissue slide.svs --out out', describe: "Otsu's threshold at about 8 µm per pixel" },
    { command: 'tissue slides/ --out out --method clam --clam-preset tcga', describe: "CLAM's recipe" },
    { command: 'tissue ihc.svs --out out --method hsv --hsv-preset ihc-dab', describe: 'immunohistochemistry' },
  ],
  inputs: 'some',
  options: { ...RUN_OPTIONS, ...SLIDE_OPTIONS, ...TISSUE_OPTIONS, onBadTile: WRITE_OPTIONS.onBadTile },
  async run(args, context) {
    const { runCohortCommand } = await import('./cohort/run-cohort-command.ts');
    const work = { tissue: toTissueOptions(args), patches: false as const, onBadTile: args.onBadTile };
    const settings = { inputs: args.inputs, ...toRunOptions(args), ...toSlideOptions(args), work, report: false };
    return runCohortCommand(settings, context);
  },
});
