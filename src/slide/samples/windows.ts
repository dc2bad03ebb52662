import { getFullRange } from '../../io/sample-raster.ts';
import { OptionError } from '../../utils/errors.ts';
import type { SlideSettings } from '../settings.ts';
import type { SampleWindow, SlideChannel } from '../slide.ts';
import { findChannel, listReadable, type ReadableChannel } from './channel-list.ts';

/**
 * The samples that are shown as black and as white: by the user's word, else by the file's, else the whole range of the type.
 * @returns undefined where none of these says it.
 */
export function chooseWindow(
  { index, name, type, range }: ReadableChannel,
  { window }: Pick<SlideSettings, 'window'>,
): SampleWindow | undefined {
  const given = isWindow(window) ? window : (window?.[name] ?? window?.[String(index)]);
  return given ?? range ?? getFullRange(type);
}

/** As `chooseWindow`, for each of the channels that can be read. */
export function chooseWindows(
  channels: readonly SlideChannel[],
  settings: Pick<SlideSettings, 'window'>,
): (SampleWindow | undefined)[] {
  return listReadable(channels).map((channel) => chooseWindow(channel, settings));
}

/** @throws OptionError where a window is given to a channel that the slide does not have */
export function checkWindowNames(channels: readonly SlideChannel[], { window }: Pick<SlideSettings, 'window'>): void {
  if (window === undefined || isWindow(window)) return;
  const known = listReadable(channels);
  for (const name of Object.keys(window)) {
    if (known.some((channel) => channel.name === name || String(channel.index) === name)) continue;
    const { hint } = catchUnknown(channels, name);
    throw new OptionError('window', 'windows of channels of the slide', name, { ...(hint && { hint }) });
  }
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

function catchUnknown(channels: readonly SlideChannel[], name: string): { hint?: string | undefined } {
  try {
    findChannel(channels, name);
    return { hint: 'its name has other capitals' };
  } catch (error) {
    return error instanceof OptionError ? { hint: error.hint } : {};
  }
}

/** The window in which samples look as they are meant: turned round where the least of them are white. */
export function orientWindow(
  window: SampleWindow | undefined,
  { inverted }: Pick<ReadableChannel, 'inverted'>,
): SampleWindow | undefined {
  return window && inverted ? [window[1], window[0]] : window;
}
