import type { SampleType } from '../../../io/sample-raster.ts';
import type { SampleWindow, SlideChannel } from '../../slide.ts';

export type Color = readonly [red: number, green: number, blue: number];

/** What a file says of a channel. */
export interface StatedChannel {
  readonly name: string | undefined;
  readonly color: Color | undefined;
  /** Samples to show as black and as white. */
  readonly range?: SampleWindow | undefined;
  /** The least samples are white. */
  readonly inverted?: boolean | undefined;
}

/** Colours of channels that have none of their own, by position, over and over. */
const PALETTE: readonly Color[] = [
  [255, 0, 0],
  [0, 255, 0],
  [0, 0, 255],
  [255, 0, 255],
  [0, 255, 255],
  [255, 255, 0],
  [255, 255, 255],
];

/**
 * The colour that each of `count` channels is shown in; undefined for pixels that are shown as they are. White counts as no
 * colour, being OME's default: where no channel has another, several are shown in the palette and one stays grey.
 */
export function chooseColors(channels: readonly Pick<StatedChannel, 'color'>[], count: number): (Color | undefined)[] {
  const own = Array.from({ length: count }, (_, index) => channels[index]?.color);
  const colored = own.some((color) => color && !color.every((value) => value === 255));
  if (count === 1) return colored ? own : [undefined];
  return own.map((color, index) => (colored && color ? color : PALETTE[index % PALETTE.length]));
}

/** Samples of one bit: 1 is white. */
const BITS: SampleWindow = [0, 1];

/** Channels as a slide lists them; RGB pixels are one. */
export function describeChannels(
  channels: readonly StatedChannel[],
  { count, rgb, bitDepth, type }: { count: number; rgb: boolean; bitDepth: number; type: SampleType | undefined },
): SlideChannel[] {
  return Array.from({ length: count }, (_, index) => {
    const name = channels[index]?.name?.trim();
    const { color, range = bitDepth === 1 ? BITS : undefined, inverted } = rgb ? {} : (channels[index] ?? {});
    const fallback = rgb && count === 1 ? 'RGB' : count === 1 ? 'grey' : `channel ${index}`;
    return {
      ...{ name: name || fallback, bitDepth },
      ...(type && { type }),
      ...(rgb && { samples: 3 as const }),
      ...(range && { range }),
      ...(inverted && { inverted: true as const }),
      ...(color && { color }),
    };
  });
}
