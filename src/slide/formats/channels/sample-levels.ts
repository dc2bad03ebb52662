import type { Raster } from '../../../io/raster.ts';
import type { SampleBlock } from '../../../io/sample-raster.ts';
import type { TiffImage } from '../../../io/tiff/tiff-image.ts';
import { UnsupportedFormatError } from '../../../utils/errors.ts';
import { listReadable, type ReadableChannel } from '../../samples/channel-list.ts';
import { pickBlock } from '../../samples/pick-block.ts';
import { createWindowLevel, type SampleLevel, showSamples } from '../../samples/window-level.ts';
import { chooseWindows, orientWindow } from '../../samples/windows.ts';
import type { SlideSettings } from '../../settings.ts';
import type { SampleWindow, SlideChannel } from '../../slide.ts';
import type { BackingLevel } from '../../slide-format.ts';
import { createTiffSamples, type TiffSamples } from '../../tiff-samples.ts';
import { type Color, chooseColors, type StatedChannel } from './channel-colors.ts';
import { createCompositeLevel, type OpenTile } from './composite-level.ts';

/** How a channel is shown. */
export interface ChannelLook {
  readonly channel: ReadableChannel;
  readonly window: SampleWindow | undefined;
  /** Undefined for a single channel that stays grey. */
  readonly color: Color | undefined;
}

/** How the samples of a pixel are shown; `stated` are the colours that the file says. */
export function chooseLooks(
  channels: readonly SlideChannel[],
  stated: readonly Pick<StatedChannel, 'color'>[],
  settings: SlideSettings,
): ChannelLook[] {
  const colors = chooseColors(stated, channels.length);
  const windows = chooseWindows(channels, settings);
  return listReadable(channels).map((channel, index) => ({
    ...{ channel, color: colors[index] },
    window: orientWindow(windows[index], channel),
  }));
}

/** A level that only gives samples; all of a tile at once where they lie together. */
type TiffSampleLevel = SampleLevel & Pick<TiffSamples, 'readBlock'>;

/** A TIFF image as a level that only gives samples. @throws UnsupportedFormatError */
export async function createSampleLevel(
  image: TiffImage,
  full: TiffImage,
  settings: SlideSettings,
): Promise<TiffSampleLevel> {
  const { width, height, tileWidth, tileHeight, columns, rows, directory } = image;
  const samples = await createTiffSamples(image, settings);
  if (typeof samples === 'string') {
    const { name } = directory.file.source;
    throw new UnsupportedFormatError(name, `directory ${directory.index} can't be read: ${samples}`);
  }
  const { codec, readSamples, readBlock } = samples;
  const downsample = { x: full.width / width, y: full.height / height };
  const size = { width, height, downsample, tileWidth, tileHeight, columns, rows };
  return { ...size, codec, readSamples, ...(readBlock && { readBlock }) };
}

/** A level whose samples are channels, put together. */
export function showSampleLevel(level: TiffSampleLevel, looks: readonly ChannelLook[]): BackingLevel {
  const parts = looks.map((look) => ({ look, level: createWindowLevel(level, look) }));
  const [first] = parts;
  if (first && parts.length === 1 && !first.look.color) return first.level;
  const composite = createCompositeLevel(
    parts.map(({ look, level: part }) => ({
      level: part,
      color: look.color ?? [255, 255, 255],
      sample: look.channel.index,
    })),
    openTogether(level, looks),
  );
  if (composite) return composite;
  throw new RangeError('a level without channels');
}

/** A tile's channels from one decode of it; undefined where they lie apart, or can't all be shown. */
function openTogether({ readBlock }: TiffSampleLevel, looks: readonly ChannelLook[]): OpenTile | undefined {
  const windows = looks.flatMap(({ channel: { index }, window }) => (window ? [{ index, window }] : []));
  if (!readBlock || windows.length < looks.length) return undefined;
  return async (col, row) => {
    const block = await readBlock(col, row);
    return block && showEach(block, windows);
  };
}

/** One after another: no two of them have to be in memory. */
function* showEach(
  block: SampleBlock,
  windows: readonly { readonly index: number; readonly window: SampleWindow }[],
): Generator<Raster> {
  for (const { index, window } of windows) yield showSamples(pickBlock(block, index), window);
}
