import { applyWindow } from '../../../io/kernels/apply-window.ts';
import { invertSamples } from '../../../io/kernels/samples.ts';
import type { Raster } from '../../../io/raster.ts';
import { createSampleArray, type SampleRaster } from '../../../io/sample-raster.ts';
import { UnsupportedFormatError } from '../../../utils/errors.ts';
import { explainMissingWindow } from '../../samples/windows.ts';
import type { BackingLevel } from '../../slide-format.ts';
import { addChannel, type ChannelTables, createChannelTables } from '../channels/kernels/add-channel.ts';
import type { ChannelPlan, ShownChannel } from './channel-plan.ts';
import { type ChunkGrid, createChunkGrid, getSizes, type Sizes } from './chunk-grid.ts';
import { pickPlane } from './kernels/pick-plane.ts';
import type { AxisName } from './multiscales.ts';
import type { ZarrArray, ZarrChunk } from './zarr-array.ts';

/** What all levels of an image have in common. */
export interface LevelContext {
  readonly axes: readonly AxisName[];
  readonly plan: ChannelPlan;
  /** Of level 0. */
  readonly full: Sizes;
  /** The plane that was chosen. */
  readonly plane: { readonly z: number; readonly t: number };
  readonly maxTileBytes: number;
}

/** Tiles of a level. Missing chunks take no bytes, so that a few words could ask for work without end. */
const MAX_TILES = 2 ** 24;

/** Serves an array as a slide level: its chunks are the tiles. @throws UnsupportedFormatError */
export function createZarrLevel(array: ZarrArray, context: LevelContext): BackingLevel {
  const { info } = array;
  const { plan, full } = context;
  const grid = createChunkGrid(info, context);
  const { size, chunk } = grid;
  if (chunk.x * chunk.y * 3 > context.maxTileBytes)
    throw new UnsupportedFormatError(info.name, `chunks of ${chunk.x} x ${chunk.y} pixels are too large`);
  const [columns, rows] = [Math.ceil(size.x / chunk.x), Math.ceil(size.y / chunk.y)];
  if (columns * rows > MAX_TILES)
    throw new UnsupportedFormatError(info.name, `${columns} x ${rows} chunks, more than ${MAX_TILES}`);
  const groups = groupByChunk(plan.shown, chunk.c);
  const tile: TileContext = { array, grid, plan };
  // Where several chunks make what is shown, or a part of one, no stored bytes are the tile's.
  const whole = groups.length === 1 && chunk.c === plan.shown.length && chunk.z * chunk.t === 1 && !info.shard;
  const codec = whole && plan.kind !== 'composite' ? info.chain.name : 'composite';
  const decodeTile = (col: number, row: number) => decodeGroups(groups, { col, row }, tile);
  return {
    ...{ width: size.x, height: size.y, tileWidth: chunk.x, tileHeight: chunk.y, codec, decodeTile },
    downsample: { x: full.x / size.x, y: full.y / size.y },
    ...{ columns, rows },
    // Pixels of red, green and blue are their own samples.
    ...(plan.kind !== 'rgb' && {
      readSamples: async (channel: number, col: number, row: number) =>
        pickChannel(await array.readChunk(grid.locate(col, row, channel)), channel, tile),
    }),
    async readEncodedTile(col, row) {
      const stored = codec !== 'composite';
      const data = stored ? await array.readStored(grid.locate(col, row, 0)) : (await decodeTile(col, row)).data;
      return data && { data, codec, width: chunk.x, height: chunk.y };
    },
  };
}

interface TileContext {
  readonly array: ZarrArray;
  readonly grid: ChunkGrid;
  readonly plan: ChannelPlan;
}

/** A channel with what its grey levels add to a picture. */
interface TintedChannel extends ShownChannel {
  readonly tables: ChannelTables;
}

/** Channels that one chunk holds stand together. */
function groupByChunk(shown: readonly ShownChannel[], channelsPerChunk: number): TintedChannel[][] {
  const groups = new Map<number, TintedChannel[]>();
  for (const channel of shown) {
    const key = Math.floor(channel.index / channelsPerChunk);
    const tinted = { ...channel, tables: createChannelTables(channel.color ?? [255, 255, 255]) };
    groups.set(key, [...(groups.get(key) ?? []), tinted]);
  }
  return [...groups.values()];
}

/** One chunk at a time: what a tile takes does not grow with its channels. */
async function decodeGroups(
  groups: readonly (readonly TintedChannel[])[],
  { col, row }: { col: number; row: number },
  tile: TileContext,
): Promise<Raster> {
  const { array, grid, plan } = tile;
  const { x: width, y: height } = grid.chunk;
  let grey: Uint8Array | undefined;
  const rgb = new Uint8ClampedArray(plan.kind === 'grey' ? 0 : width * height * 3);
  const out = new Uint8Array(rgb.buffer);
  for (const group of groups) {
    const found = await array.readChunk(grid.locate(col, row, group[0]?.index ?? 0));
    const pixels = plan.kind === 'rgb' && asPixels(found, grid);
    if (pixels) return { width, height, channels: 3, data: pixels };
    for (const { index, tables, ...look } of group) {
      if (plan.kind === 'rgb') {
        pickPlane(found.samples, grid.layOut(found.steps, index), { out, first: index, step: 3 });
        continue;
      }
      grey = showChannel(pickChannel(found, index, tile), look);
      if (plan.kind === 'composite') addChannel(grey, rgb, tables);
    }
  }
  if (plan.kind === 'grey') return { width, height, channels: 1, data: grey ?? new Uint8Array(width * height) };
  return { width, height, channels: 3, data: out };
}

/** The samples of a chunk as they are, where they are RGB pixels row by row already. */
function asPixels({ samples, steps }: ZarrChunk, { chunk, axes }: ChunkGrid): Uint8Array | undefined {
  if (!(samples instanceof Uint8Array) || samples.length !== chunk.x * chunk.y * 3) return undefined;
  const step = getSizes(steps, axes);
  return chunk.c === 3 && step.c === 1 && step.x === 3 && step.y === 3 * chunk.x ? samples : undefined;
}

function pickChannel({ samples, steps }: ZarrChunk, channel: number, { array, grid }: TileContext): SampleRaster {
  const { type } = array.info;
  const { x: width, y: height } = grid.chunk;
  const out = createSampleArray(type, width * height);
  return { width, height, type, data: pickPlane(samples, grid.layOut(steps, channel), { out }) };
}

/** Grey levels of samples. @throws OptionError where nothing says how they are to be shown */
function showChannel(
  { data }: SampleRaster,
  { window, inverted, channel }: Pick<ShownChannel, 'window' | 'inverted' | 'channel'>,
): Uint8Array {
  if (!window) throw explainMissingWindow([channel]);
  const grey = applyWindow(data, window);
  if (inverted) invertSamples(grey, grey.length, 1);
  return grey;
}
