import type { Raster } from '../../../io/raster.ts';
import { CodecError } from '../../../utils/errors.ts';
import { withBlack, withSamples } from '../../samples/window-level.ts';
import type { BackingLevel } from '../../slide-format.ts';
import { addChannel, type ChannelTables, createChannelTables } from './kernels/add-channel.ts';

/** A channel of a level: grey tiles, and the colour that full intensity is shown in. */
export interface ChannelLevel {
  readonly level: BackingLevel;
  readonly color: readonly [red: number, green: number, blue: number];
  /** Its position among the samples that the level can read; the first by default. */
  readonly sample?: number;
}

/** A tile's grey pixels, channel by channel in their order; undefined where none is stored. */
export type OpenTile = (col: number, row: number) => Promise<Iterable<Raster> | undefined>;

/**
 * A level of several grey channels, shown as one RGB picture: each channel's grey levels in its colour, added up, ending at
 * 255. A tile takes one channel at a time, and is black where all channels leave it out. No stored tile is what is
 * shown: `readEncodedTile` gives the pixels.
 * @param openTile where one read of a tile gives all of its channels, in place of one for each
 * @returns undefined where the channels are not tiled alike.
 */
export function createCompositeLevel(channels: readonly ChannelLevel[], openTile?: OpenTile): BackingLevel | undefined {
  const first = channels[0]?.level;
  if (!first || channels.some(({ level }) => !isTiledLike(level, first))) return undefined;
  const parts = channels.map(({ level, color }) => ({ level, tables: createChannelTables(color) }));
  const decodeTile = async (col: number, row: number) =>
    addChannels(parts, openTile ? ((await openTile(col, row)) ?? []) : readEach(parts, { col, row }));
  const { width, height, downsample, tileWidth, tileHeight, columns, rows } = first;
  return withBlack({
    ...{ width, height, downsample, tileWidth, tileHeight, columns, rows },
    codec: 'composite',
    decodeTile,
    async readSamples(channel, col, row) {
      const part = channels[channel];
      return part && withSamples(part.level).readSamples(part.sample ?? 0, col, row);
    },
    async readEncodedTile(col, row) {
      const tile = await decodeTile(col, row);
      return tile && { data: tile.data, codec: 'composite', width: tile.width, height: tile.height };
    },
  });
}

function isTiledLike(level: BackingLevel, other: BackingLevel): boolean {
  const same = level.width === other.width && level.height === other.height;
  return same && level.tileWidth === other.tileWidth && level.tileHeight === other.tileHeight;
}

interface Part {
  readonly level: BackingLevel;
  readonly tables: ChannelTables;
}

async function* readEach(
  parts: readonly Part[],
  { col, row }: { col: number; row: number },
): AsyncGenerator<Raster | undefined> {
  for (const { level } of parts) yield await level.decodeTile(col, row);
}

async function addChannels(
  parts: readonly Part[],
  tiles: Iterable<Raster> | AsyncIterable<Raster | undefined>,
): Promise<Raster | undefined> {
  let sum: { width: number; height: number; data: Uint8ClampedArray<ArrayBuffer> } | undefined;
  const left = parts.values();
  for await (const tile of tiles) {
    const { value } = left.next();
    if (!tile || !value) continue;
    const { level, tables } = value;
    const { width, height, channels, data } = tile;
    if (channels !== 1) throw new CodecError(level.codec, 'a channel decodes as RGB, not as grey');
    sum ??= { width, height, data: new Uint8ClampedArray(width * height * 3) };
    if (width !== sum.width || height !== sum.height)
      throw new CodecError(level.codec, 'channels with tiles of different sizes');
    addChannel(data, sum.data, tables);
  }
  return sum && { width: sum.width, height: sum.height, channels: 3, data: new Uint8Array(sum.data.buffer) };
}
