import { applyWindow } from '../../io/kernels/apply-window.ts';
import { pickSamples } from '../../io/kernels/pick-samples.ts';
import type { Raster } from '../../io/raster.ts';
import type { SampleRaster } from '../../io/sample-raster.ts';
import type { SampleWindow } from '../slide.ts';
import type { BackingLevel } from '../slide-format.ts';
import type { ReadableChannel } from './channel-list.ts';
import { explainMissingWindow } from './windows.ts';

/** A level whose samples can be read channel by channel. */
export type SampleLevel = Omit<BackingLevel, 'decodeTile' | 'readEncodedTile' | 'describeTiles' | 'readSamples'> &
  Required<Pick<BackingLevel, 'readSamples'>>;

/** One channel of a level, shown as grey through a window. No stored tile is what is shown: `readEncodedTile` gives the pixels. */
export function createWindowLevel(
  level: SampleLevel,
  { channel, window }: { channel: ReadableChannel; window: SampleWindow | undefined },
): BackingLevel {
  const { width, height, downsample, tileWidth, tileHeight, columns, rows, codec, runs } = level;
  const decodeTile = async (col: number, row: number): Promise<Raster | undefined> => {
    // Asked for before it is read: a slide without a window refuses to be shown as a whole.
    if (!window) throw explainMissingWindow([channel]);
    const tile = await level.readSamples(channel.index, col, row);
    return tile && showSamples(tile, window);
  };
  return {
    ...{ width, height, downsample, tileWidth, tileHeight, columns, rows, codec, decodeTile },
    readSamples: (index, col, row) => level.readSamples(index, col, row),
    ...(runs &&
      window && {
        runs: {
          length: runs.length,
          decode: async (col, row, count) =>
            showSamples(pickChannel(await runs.decode(col, row, count), channel.index), window),
        },
      }),
    async readEncodedTile(col, row) {
      const tile = await decodeTile(col, row);
      return tile && { data: tile.data, codec: 'grey', width: tile.width, height: tile.height };
    },
  };
}

/** Samples as grey pixels. */
export function showSamples({ width, height, data }: SampleRaster, window: SampleWindow): Raster {
  return { width, height, channels: 1, data: applyWindow(data, window) };
}

/** One of the 8-bit samples of decoded pixels, which is what is stored where nothing else can read samples. */
export function pickChannel({ width, height, channels, data }: Raster, channel: number): SampleRaster {
  if (channels === 1) return { width, height, type: 'uint8', data };
  const picked = pickSamples(data, new Uint8Array(width * height), { channel, samples: channels });
  return { width, height, type: 'uint8', data: picked };
}

/** The level with access to its samples, by way of its pixels where it has no other. */
export function withSamples(level: BackingLevel): SampleLevel {
  const readSamples = async (channel: number, col: number, row: number): Promise<SampleRaster | undefined> => {
    if (level.readSamples) return level.readSamples(channel, col, row);
    const tile = await level.decodeTile(col, row);
    return tile && pickChannel(tile, channel);
  };
  const { runs, ...single } = level;
  // Runs are of pixels: they are the samples only where nothing else is.
  return { ...single, readSamples, ...(runs && !level.readSamples && { runs }) };
}

/** The level with black where no tile is stored, as nothing shone there; glass is white, and so are other levels. */
export function withBlack(level: BackingLevel): BackingLevel {
  const { tileWidth, tileHeight, height } = level;
  return {
    ...level,
    async decodeTile(col, row) {
      const tile = await level.decodeTile(col, row);
      if (tile) return tile;
      const rows = Math.min(tileHeight, height - row * tileHeight);
      return { width: tileWidth, height: rows, channels: 1, data: new Uint8Array(tileWidth * rows) };
    },
  };
}
