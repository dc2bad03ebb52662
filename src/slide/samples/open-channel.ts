import type { SampleRaster } from '../../io/sample-raster.ts';
import type { RegionReader, TileReader } from '../read-tiles.ts';
import type { SlideLevel } from '../slide.ts';
import { pickChannel } from './window-level.ts';

/** Bytes that a pixel takes while its samples are read. */
const SAMPLE_BYTES = 12;

/** A slide's channel, tile by tile. */
export interface ChannelReader extends TileReader<SampleRaster> {
  /** For choosing among them. */
  readonly slideLevels: readonly SlideLevel[];
}

/**
 * The tiles of a channel, from the slide's own cache: samples where a level has them, else a part of its decoded pixels,
 * which are then what is kept.
 */
export function openChannel(reader: RegionReader, channel: number): ChannelReader {
  const { name, cache } = reader;
  const levels = reader.levels.map((level, index) => {
    const { width, height, tileWidth, tileHeight, columns, rows } = level;
    // As stored, as numbers, and the channel's own, of as many as a pixel usually has.
    const bytesPerPixel = level.readSamples ? SAMPLE_BYTES : 3;
    const decodeTile = async (col: number, row: number): Promise<SampleRaster | undefined> => {
      const place = `${index}/${col}/${row}`;
      if (level.readSamples) {
        const read = level.readSamples.bind(level);
        return cache.get(`channel ${channel}/${place}`, () => read(channel, col, row));
      }
      const pixels = await cache.get(place, () => level.decodeTile(col, row));
      return pixels && pickChannel(pixels, channel);
    };
    return { width, height, tileWidth, tileHeight, columns, rows, decodeTile, bytesPerPixel };
  });
  return {
    name,
    levels,
    slideLevels: reader.levels,
    cache: { get: (_key, load) => load() },
    get closed() {
      return reader.closed;
    },
  };
}
