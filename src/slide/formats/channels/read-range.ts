import type { TiffDirectory } from '../../../io/tiff/directory.ts';
import { TAG } from '../../../io/tiff/tags.ts';
import type { SampleWindow } from '../../slide.ts';

/**
 * The samples that a TIFF page says to show as black and as white: SMinSampleValue and SMaxSampleValue, which have a value
 * for each sample of a pixel, else MinSampleValue and MaxSampleValue. Samples of 8 bits are shown as they are.
 * @returns undefined where it says nothing that makes sense; damage to such tags costs the window, not the slide.
 */
export async function readRange(directory: TiffDirectory, sample = 0): Promise<SampleWindow | undefined> {
  if (((await directory.readNumber(TAG.BitsPerSample)) ?? 1) <= 8) return undefined;
  const read = async (tag: number) => {
    const values = await directory.readNumbers(tag).catch(() => undefined);
    return values?.[Math.min(sample, values.length - 1)];
  };
  const low = (await read(TAG.SMinSampleValue)) ?? (await read(TAG.MinSampleValue));
  const high = (await read(TAG.SMaxSampleValue)) ?? (await read(TAG.MaxSampleValue));
  if (low === undefined || high === undefined || !Number.isFinite(low) || !Number.isFinite(high)) return undefined;
  return low < high ? [low, high] : undefined;
}
