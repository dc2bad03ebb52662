import { defineCommand } from '../define-command.ts';
import { STAIN_PROFILE_OPTIONS } from '../options/stain-profile.ts';

export const stainProfileCommand = defineCommand({
  name: 'stain-profile',
  usage: 'IMAGES|SLIDES|PROFILES... [options]',
  describe: 'Find, show and compare the stains of images and slides, and write profiles for normalize',
  details: [
    'Shows for each input the stain vectors (red, green and blue optical density, of length 1), their full strength, the colour ' +
      'that this makes, and the share of tissue; beside them the angle to the stains of --against in degrees, and the ratio of ' +
      'strengths. Reinhard methods have the mean and the deviation of each axis instead.',
    "A profile (.json) is a target or a source of normalize. An input whose stains can't be told is shown with the reason; the exit " +
      'code is 1 only where one could not be read.',
  ],
  examples: [
    { command: 'stain-profile slide.svs', describe: 'its stains, beside the reference' },
    {
      command: 'stain-profile slide.svs --out profile.json --picture stains.svg',
      describe: 'as a file, and a picture',
    },
    { command: 'stain-profile slides/ --cohort --out cohort.json', describe: 'the mean of a cohort' },
    { command: 'stain-profile a.json b.json --against c.json', describe: 'how far apart laboratories are' },
  ],
  inputs: 'some',
  options: STAIN_PROFILE_OPTIONS,
  async run(args, context) {
    const { runStainProfile } = await import('./stain-profile/run-stain-profile.ts');
    return runStainProfile(args.inputs, args, context);
  },
});
