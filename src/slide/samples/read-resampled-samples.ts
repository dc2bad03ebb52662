import { addSamples, createSampleSums, writeSamples } from '../../io/kernels/average-samples.ts';
import { createSampleArray, type SampleRaster, type SampleType } from '../../io/sample-raster.ts';
import { type ResampledRegion, resolveSampling } from '../read-resampled.ts';
import { readTilesInOrder, type TileReader } from '../read-tiles.ts';
import type { ReadRegionOptions } from '../slide.ts';
import type { ChannelReader } from './open-channel.ts';
import { readSampleWindow } from './read-samples.ts';

/** Result pixels summed at once, 8 bytes each: with the tiles in flight, the bound on memory beside the result. */
const BAND_PIXELS = 2 ** 20;

export type SampleReadOptions = ReadRegionOptions & { readonly type: SampleType; readonly fill: number };

/**
 * Samples of a channel at any downsample, by the rules of `readResampled`: stored ones where a level has them, from the
 * nearest whole pixel, else means over areas of the level.
 */
export async function readResampledSamples(
  reader: ChannelReader,
  region: ResampledRegion,
  options: SampleReadOptions,
): Promise<SampleRaster> {
  const { width, height } = region;
  const { level, step } = resolveSampling(reader.slideLevels, region);
  const own = reader.slideLevels[level]?.downsample ?? { x: 1, y: 1 };
  const corner = { x: region.x / own.x, y: region.y / own.y };
  if (!step) {
    const window = { level, x: Math.round(corner.x), y: Math.round(corner.y), width, height };
    return readSampleWindow(reader, window, options);
  }
  const data = createSampleArray(options.type, width * height);
  const rowsPerBand = Math.max(1, Math.floor(BAND_PIXELS / width));
  const place = { ...corner, stepX: step.x, stepY: step.y };
  for (let firstRow = 0; firstRow < height; firstRow += rowsPerBand) {
    const rows = { firstRow, endRow: Math.min(height, firstRow + rowsPerBand) };
    await averageBand(reader, { ...rows, level, place, width, data }, options);
  }
  return { width, height, type: options.type, data };
}

interface Band {
  readonly level: number;
  readonly place: { readonly x: number; readonly y: number; readonly stepX: number; readonly stepY: number };
  readonly width: number;
  readonly data: SampleRaster['data'];
  readonly firstRow: number;
  readonly endRow: number;
}

async function averageBand(
  reader: TileReader<SampleRaster>,
  { level, place, width, data, firstRow, endRow }: Band,
  { type, fill, ...options }: SampleReadOptions,
): Promise<void> {
  const sums = createSampleSums({ width, firstRow, endRow, fill });
  const x = Math.floor(place.x);
  const y = Math.floor(place.y + firstRow * place.stepY);
  const columns = Math.ceil(place.x + width * place.stepX) - x;
  const rows = Math.ceil(place.y + endRow * place.stepY) - y;
  const window = { level, x, y, width: columns, height: rows };
  for await (const { tile, left, top, ...inside } of readTilesInOrder(reader, window, options)) {
    const piece = { data: tile.data, pitch: tile.width, ...inside };
    addSamples(sums, { ...piece, place: { ...place, x: place.x - left, y: place.y - top } });
  }
  writeSamples(sums, place, { data, floating: type.startsWith('float') });
}
