import type { PixelBlock } from '../../io/kernels/pixel-block.ts';
import type { ChannelRaster, Slide } from '../../slide/slide.ts';
import { OptionError } from '../../utils/errors.ts';
import type { RegionCut } from './cut-patch.ts';
import type { CheckedWriteOptions } from './run-options.ts';

/** Types whose samples are whole numbers of 16 bits at most, none below zero: all that a PNG can hold. */
const TYPES: readonly string[] = ['uint8', 'uint16'];

/** @throws OptionError where 16-bit patches are asked of a slide of which no single channel is shown, or one of other samples */
export function checkDepth({ shown, channels }: Slide, { depth }: Pick<CheckedWriteOptions, 'depth'>): void {
  if (depth !== 16) return;
  const index = shown?.channel;
  if (index === undefined) {
    const hint = 'choose the channel whose samples to write: `channel` of the slide (--channel)';
    throw new OptionError('depth', '8, unless a channel is chosen', depth, { hint });
  }
  // All three of RGB pixels are of one type.
  const { type = 'uint8' } = (channels[0]?.samples === 3 ? channels[0] : channels[index]) ?? {};
  if (!TYPES.includes(type)) throw new OptionError('depth', `8 for a channel of ${type} samples`, depth);
}

/** Regions of the channel that the slide shows, as samples. */
export function readShownSamples(slide: Slide): RegionCut<ChannelRaster> {
  const channel = slide.shown?.channel ?? 0;
  return {
    readRegion: (region, options) => slide.readRegion({ ...region, channel }, options),
    readRegionAtDownsample: (region, options) => slide.readChannelAtDownsample({ ...region, channel }, options),
  };
}

/** Two bytes a sample, in this machine's order. */
export function toSampleBlock({ width, height, data }: ChannelRaster): PixelBlock {
  const words = data instanceof Uint16Array ? data : Uint16Array.from(data);
  const pixels = new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
  return { pixels, pitch: width * 2, width, height, channels: 1, depth: 16 };
}
