import { createSlideSettings } from '../../slide/settings.ts';
import type { SampleWindow } from '../../slide/slide.ts';
import { OptionError } from '../../utils/errors.ts';
import type { OptionTable, ParsedOptions } from '../option-table.ts';
import { checkWithFlags, dropUndefined } from './convert.ts';

const group = 'Slides of several channels or planes:';

/** What is shown of slides that hold more than one picture; options of `openSlide`. */
export const CHANNEL_OPTIONS = {
  channel: {
    type: 'string',
    describe:
      'one channel alone, as grey, by its name or its position from 0; of RGB slides red, green or blue; `info` lists them',
    default: 'all, each in its colour',
    group,
  },
  window: {
    type: 'strings',
    describe:
      'samples to show as black and as white, LOW:HIGH of all channels or NAME=LOW:HIGH of single ones, commas between',
    default: "the slide's own, or the range of its samples",
    group,
  },
  z: { type: 'number', describe: 'focal plane, from 0', default: 'the first', group },
  t: { type: 'number', describe: 'time point, from 0', default: 'the first', group },
} as const satisfies OptionTable;

/** For `openSlide`; what was not given is left out. @throws UsageError */
export function toChannelOptions(args: ParsedOptions<typeof CHANNEL_OPTIONS>) {
  const { channel, z, t } = args;
  return checkWithFlags({}, () => {
    const options = dropUndefined({ channel, window: args.window && toWindow(args.window), z, t });
    createSlideSettings(options);
    return options;
  });
}

function toWindow(texts: readonly string[]): SampleWindow | Record<string, SampleWindow> {
  const [first, ...more] = texts.map(parseWindow);
  if (first && first.name === undefined && more.length === 0) return first.window;
  const named = new Map<string, SampleWindow>();
  for (const { name, window } of [...(first ? [first] : []), ...more]) {
    if (name === undefined || named.has(name))
      throw new OptionError('window', 'one LOW:HIGH, or NAME=LOW:HIGH once for each channel', texts.join(','));
    named.set(name, window);
  }
  return Object.fromEntries(named);
}

/** Names may hold anything but commas: the last `=` ends them. */
function parseWindow(text: string): { name: string | undefined; window: SampleWindow } {
  const [, name, low, high] = /^(?:(.+)=)?([^:=]+):([^:=]+)$/.exec(text) ?? [];
  if (low === undefined || high === undefined)
    throw new OptionError('window', 'LOW:HIGH, such as 100:4000 or DAPI=100:4000', text);
  return { name, window: [Number(low), Number(high)] };
}
