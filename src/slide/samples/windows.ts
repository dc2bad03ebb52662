import { getFullRange } from '../../io/sample-raster.ts';
import { OptionError } from '../../utils/errors.ts';
import type { SlideSettings } from '../settings.ts';
import type { SampleWindow, SlideChannel } from '../slide.ts';
import { listNames, listReadable, matchChannels, type ReadableChannel } from './channel-list.ts';

/**
 * The samples that are shown as black and as white: by the user's word, else by the file's, else the whole range of the type.
 * @returns undefined where none of these says it.
 */
export function chooseWindow(
  channel: ReadableChannel,
  all: readonly ReadableChannel[],
  { window }: Pick<SlideSettings, 'window'>,
): SampleWindow | undefined {
  const given = isWindow(window) || window === undefined ? window : findWindow(channel, all, window);
  return given ?? channel.range ?? getFullRange(channel.type);
}

/** A name that is written like a position is the name; the channel at that position has no part in it. */
function findWindow(
  { index, name }: ReadableChannel,
  all: readonly ReadableChannel[],
  windows: Readonly<Record<string, SampleWindow>>,
): SampleWindow | undefined {
  if (Object.hasOwn(windows, name)) return windows[name];
  const key = Object.keys(windows).find((text) => matchChannels(all, text).some((channel) => channel.index === index));
  return key === undefined ? undefined : windows[key];
}

/** As `chooseWindow`, for each of the channels that can be read. */
export function chooseWindows(
  channels: readonly SlideChannel[],
  settings: Pick<SlideSettings, 'window'>,
): (SampleWindow | undefined)[] {
  const all = listReadable(channels);
  return all.map((channel) => chooseWindow(channel, all, settings));
}

/** @throws OptionError where a window is given to a channel that the slide does not have */
export function checkWindowNames(channels: readonly SlideChannel[], { window }: Pick<SlideSettings, 'window'>): void {
  if (window === undefined || isWindow(window)) return;
  const all = listReadable(channels);
  const unknown = Object.keys(window).find((name) => matchChannels(all, name).length === 0);
  if (unknown === undefined) return;
  throw new OptionError('window', 'windows of channels of the slide', unknown, { hint: listNames(all) });
}

/** Why the slide can't be shown; undefined where it can. */
export function explainMissingWindow(channels: readonly ReadableChannel[]): OptionError {
  const [first] = channels;
  const names = channels.map(({ name }) => name).join(', ');
  return new OptionError('window', `the samples to show as black and white of ${names}, ${first?.type}`, undefined, {
    hint: 'give `window` (--window LOW:HIGH), or read the stored samples with readRegion({ channel })',
  });
}

/** One window for all channels, not one for each name. */
export function isWindow(window: SlideSettings['window']): window is SampleWindow {
  return Array.isArray(window);
}

/** As the command line takes it, for messages. */
export function formatWindow(window: NonNullable<SlideSettings['window']>): string {
  if (isWindow(window)) return window.join(':');
  return Object.entries(window)
    .map(([name, pair]) => `${name}=${pair.join(':')}`)
    .join(',');
}

/** The window in which samples look as they are meant: turned round where the least of them are white. */
export function orientWindow(
  window: SampleWindow | undefined,
  { inverted }: Pick<ReadableChannel, 'inverted'>,
): SampleWindow | undefined {
  return window && inverted ? [window[1], window[0]] : window;
}
