import type { TiffImage } from '../../../io/tiff/tiff-image.ts';
import { UnsupportedFormatError } from '../../../utils/errors.ts';
import type { ReadableChannel } from '../../samples/channel-list.ts';
import { createWindowLevel, type SampleLevel } from '../../samples/window-level.ts';
import type { SlideSettings } from '../../settings.ts';
import type { SampleWindow } from '../../slide.ts';
import type { BackingLevel } from '../../slide-format.ts';
import { createTiffSamples } from '../../tiff-samples.ts';
import type { Color } from './channel-colors.ts';
import { createCompositeLevel } from './composite-level.ts';

/** How a channel is shown. */
export interface ChannelLook {
  readonly channel: ReadableChannel;
  readonly window: SampleWindow | undefined;
  /** Undefined for a single channel that stays grey. */
  readonly color: Color | undefined;
}

/** A TIFF image as a level that only gives samples. @throws UnsupportedFormatError */
export async function createSampleLevel(
  image: TiffImage,
  full: TiffImage,
  settings: SlideSettings,
): Promise<SampleLevel> {
  const { width, height, tileWidth, tileHeight, columns, rows, directory } = image;
  const samples = await createTiffSamples(image, settings);
  if (typeof samples === 'string') {
    const { name } = directory.file.source;
    throw new UnsupportedFormatError(name, `directory ${directory.index} can't be read: ${samples}`);
  }
  const { codec, readSamples } = samples;
  const downsample = { x: full.width / width, y: full.height / height };
  return { width, height, downsample, tileWidth, tileHeight, columns, rows, codec, readSamples };
}

/** A level whose samples are channels, put together. */
export function showSampleLevel(level: SampleLevel, looks: readonly ChannelLook[]): BackingLevel {
  const parts = looks.map((look) => ({ look, level: createWindowLevel(level, look) }));
  const [first] = parts;
  if (first && parts.length === 1 && !first.look.color) return first.level;
  const composite = createCompositeLevel(
    parts.map(({ look, level: part }) => ({
      level: part,
      color: look.color ?? [255, 255, 255],
      sample: look.channel.index,
    })),
  );
  if (composite) return composite;
  throw new RangeError('a level without channels');
}
