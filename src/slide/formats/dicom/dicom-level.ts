import type { FrameSource } from '../../../io/dicom/frame-source.ts';
import { CodecError } from '../../../utils/errors.ts';
import { pickBlock } from '../../samples/pick-block.ts';
import type { SlideSettings } from '../../settings.ts';
import type { BackingLevel, StoredTiles } from '../../slide-format.ts';
import { createFrameDecoder } from './frame-decoder.ts';
import { createFrameGrid, type FrameGrid } from './frame-grid.ts';
import type { FrameDecoder } from './frame-shape.ts';
import { getPixelEncoding, openFrames } from './open-frames.ts';
import type { WsiImage } from './wsi-image.ts';

/** The files of one image, in the order of their frames; one, unless it is stored in parts. */
export type ImageParts = readonly [WsiImage, ...WsiImage[]];

export interface DicomLevel extends BackingLevel {
  readonly planes: number;
  readonly paths: number;
}

/**
 * Serves an image as a slide level. The downsample is that of `full`, the level-0 image.
 * @throws DicomError, UnsupportedFormatError, OptionError
 */
export async function createDicomLevel(
  parts: ImageParts,
  full: { readonly width: number; readonly height: number },
  settings: SlideSettings,
): Promise<DicomLevel> {
  const { width, height, tileWidth, tileHeight } = parts[0];
  const frames = joinFrames(await Promise.all(parts.map((part) => openFrames(part, settings))));
  const grid = createFrameGrid(parts, settings.z);
  const decoder = await createDecoder(parts[0], frames);
  const readStored = async (col: number, row: number): Promise<Uint8Array | undefined> => {
    const frame = grid.find(col, row);
    return frame === undefined ? undefined : frames.read(frame);
  };
  const { path } = parts[0].source;
  const { columns, rows, planes, paths } = grid;
  const tiles = { width, height, tileWidth, tileHeight, columns, rows };
  return {
    ...{ ...tiles, planes, paths, codec: decoder.codec },
    downsample: { x: full.width / width, y: full.height / height },
    async decodeTile(col, row) {
      const stored = await readStored(col, row);
      return stored && decoder.decode(stored);
    },
    ...(decoder.decodeSamples && {
      async readSamples(channel: number, col: number, row: number) {
        const stored = await readStored(col, row);
        const block = stored && (await decoder.decodeSamples?.(stored));
        return block && pickBlock(block, channel);
      },
    }),
    async readEncodedTile(col, row) {
      const data = await readStored(col, row);
      if (data?.length === 0) throw new CodecError(decoder.codec, 'an empty frame');
      return data && { data, codec: decoder.codec, width: tileWidth, height: tileHeight };
    },
    // Tiles of several files have no common layout: they are read through the slide.
    ...(parts.length === 1 &&
      path !== undefined && {
        describeTiles: async () => {
          const stored = await locateTiles(decoder, { frames, grid });
          return stored && { ...tiles, ...stored, path, strips: false, maxTileBytes: settings.maxTileBytes };
        },
      }),
  };
}

async function createDecoder(image: WsiImage, frames: FrameSource): Promise<FrameDecoder> {
  const { source, head, samples, tileWidth, tileHeight } = image;
  return createFrameDecoder({
    ...{ name: source.name, samples, width: tileWidth, height: tileHeight },
    pixels: getPixelEncoding(image),
    littleEndian: head.syntax.littleEndian,
    words: head.pixelData?.vr === 'OW',
    readFirst: () => frames.read(0),
  });
}

/** The frames of several files as one row of frames. */
function joinFrames(parts: readonly FrameSource[]): FrameSource {
  const [first] = parts;
  if (first && parts.length === 1) return first;
  const count = parts.reduce((sum, part) => sum + part.count, 0);
  return {
    count,
    async read(frame) {
      let left = frame;
      for (const part of parts) {
        if (left < part.count) return part.read(left);
        left -= part.count;
      }
      throw new RangeError(`frame ${frame} of ${count}`);
    },
    locate: async () => undefined,
  };
}

/** Above this many tiles the positions are not laid out: 16 bytes for each. */
const MOST_TILES = 2 ** 24;

/** Where tiles lie as another thread reads them; undefined where it can't. */
async function locateTiles(
  { asTile }: FrameDecoder,
  { frames, grid }: { frames: FrameSource; grid: FrameGrid },
): Promise<Pick<StoredTiles, 'compression' | 'parameters' | 'offsets' | 'counts'> | undefined> {
  const cells = grid.columns * grid.rows;
  const places = asTile && cells <= MOST_TILES ? await frames.locate() : undefined;
  if (!asTile || !places) return undefined;
  const offsets = new Float64Array(new SharedArrayBuffer(cells * 8));
  const counts = new Float64Array(new SharedArrayBuffer(cells * 8));
  for (let cell = 0; cell < cells; cell++) {
    const frame = grid.find(cell % grid.columns, Math.floor(cell / grid.columns));
    if (frame === undefined) continue;
    offsets[cell] = places.offsets[frame] ?? 0;
    counts[cell] = places.counts[frame] ?? 0;
  }
  return { ...asTile, offsets, counts };
}
