import { OptionError } from '../../utils/errors.ts';
import type { SlideSettings } from '../settings.ts';
import type { SlideChannel } from '../slide.ts';
import type { SlideBacking } from '../slide-format.ts';
import { findChannel, listReadable, type ReadableChannel } from './channel-list.ts';
import { createWindowLevel, withBlack, withSamples } from './window-level.ts';
import { checkWindowNames, chooseWindow, explainMissingWindow, formatWindow, orientWindow } from './windows.ts';

/**
 * The slide as its settings want it shown: one channel as grey, or all of them as the format puts them together.
 * @throws OptionError for a channel that it does not have, and for a window of RGB pixels
 */
export function showChannels(backing: SlideBacking, settings: SlideSettings): SlideBacking {
  const { channel: wanted, window } = settings;
  const { channels } = backing;
  checkWindowNames(channels, settings);
  const all = listReadable(channels);
  const background = isFluorescence(channels) ? 'dark' : 'bright';
  if (wanted !== undefined) {
    const one = findChannel(channels, wanted);
    const shown = { channel: one.index, name: one.name, ...(window && { window }) };
    const alone = showOne(backing, one, settings);
    // The only channel is what is shown without being chosen, too; and so is its background.
    if (background === 'bright') return { ...alone, shown, background };
    return { ...alone, levels: alone.levels.map(withBlack), shown, background };
  }
  if (all[0]?.rgb && window !== undefined) {
    const hint = 'a window is for channels: give `channel` as well (--channel), or none';
    throw new OptionError('window', 'none for a slide of RGB pixels', formatWindow(window), { hint });
  }
  const blind = all.filter((channel) => !chooseWindow(channel, all, settings));
  const shown = window === undefined ? {} : { shown: { window } };
  const [only] = all;
  if (window && only && all.length === 1) return { ...showOne(backing, only, settings), ...shown, background };
  return { ...backing, background, ...shown, ...(blind.length > 0 && { unshown: () => explainMissingWindow(blind) }) };
}

function showOne(backing: SlideBacking, channel: ReadableChannel, settings: SlideSettings): SlideBacking {
  const window = orientWindow(chooseWindow(channel, listReadable(backing.channels), settings), channel);
  return {
    ...backing,
    levels: backing.levels.map((level) => createWindowLevel(withSamples(level), { channel, window })),
    // Its colours are those of the pixels that are not shown.
    iccProfile: undefined,
    ...(!window && { unshown: () => explainMissingWindow([channel]) }),
  };
}

/** Several channels, or one that has a colour: white, OME's default, is none. */
function isFluorescence(channels: readonly SlideChannel[]): boolean {
  const [first, second] = channels;
  if (!first || first.samples === 3) return false;
  return second !== undefined || (first.color?.some((value) => value !== 255) ?? false);
}
