import type { Raster } from '../../io/raster.ts';
import { TAG } from '../../io/tiff/tags.ts';
import type { TiffField } from '../../io/tiff/writer/tiff-field.ts';
import { createTiffWriter, type StoredBlock, type TiffWriterDirectory } from '../../io/tiff/writer/tiff-writer.ts';
import type { Mpp } from '../../slide/slide.ts';
import { VERSION } from '../../utils/version.ts';
import { getEncodingFields } from '../convert-slide/encoding.ts';
import { getProfileFields, getResolutionFields } from '../convert-slide/page-fields.ts';
import { createTileEncoder, type TileEncoder } from '../convert-slide/tile-encoder.ts';
import type { MaskGrid, MaskRasterizer } from './annotation.ts';
import { type CoveredRun, listCoveredRuns } from './covered-runs.ts';
import { maskPixels } from './kernels/mask-pixels.ts';

export interface OverlayJob {
  /** Finest first. */
  readonly levels: readonly MaskGrid[];
  readonly createRasterizer: (grid: MaskGrid) => MaskRasterizer;
  /** RGB pixels of a part of a level, in its own pixels. */
  readonly read: (level: number, box: { x: number; y: number; width: number; height: number }) => Promise<Raster>;
  /** Pixels a side of tiles. */
  readonly tileSize: number;
  /** Pixels across that are read at once, at least a tile. */
  readonly chunkSize: number;
  readonly quality: number;
  /** Grey value of what is not drawn. */
  readonly background: number;
  readonly mpp: Mpp | undefined;
  readonly profile: Uint8Array | undefined;
  readonly advance: (tiles: number) => void;
}

/**
 * The slide where the mask is not 0, and `background` elsewhere: JPEG tiles, pages of a BigTIFF. What is not drawn is never
 * read, and stored once. Memory: `chunkSize` x `tileSize` pixels, the edges, 12 bytes for each tile of the file.
 * @returns bytes of the file, and how many tiles were read
 */
export async function writeOverlayTiff(path: string, job: OverlayJob): Promise<{ bytes: number; tilesRead: number }> {
  const { tileSize: size, quality } = job;
  const encoder = createTileEncoder({ kind: 'jpeg', quality, samples: 3, type: 'uint8', size });
  await using writer = await createTiffWriter(path, { format: 'big', sync: true });
  let empty: StoredBlock | undefined;
  let tilesRead = 0;
  for (const [level, grid] of job.levels.entries()) {
    const { width, height } = grid;
    const directory = writer.addDirectory(
      { kind: 'tiles', width, height, tileWidth: size, tileHeight: size },
      describeLevel(job, encoder, level),
    );
    const columns = Math.ceil(width / size);
    let next = 0;
    const fillTo = async (end: number) => {
      job.advance(end - next);
      for (; next < end; next++) {
        if (empty) directory.place(next, empty);
        else empty = await directory.write(next, await encodeEmpty(job, encoder));
      }
    };
    for (const run of listCoveredRuns(job.createRasterizer(grid), job)) {
      const first = run.row * columns + run.column;
      await fillTo(first);
      await writeRun(directory, job, { level, run, first, encoder });
      next = first + run.tiles;
      tilesRead += run.tiles;
      job.advance(run.tiles);
    }
    await fillTo(columns * Math.ceil(height / size));
  }
  const { bytes } = await writer.finish();
  return { bytes, tilesRead };
}

function describeLevel({ mpp, profile }: OverlayJob, encoder: TileEncoder, level: number): TiffField[] {
  return [
    { tag: TAG.NewSubfileType, type: 'long', value: [level === 0 ? 0 : 1] },
    ...getEncodingFields(encoder.encoding),
    ...(level > 0
      ? []
      : ([
          { tag: TAG.ImageDescription, type: 'ascii', value: 'slideloom overlay' },
          { tag: TAG.Software, type: 'ascii', value: `slideloom ${VERSION}` },
          ...getResolutionFields(mpp),
          ...getProfileFields(profile),
        ] satisfies TiffField[])),
  ];
}

async function writeRun(
  directory: TiffWriterDirectory,
  job: OverlayJob,
  { level, run, first, encoder }: { level: number; run: CoveredRun; first: number; encoder: TileEncoder },
): Promise<void> {
  const { tileSize: size, background } = job;
  const { box, labels } = run;
  const raster = await job.read(level, box);
  maskPixels(raster, { labels, pitch: box.width }, background);
  const pixels = new Uint8Array(size * size * 3);
  for (let tile = 0; tile < run.tiles; tile++) {
    cutTile(raster, { left: tile * size, size, background }, pixels);
    await directory.write(first + tile, await encoder.encode(pixels));
  }
}

/** Fills `tile` from a strip of RGB pixels, with `background` beyond it. */
function cutTile(
  { data, width, height }: Raster,
  { left, size, background }: { left: number; size: number; background: number },
  tile: Uint8Array,
): void {
  const count = Math.min(size, width - left);
  if (count < size || height < size) tile.fill(background);
  for (let y = 0; y < height; y++) {
    const from = (y * width + left) * 3;
    tile.set(data.subarray(from, from + count * 3), y * size * 3);
  }
}

async function encodeEmpty({ tileSize, background }: OverlayJob, encoder: TileEncoder): Promise<Uint8Array> {
  return encoder.encode(new Uint8Array(tileSize * tileSize * 3).fill(background));
}
