import { createSampleArray, getFullRange, type SampleRaster, type SampleType } from '../../io/sample-raster.ts';
import { CodecError } from '../../utils/errors.ts';
import { type LevelWindow, readTilesInOrder, type TileReader } from '../read-tiles.ts';
import type { ReadRegionOptions } from '../slide.ts';

/** What stands outside the level and where no tile is stored. */
export function getFill(type: SampleType, rgb: boolean): number {
  return rgb ? (getFullRange(type)?.[1] ?? 0) : 0;
}

/** Stored samples of a window of a level, of the one type that the channel has. Memory: the result and the tiles in flight. */
export async function readSampleWindow(
  reader: TileReader<SampleRaster>,
  window: LevelWindow,
  { type, fill, ...options }: ReadRegionOptions & { type: SampleType; fill: number },
): Promise<SampleRaster> {
  const { width, height } = window;
  const data = createSampleArray(type, width * height);
  if (fill !== 0) data.fill(fill);
  for await (const { tile, left, top, ...inside } of readTilesInOrder(reader, window, options)) {
    if (tile.type !== type) throw new CodecError('samples', `a tile of ${tile.type} samples in a channel of ${type}`);
    const [x, y] = [left - window.x, top - window.y];
    const first = Math.max(0, -x);
    const end = Math.min(inside.width, tile.width, width - x);
    const bottom = Math.min(inside.height, tile.height, height - y);
    if (end <= first) continue;
    for (let row = Math.max(0, -y); row < bottom; row++) {
      const from = row * tile.width;
      data.set(tile.data.subarray(from + first, from + end), (y + row) * width + x + first);
    }
  }
  return { width, height, type, data };
}
