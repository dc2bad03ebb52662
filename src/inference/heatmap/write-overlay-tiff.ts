import { promisify } from 'node:util';
import { deflate } from 'node:zlib';
import { COMPRESSION, PHOTOMETRIC, TAG } from '../../io/tiff/tags.ts';
import type { TiffField } from '../../io/tiff/writer/tiff-field.ts';
import { createTiffWriter, type StoredBlock } from '../../io/tiff/writer/tiff-writer.ts';
import { getEncodingFields } from '../../preprocessing/convert-slide/encoding.ts';
import { getResolutionFields } from '../../preprocessing/convert-slide/page-fields.ts';
import type { Mpp } from '../../slide/slide.ts';
import { VERSION } from '../../utils/version.ts';
import { type DrawnTile, drawTiles, listLevels } from './draw-tiles.ts';
import { createAdvance, type OverlayJob, TILE_SIZE } from './overlay-job.ts';

/** ExtraSamples: alpha that colours are not multiplied with. */
const STRAIGHT_ALPHA = 2;
const CHANNELS = 4;

const deflateAsync = promisify(deflate);

/**
 * A tiled BigTIFF of red, green, blue and alpha with a pyramid, deflate. Each level is drawn from the scores at its own downsample.
 * Tiles on which nothing is drawn are stored once. Memory: a tile, the list of patches by tile, 12 bytes for each tile of the file.
 * @throws OutputError, AbortedError
 */
export async function writeOverlayTiff(path: string, job: OverlayJob): Promise<void> {
  const { slide, downsample, drawing } = job;
  const levels = listLevels(slide, { downsample, until: TILE_SIZE });
  const advance = createAdvance(job, levels);
  await using writer = await createTiffWriter(path, { format: 'big', sync: true });
  let empty: StoredBlock | undefined;
  for (const [index, level] of levels.entries()) {
    const { width, height } = level;
    const directory = writer.addDirectory(
      { kind: 'tiles', width, height, tileWidth: TILE_SIZE, tileHeight: TILE_SIZE },
      describeLevel(job, index),
    );
    const columns = Math.ceil(width / TILE_SIZE);
    for (const tile of drawTiles(drawing, level, TILE_SIZE)) {
      const at = tile.row * columns + tile.column;
      if (tile.pixels) await directory.write(at, await deflateAsync(padTile(tile)));
      else if (empty) directory.place(at, empty);
      else empty = await directory.write(at, await deflateAsync(padTile(tile)));
      await advance();
    }
  }
  await writer.finish();
}

function describeLevel({ slide, downsample, description }: OverlayJob, level: number): TiffField[] {
  const encoding = getEncodingFields({
    ...{ compression: COMPRESSION.AdobeDeflate, photometric: PHOTOMETRIC.Rgb, samples: CHANNELS, bitsPerSample: 8 },
    ...{ predictor: 1, extraSample: STRAIGHT_ALPHA, jpegTables: undefined, subsampling: undefined },
  });
  const subfile: TiffField = { tag: TAG.NewSubfileType, type: 'long', value: [level === 0 ? 0 : 1] };
  if (level > 0) return [subfile, ...encoding];
  return [
    subfile,
    ...encoding,
    { tag: TAG.ImageDescription, type: 'ascii', value: description },
    { tag: TAG.Software, type: 'ascii', value: `slideloom ${VERSION}` },
    ...getResolutionFields(scaleMpp(slide.mpp, downsample)),
  ];
}

/** An estimate by the objective is not written: in a file it would look like a measurement. */
function scaleMpp(mpp: Mpp | undefined, downsample: number): Mpp | undefined {
  if (!mpp || mpp.source === 'objective') return undefined;
  return { x: mpp.x * downsample, y: mpp.y * downsample, source: mpp.source };
}

/** A whole tile, transparent beyond the level. */
function padTile({ width, height, pixels }: DrawnTile): Uint8Array {
  const tile = new Uint8Array(TILE_SIZE * TILE_SIZE * CHANNELS);
  for (let row = 0; pixels && row < height; row++) {
    const from = row * width * CHANNELS;
    tile.set(pixels.subarray(from, from + width * CHANNELS), row * TILE_SIZE * CHANNELS);
  }
  return tile;
}
