import { defineCommand } from '../define-command.ts';
import { NORMALIZE_OPTIONS } from '../options/normalize.ts';

export const normalizeCommand = defineCommand({
  name: 'normalize',
  usage: 'IMAGES|SLIDES... --out FILE|DIR [options]',
  describe: 'Give images and slides the stain colours of a target, with a contact sheet before and after',
  details: [
    'Images are PNG, JPEG and flat TIFF files of 8-bit RGB; they keep alpha and format and stand upright. A slide becomes a ' +
      'pyramidal TIFF, as with convert: every level by one transform, so that there are no seams.',
    'Folders and patterns keep their tree. normalize.csv in the output folder says of each image whether it was normalized, kept ' +
      "(its stains can't be told: glass, pen, one colour) or failed, and why; run again, the command does what is missing or what " +
      'changed options ask for. The exit code is 0 where none failed, 1 where some did, 2 for wrong usage.',
  ],
  examples: [
    { command: 'normalize patch.png --out normalized.png', describe: "to the method's own reference" },
    { command: 'normalize patches/ --out normalized/ --target reference.png', describe: 'a folder, with its tree' },
    {
      command: 'normalize patches/ --out normalized/ --fit slide',
      describe: 'one transform for the patches of each folder',
    },
    { command: 'normalize slide.svs --out slide-normalized.tif --target other.svs', describe: 'a slide as another' },
    {
      command: 'normalize slides/ --out normalized/ --method vahadane --target profile.json',
      describe: 'all slides, to a profile that stain-profile wrote',
    },
  ],
  inputs: 'some',
  options: NORMALIZE_OPTIONS,
  async run(args, context) {
    const { toNormalizeSettings } = await import('./normalize/normalize-settings.ts');
    const { runNormalize } = await import('./normalize/run-normalize.ts');
    return runNormalize(args.inputs, toNormalizeSettings(args), context);
  },
});
