import { COMPRESSION, PHOTOMETRIC, TAG } from '../../../io/tiff/tags.ts';
import type { TiffField } from '../../../io/tiff/writer/tiff-field.ts';
import {
  createTiffWriter,
  type StoredBlock,
  type TiffWriter,
  type TiffWriterDirectory,
} from '../../../io/tiff/writer/tiff-writer.ts';
import { VERSION } from '../../../utils/version.ts';
import { createOmeXml } from '../../convert-slide/create-ome-xml.ts';
import { getEncodingFields } from '../../convert-slide/encoding.ts';
import { getResolutionFields } from '../../convert-slide/page-fields.ts';
import type { MaskGrid } from '../annotation.ts';
import { listMaskLevels } from '../mask-grid.ts';
import type { MaskJob, WrittenMask } from '../mask-job.ts';
import { annotateMask, createMaskDescription } from './mask-description.ts';
import { paintTiles } from './paint-tiles.ts';
import { createTilePacker, listCounts, type TilePacker } from './tile-packer.ts';

/** The event loop has a turn after so many tiles, so that signals and other work come through. */
const TILES_PER_TURN = 256;

/**
 * A tiled BigTIFF with a pyramid, deflate. Each level is painted from the polygons, by the same rule at the centres of its
 * own pixels, so that it is the mask that its downsample asks for. Tiles of one label are stored once.
 * Memory: a tile, the edges, and 12 bytes for each tile of the file.
 * @throws OutputError, AbortedError
 */
export async function writeTiffMask(
  path: string,
  job: MaskJob,
  { layout }: { layout: 'bigtiff' | 'ome-tiff' },
): Promise<WrittenMask> {
  const levels = listMaskLevels(job.grid, job.tileSize);
  const packer = createTilePacker({ size: job.tileSize, bits: job.bits });
  const uniform = new Map<number, StoredBlock>();
  await using writer = await createTiffWriter(path, { format: layout === 'bigtiff' ? 'big' : 'auto', sync: true });
  let parent: TiffWriterDirectory | undefined;
  for (const [index, grid] of levels.entries()) {
    const directory = addLevel(writer, job, { grid, index, layout, parent });
    if (layout === 'ome-tiff') parent ??= directory;
    await writeTiles(directory, job, { grid, index, packer, uniform });
  }
  const { bytes } = await writer.finish();
  return { bytes, levels: levels.map(({ width, height }) => ({ width, height })), counts: listCounts(packer.counts) };
}

function addLevel(
  writer: TiffWriter,
  job: MaskJob,
  level: {
    grid: MaskGrid;
    index: number;
    layout: 'bigtiff' | 'ome-tiff';
    parent: TiffWriterDirectory | undefined;
  },
): TiffWriterDirectory {
  const { grid, index, parent } = level;
  const { tileSize, bits } = job;
  const encoding = getEncodingFields({
    ...{ compression: COMPRESSION.AdobeDeflate, photometric: PHOTOMETRIC.BlackIsZero, samples: 1, bitsPerSample: bits },
    ...{ predictor: 1, extraSample: 0, jpegTables: undefined, subsampling: undefined },
  });
  const { width, height } = grid;
  return writer.addDirectory(
    { kind: 'tiles', width, height, tileWidth: tileSize, tileHeight: tileSize },
    [
      { tag: TAG.NewSubfileType, type: 'long', value: [index === 0 ? 0 : 1] },
      ...encoding,
      ...(index === 0 ? describeMask(job, level.layout) : []),
    ],
    { parent },
  );
}

function describeMask(job: MaskJob, layout: 'bigtiff' | 'ome-tiff'): TiffField[] {
  const { mpp, grid } = job;
  const measured = mpp && { ...mpp, source: 'metadata' as const };
  const facts = { name: 'mask', width: grid.width, height: grid.height, type: 'uint8' as const, ifd: 0 };
  const text =
    layout === 'bigtiff'
      ? createMaskDescription(job)
      : createOmeXml([
          { ...facts, mpp: measured, channels: [{ samples: 1, name: 'label' }], annotations: annotateMask(job) },
        ]);
  return [
    { tag: TAG.ImageDescription, type: 'ascii', value: text },
    { tag: TAG.Software, type: 'ascii', value: `slideloom ${VERSION}` },
    ...getResolutionFields(measured),
  ];
}

async function writeTiles(
  directory: TiffWriterDirectory,
  { tileSize, advance, createRasterizer }: MaskJob,
  {
    grid,
    index,
    packer,
    uniform,
  }: {
    grid: MaskGrid;
    index: number;
    packer: TilePacker;
    uniform: Map<number, StoredBlock>;
  },
): Promise<void> {
  const columns = Math.ceil(grid.width / tileSize);
  let tiles = 0;
  for (const tile of paintTiles(createRasterizer(grid), tileSize)) {
    const at = tile.row * columns + tile.column;
    const known = tile.label === undefined ? undefined : uniform.get(tile.label);
    if (known) directory.place(at, known);
    else {
      const block = await directory.write(at, packer.pack(tile));
      if (tile.label !== undefined) uniform.set(tile.label, block);
    }
    if (index === 0) packer.count(tile);
    if (++tiles % TILES_PER_TURN === 0) await takeTurn(advance, TILES_PER_TURN);
  }
  await takeTurn(advance, tiles % TILES_PER_TURN);
}

/** Lets signals and timers through, then says how far it is. */
export async function takeTurn(advance: (tiles: number) => void, tiles: number): Promise<void> {
  await new Promise<void>((resolve) => setImmediate(resolve));
  advance(tiles);
}
