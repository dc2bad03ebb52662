import { checkNumber } from '../../utils/options.ts';
import type { OptionTable, ParsedOptions } from '../option-table.ts';
import { checkWithFlags } from './convert.ts';

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
} as const satisfies OptionTable;

/** For `resolveSlideInputs`, which gives each slide its mpp. @throws UsageError */
export function toSlideOptions(args: ParsedOptions<typeof SLIDE_OPTIONS>) {
  const { mpp, mppCsv } = args;
  if (mpp !== undefined) checkWithFlags({}, () => checkNumber('mpp', mpp, { above: 0 }));
  return { mpp, mppCsv };
}
