import { UnsupportedFormatError } from '../../../utils/errors.ts';
import { listReadable, type ReadableChannel } from '../../samples/channel-list.ts';
import { chooseWindows } from '../../samples/windows.ts';
import type { SlideSettings } from '../../settings.ts';
import type { SampleWindow, SlideChannel } from '../../slide.ts';
import { type Color, chooseColors, describeChannels } from '../channels/channel-colors.ts';
import type { OmeroChannel } from './omero-channels.ts';
import { getSampleBytes, type ZarrType } from './sample-types.ts';

/** How the channels of an image become the pixels that are shown. */
export interface ChannelPlan {
  /** `rgb`: three channels as they are; `grey`: one; `composite`: each in its colour, added up. */
  readonly kind: 'rgb' | 'grey' | 'composite';
  /** Those that are shown, in order. */
  readonly shown: readonly ShownChannel[];
  /** All of them, as the slide lists them. */
  readonly channels: readonly SlideChannel[];
}

export interface ShownChannel {
  /** On the axis of channels. */
  readonly index: number;
  readonly color: Color | undefined;
  /** Undefined where nothing says by what its samples are to be shown. */
  readonly window: SampleWindow | undefined;
  /** Full colour and black change places. */
  readonly inverted: boolean;
  readonly channel: ReadableChannel;
}

const MAX_CHANNELS = 1024;
/** Names that say no more than that pixels are red, green and blue. */
const NEUTRAL = /^(rgb|r|g|b|red|green|blue|(channel|c|ch)?[\s:_-]*(\d+([:_-]\d+)*))$/i;

interface ChannelFacts {
  readonly name: string;
  readonly type: ZarrType;
  readonly count: number;
  /** Channels are the last axis: samples of one pixel lie together. */
  readonly interleaved: boolean;
  readonly settings: Pick<SlideSettings, 'window'>;
}

/**
 * @param omero what the image says of its channels; maybe of fewer than there are
 * @throws UnsupportedFormatError for too many channels
 */
export function planChannels(omero: readonly OmeroChannel[], facts: ChannelFacts): ChannelPlan {
  const { name, type, count, settings } = facts;
  if (count > MAX_CHANNELS) throw new UnsupportedFormatError(name, `${count} channels, more than ${MAX_CHANNELS}`);
  const stated = Array.from({ length: count }, (_, index) => omero[index]);
  const colors = chooseColors(
    stated.map((channel) => ({ color: channel?.color })),
    count,
  );
  const rgb = type === 'uint8' && isRgb(stated, colors, facts.interleaved);
  const named = stated.map((channel) => ({
    ...{ name: channel?.name, color: channel?.color, inverted: channel?.inverted },
    range: channel?.window && ([channel.window.start, channel.window.end] as const),
  }));
  const bitDepth = getSampleBytes(type) * 8;
  const channels = describeChannels(rgb ? [] : named, { count: rgb ? 1 : count, rgb, bitDepth, type });
  const windows = chooseWindows(channels, settings);
  const someActive = stated.some((channel) => channel?.active !== false);
  const shown = listReadable(channels).flatMap((channel, index): ShownChannel[] => {
    if (!rgb && someActive && stated[index]?.active === false) return [];
    const inverted = stated[index]?.inverted ?? false;
    return [{ index, channel, inverted, color: colors[index], window: windows[index] }];
  });
  const grey = count === 1 && colors[0] === undefined;
  return { kind: rgb ? 'rgb' : grey ? 'grey' : 'composite', shown, channels };
}

/** Three channels in red, green and blue whose names say nothing else. */
function isRgb(
  channels: readonly (OmeroChannel | undefined)[],
  colors: readonly (Color | undefined)[],
  interleaved: boolean,
): boolean {
  if (channels.length !== 3) return false;
  const pure = colors.every((color, index) => color?.every((value, i) => value === (i === index ? 255 : 0)));
  return pure && (interleaved || channels.every((channel) => !channel?.name || NEUTRAL.test(channel.name)));
}
