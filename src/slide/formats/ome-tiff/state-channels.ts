import { PHOTOMETRIC } from '../../../io/tiff/tags.ts';
import type { TiffImage } from '../../../io/tiff/tiff-image.ts';
import type { StatedChannel } from '../channels/channel-colors.ts';
import type { ChannelPlane } from '../channels/channel-levels.ts';
import { readRange } from '../channels/read-range.ts';
import type { OmeImage } from './ome-model.ts';

/** Values of ExtraSamples (tag 338) that mean alpha. */
const ALPHA: readonly number[] = [1, 2];

/** Whether the samples of a pixel are the channels; they may also be RGB, or grey and its alpha. */
export function isInterleaved(
  { samplesPerPixel: samples, photometric, extraSample }: TiffImage,
  { pixels: { sizeC } }: OmeImage,
): boolean {
  const grey = photometric === PHOTOMETRIC.BlackIsZero || photometric === PHOTOMETRIC.WhiteIsZero;
  if (!grey || samples < 2 || samples !== sizeC) return false;
  return samples > 2 || !ALPHA.includes(extraSample);
}

/** What the file says of each channel: of planes, or of the samples of the only one. */
export async function stateChannels(
  planes: readonly Pick<ChannelPlane, 'directory'>[],
  first: TiffImage,
  image: OmeImage,
): Promise<StatedChannel[]> {
  const { channels } = image.pixels;
  const samples = isInterleaved(first, image) ? first.samplesPerPixel : 1;
  const all = samples > 1 ? Array.from({ length: samples }, () => planes[0]) : planes;
  // One name for all samples of a pixel is the name of none.
  const listed = samples === 1 || channels.length >= samples;
  const inverted = first.photometric === PHOTOMETRIC.WhiteIsZero;
  return Promise.all(
    all.map(async (plane, c) => {
      const { name, color } = (listed ? channels[c] : undefined) ?? {};
      return { name, color, inverted, range: plane && (await readRange(plane.directory, samples > 1 ? c : 0)) };
    }),
  );
}
