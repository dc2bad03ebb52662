import type { SampleType } from '../../io/sample-raster.ts';
import { listReadable } from '../../slide/samples/channel-list.ts';
import type { Slide } from '../../slide/slide.ts';
import { UnsupportedFormatError } from '../../utils/errors.ts';
import type { ConvertSettings } from './options.ts';

/** What one page holds of the slide. */
export type Plane =
  /** The 8-bit pixels that are shown; of grey ones a single sample. */
  | { readonly kind: 'shown'; readonly samples: 1 | 3; readonly type: 'uint8'; readonly name: string | undefined }
  /** The stored samples of one channel. */
  | {
      readonly kind: 'channel';
      readonly channel: number;
      readonly samples: 1;
      readonly type: SampleType;
      readonly name: string;
      readonly color: readonly [red: number, green: number, blue: number] | undefined;
    };

/**
 * The pages that a slide becomes: its RGB or grey pixels, or one for each channel.
 * @param copied the tiles of level 0 are copied, whatever they hold.
 * @throws UnsupportedFormatError where samples would be lost that nobody gave up
 */
export function choosePlanes(slide: Slide, settings: ConvertSettings, copied: boolean): readonly Plane[] {
  const { name, channels } = slide;
  const shown = slide.shown?.channel;
  const all = listReadable(channels).filter(({ index }) => shown === undefined || index === shown);
  const [first] = all;
  const rgb = first?.rgb === true && shown === undefined;
  if (rgb && (copied || first.type === 'uint8')) return [{ kind: 'shown', samples: 3, type: 'uint8', name: undefined }];
  const own = channels.length === 1 ? channels[0] : undefined;
  if (all.length === 1 && first?.type === 'uint8' && !own?.color && shown === undefined)
    return [{ kind: 'shown', samples: 1, type: 'uint8', name: first.name }];
  if (settings.composite) return [{ kind: 'shown', samples: 3, type: 'uint8', name: undefined }];
  if (rgb)
    throw new UnsupportedFormatError(name, `RGB pixels of ${first.type}, which can't be encoded`, COMPOSITE_HINT);
  if (all.length > 1 && settings.layout !== 'ome-tiff') {
    const hint = '--layout ome-tiff keeps all channels; --composite writes the RGB picture that they are shown as';
    throw new UnsupportedFormatError(name, `${all.length} channels, of which a plain TIFF says nothing`, { hint });
  }
  return all.map(({ index, type, name: channel }) => {
    const color = channels.length === listReadable(channels).length ? channels[index]?.color : undefined;
    return { kind: 'channel', channel: index, samples: 1, type, name: channel, color };
  });
}

const COMPOSITE_HINT = { hint: '--composite writes the 8-bit RGB picture that they are shown as' };
