import { type MppOption, parseMppOption } from '../../slide/mpp.ts';
import { ICC_TARGETS, SLIDE_BACKENDS, SLIDE_DEFAULTS } from '../../slide/settings.ts';
import { OptionError } from '../../utils/errors.ts';
import type { OptionTable, ParsedOptions } from '../option-table.ts';
import { CHANNEL_OPTIONS, toChannelOptions } from './channels.ts';
import { checkWithFlags, dropUndefined } from './convert.ts';

/** How slides are opened. */
export const SLIDE_OPTIONS = {
  mpp: {
    type: 'numbers',
    describe: 'microns per level-0 pixel of the slides, or X,Y where the axes differ, in place of what they say',
    group: 'Slides:',
  },
  mppCsv: {
    type: 'string',
    describe:
      'CSV with the columns slide,mpp or slide,mpp_x,mpp_y: microns per level-0 pixel of single slides, by path, file ' +
      'name or name without extension; wins over --mpp',
    group: 'Slides:',
  },
  mppFromObjective: {
    type: 'boolean',
    describe: 'for slides that say nothing of their pixel size: 10 µm / magnification, which may be off by 20 %',
    group: 'Slides:',
  },
  icc: {
    type: 'string',
    choices: ICC_TARGETS,
    describe: 'bring pixels to these colours by the ICC profile that a slide carries; else they are as stored',
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
  ...CHANNEL_OPTIONS,
} as const satisfies OptionTable;

/** For `resolveSlideInputs`, which gives each slide its mpp; `slide` is for `openSlide`. @throws UsageError */
export function toSlideOptions(args: ParsedOptions<typeof SLIDE_OPTIONS>) {
  const { mppCsv, backend, mppFromObjective, icc } = args;
  const mpp = args.mpp && toMpp(args.mpp);
  return { mpp, mppCsv, slide: dropUndefined({ backend, mppFromObjective, icc, ...toChannelOptions(args) }) };
}

/** One number for both axes, or two. */
function toMpp(numbers: readonly number[]): MppOption {
  return checkWithFlags({}, () => {
    const [x = Number.NaN, y = x] = numbers;
    if (numbers.length > 2) throw new OptionError('mpp', 'one number, or one per axis', numbers);
    parseMppOption({ x, y });
    return numbers.length === 1 ? x : { x, y };
  });
}
