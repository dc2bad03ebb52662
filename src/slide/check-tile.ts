import { listReadable } from './samples/channel-list.ts';
import type { SlideChannel } from './slide.ts';
import type { BackingLevel } from './slide-format.ts';

/**
 * Reads and decodes all that is stored for a tile: the samples of every channel, whichever of them are shown.
 * @returns false where a sparse file stores nothing
 * @throws CodecError, ShortReadError ...
 */
export async function checkTile(
  level: BackingLevel,
  channels: readonly SlideChannel[],
  { col, row }: { col: number; row: number },
): Promise<boolean> {
  const all = listReadable(channels);
  // Red, green and blue are decoded together.
  if (!level.readSamples || all.every(({ rgb }) => rgb)) return (await level.decodeTile(col, row)) !== undefined;
  let found = false;
  for (const { index } of all) if (await level.readSamples(index, col, row)) found = true;
  return found;
}
