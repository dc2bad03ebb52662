import type { SampleType } from '../../io/sample-raster.ts';
import { OptionError } from '../../utils/errors.ts';
import type { SampleWindow, SlideChannel } from '../slide.ts';

/** Pixels of red, green and blue, as nearly all slides have them. */
export const RGB_CHANNEL: SlideChannel = Object.freeze({ name: 'RGB', bitDepth: 8, type: 'uint8', samples: 3 });

const COLOURS = ['red', 'green', 'blue'] as const;

/** A channel that can be read by itself. */
export interface ReadableChannel {
  /** Position among those that can be read. */
  readonly index: number;
  readonly name: string;
  /** Unsigned ones of 8 bits where the slide does not say. */
  readonly type: SampleType;
  /** One of the three of RGB pixels, outside of which is white. */
  readonly rgb: boolean;
  readonly range: SampleWindow | undefined;
  readonly inverted: boolean;
}

/** The channels in order; RGB pixels are three of them: red, green, blue. */
export function listReadable(channels: readonly SlideChannel[]): ReadableChannel[] {
  const all = channels.flatMap((channel): Omit<ReadableChannel, 'index'>[] => {
    const { name, type = 'uint8', range, inverted = false } = channel;
    if (channel.samples !== 3) return [{ name, type, rgb: false, range, inverted }];
    return COLOURS.map((colour) => ({ name: colour, type, rgb: true, range, inverted }));
  });
  return all.map((channel, index) => ({ index, ...channel }));
}

/**
 * The channel of a name or of a position from 0; a name wins over a position that is written like it, and capitals count
 * only where two names differ in nothing else.
 * @throws OptionError that lists the names
 */
export function findChannel(channels: readonly SlideChannel[], wanted: number | string): ReadableChannel {
  const all = listReadable(channels);
  const found = typeof wanted === 'number' ? all[wanted] : matchChannels(all, wanted)[0];
  if (found) return found;
  throw new OptionError('channel', 'a channel of the slide, by name or by position', wanted, { hint: listNames(all) });
}

/** Those that a text means, by the rule of `findChannel`: several where they have one name, none where nothing fits. */
export function matchChannels(all: readonly ReadableChannel[], wanted: string): readonly ReadableChannel[] {
  const exact = all.filter(({ name }) => name === wanted);
  if (exact.length > 0) return exact;
  const alike = all.filter(({ name }) => name.toLowerCase() === wanted.toLowerCase());
  if (alike.length === 1) return alike;
  const placed = /^\d+$/.test(wanted) ? all[Number(wanted)] : undefined;
  return placed ? [placed] : [];
}

/** Names in a message. */
const MOST_NAMES = 40;

/** For a hint. */
export function listNames(all: readonly ReadableChannel[]): string {
  const names = all.slice(0, MOST_NAMES).map(({ index, name }) => `${index} ${name}`);
  const more = all.length > names.length ? [`and ${all.length - names.length} more`] : [];
  return `it has ${[...names, ...more].join(', ')}`;
}
