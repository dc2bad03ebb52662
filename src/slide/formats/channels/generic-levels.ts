import { getSampleType, MAX_SAMPLES } from '../../../io/codec/convert-to-samples.ts';
import { getFullRange } from '../../../io/sample-raster.ts';
import { PHOTOMETRIC } from '../../../io/tiff/tags.ts';
import type { TiffImage } from '../../../io/tiff/tiff-image.ts';
import { chooseWindows } from '../../samples/windows.ts';
import type { SlideSettings } from '../../settings.ts';
import type { SlideChannel } from '../../slide.ts';
import type { SlideBacking } from '../../slide-format.ts';
import { createTiffLevel, getUnsupportedReason } from '../../tiff-level.ts';
import { describeChannels } from './channel-colors.ts';
import { readRange } from './read-range.ts';
import { chooseLooks, createSampleLevel, showSampleLevel } from './sample-levels.ts';

/**
 * The levels of a TIFF of which nothing else is known, `images` finest first: pixels where it has some that can be shown, else
 * its samples as channels, each through a window.
 * @throws UnsupportedFormatError
 */
export async function createGenericLevels(
  images: readonly TiffImage[],
  settings: SlideSettings,
): Promise<Pick<SlideBacking, 'levels' | 'channels'>> {
  const [full] = images;
  if (!full) return { levels: [], channels: [] };
  const channels = await describeSamples(full);
  const rgb = channels[0]?.samples === 3;
  const [window] = chooseWindows(channels, settings);
  if (rgb || !(await isWindowed(full, window, settings)))
    return { levels: await Promise.all(images.map((image) => createTiffLevel(image, full, settings))), channels };
  const looks = chooseLooks(channels, [], settings);
  const levels = images.map(async (image) => showSampleLevel(await createSampleLevel(image, full, settings), looks));
  return { levels: await Promise.all(levels), channels };
}

/** Grey with one extra sample is grey: the other is alpha, or nobody knows what. With more they are channels. */
async function describeSamples(full: TiffImage): Promise<SlideChannel[]> {
  const { photometric, samplesPerPixel, bitsPerSample: bitDepth, directory } = full;
  const grey = photometric === PHOTOMETRIC.BlackIsZero || photometric === PHOTOMETRIC.WhiteIsZero;
  const rgb = !grey && samplesPerPixel >= 3;
  // More of them are refused by the codec; nothing is looked up for them before.
  const count = grey && samplesPerPixel > 2 && samplesPerPixel <= MAX_SAMPLES ? samplesPerPixel : 1;
  const type = getSampleType(full);
  const stated = Array.from({ length: count }, async (_, index) => ({
    ...{ name: undefined, color: undefined },
    range: rgb ? undefined : await readRange(directory, index),
    inverted: photometric === PHOTOMETRIC.WhiteIsZero,
  }));
  return describeChannels(await Promise.all(stated), { count, rgb, bitDepth, type });
}

/** Codecs show unsigned samples of 8 and 16 bits in the range of their type; all else goes through a window. */
async function isWindowed(
  full: TiffImage,
  window: readonly [number, number] | undefined,
  settings: SlideSettings,
): Promise<boolean> {
  const range = getFullRange(getSampleType(full) ?? 'uint8');
  const whole = range && window && window[0] === range[0] && window[1] === range[1];
  return !whole || (await getUnsupportedReason(full, settings)) !== undefined;
}
