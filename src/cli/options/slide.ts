import { SLIDE_BACKENDS, SLIDE_DEFAULTS } from '../../slide/settings.ts';
import { checkNumber } from '../../utils/options.ts';
import type { OptionTable, ParsedOptions } from '../option-table.ts';
import { checkWithFlags, dropUndefined } from './convert.ts';

/** How slides are opened. */
export const SLIDE_OPTIONS = {
  mpp: {
    type: 'number',
    describe: 'microns per level-0 pixel of the slides, in place of what they say',
    group: 'Slides:',
  },
  mppCsv: {
    type: 'string',
    describe: 'CSV with the columns slide,mpp: microns per level-0 pixel of single slides; wins over --mpp',
    group: 'Slides:',
  },
  backend: {
    type: 'string',
    choices: SLIDE_BACKENDS,
    describe:
      "what reads the slides: slideloom's own formats, OpenSlide (if it is installed), or OpenSlide for what no own format " +
      'knows',
    default: SLIDE_DEFAULTS.backend,
    group: 'Slides:',
  },
} as const satisfies OptionTable;

/** For `resolveSlideInputs`, which gives each slide its mpp; `slide` is for `openSlide`. @throws UsageError */
export function toSlideOptions(args: ParsedOptions<typeof SLIDE_OPTIONS>) {
  const { mpp, mppCsv, backend } = args;
  if (mpp !== undefined) checkWithFlags({}, () => checkNumber('mpp', mpp, { above: 0 }));
  return { mpp, mppCsv, slide: dropUndefined({ backend }) };
}
