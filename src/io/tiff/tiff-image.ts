import { TiffError } from '../../utils/errors.ts';
import type { TiffDirectory } from './directory.ts';
import { COMPRESSION, PHOTOMETRIC, TAG } from './tags.ts';

/** The image that a directory describes, before any pixel is read. Strips appear as tiles as wide as the image. */
export interface TiffImage {
  readonly directory: TiffDirectory;
  readonly width: number;
  readonly height: number;
  /** Stored tiles, or strips. */
  readonly tiled: boolean;
  readonly tileWidth: number;
  readonly tileHeight: number;
  readonly columns: number;
  readonly rows: number;
  readonly compression: number;
  readonly photometric: number;
  readonly samplesPerPixel: number;
  /** Equal for all samples, or 0 where the file mixes depths. */
  readonly bitsPerSample: number;
  /** 1 unsigned, 2 signed, 3 float (tag 339). */
  readonly sampleFormat: number;
  /** 1 none, 2 horizontal difference, 3 floating point (tag 317). */
  readonly predictor: number;
  /** 1 interleaved, 2 one plane per sample (tag 284). */
  readonly planar: number;
  /** 1 the first pixel is the highest bit of a byte, 2 the lowest (tag 266). */
  readonly fillOrder: number;
  /** Of the first extra sample: 1 premultiplied alpha, 2 alpha, else no alpha (tag 338). */
  readonly extraSample: number;
  /** Bit 0: a reduced copy of another image (tag 254). */
  readonly subfileType: number;
  readonly jpegTables: Uint8Array | undefined;
  /**
   * File offset and byte count of each tile, row by row; with planar configuration 2 all tiles of the first sample, then all
   * of the second, and so on. Read from the file at the first call and kept.
   */
  readTileIndex(): Promise<TileIndex>;
}

export interface TileIndex {
  readonly offsets: Float64Array;
  readonly counts: Float64Array;
}

/** Eight Huffman and four quantisation tables take under 4 KiB; each page of a file keeps its own. */
const MAX_JPEG_TABLES = 16_384;

/** @throws TiffError where a mandatory tag is missing or a size is absurd. */
export async function readTiffImage(directory: TiffDirectory): Promise<TiffImage> {
  const number = async (tag: number, fallback: number) => (await directory.readNumber(tag)) ?? fallback;
  const width = checkSize(directory, 'width', await number(TAG.ImageWidth, 0));
  const height = checkSize(directory, 'height', await number(TAG.ImageLength, 0));
  const tiled = directory.has(TAG.TileWidth) || directory.has(TAG.TileOffsets);
  const tileWidth = tiled ? checkSize(directory, 'tile width', await number(TAG.TileWidth, 0)) : width;
  const tileHeight = tiled
    ? checkSize(directory, 'tile height', await number(TAG.TileLength, 0))
    : checkSize(directory, 'rows per strip', Math.min(height, await number(TAG.RowsPerStrip, height)));
  const compression = await number(TAG.Compression, COMPRESSION.None);
  const image = {
    directory,
    width,
    height,
    tiled,
    tileWidth,
    tileHeight,
    columns: Math.ceil(width / tileWidth),
    rows: Math.ceil(height / tileHeight),
    compression,
    photometric: await number(TAG.PhotometricInterpretation, PHOTOMETRIC.BlackIsZero),
    samplesPerPixel: checkSamples(directory, await number(TAG.SamplesPerPixel, 1)),
    bitsPerSample: await readBitsPerSample(directory),
    sampleFormat: await number(TAG.SampleFormat, 1),
    predictor: await number(TAG.Predictor, 1),
    planar: await number(TAG.PlanarConfiguration, 1),
    fillOrder: await number(TAG.FillOrder, 1),
    extraSample: await number(TAG.ExtraSamples, 0),
    subfileType: await number(TAG.NewSubfileType, 0),
    jpegTables:
      compression === COMPRESSION.Jpeg ? await directory.readBytes(TAG.JPEGTables, MAX_JPEG_TABLES) : undefined,
  };
  checkTileTables(image);
  let index: Promise<TileIndex> | undefined;
  const loadTileIndex = async () => {
    try {
      return await readTileIndex(image);
    } catch (error) {
      // A read that failed once may succeed later: only what was read is kept.
      index = undefined;
      throw error;
    }
  };
  return { ...image, readTileIndex: () => (index ??= loadTileIndex()) };
}

type ImageFacts = Omit<TiffImage, 'readTileIndex'>;

function countTiles({ columns, rows, planar, samplesPerPixel }: ImageFacts): number {
  return columns * rows * (planar === 2 ? samplesPerPixel : 1);
}

/** Holds the tables against the grid and the file, so that a damaged image fails when it is opened, not at its tiles. */
function checkTileTables(image: ImageFacts): void {
  const { directory, tiled, width, height } = image;
  const [offsetTag, countTag] = getTableTags(image);
  const tiles = countTiles(image);
  const listed = directory.fields.get(offsetTag)?.count ?? 0;
  const what = tiled ? 'tiles' : 'strips';
  if (listed < tiles) throw fail(directory, `${width} x ${height} pixels need ${tiles} ${what}, ${listed} are listed`);
  directory.checkExtent(offsetTag);
  const counts = directory.fields.get(countTag);
  // TIFF 6.0 wants byte counts, but uncompressed files of some writers go without.
  if (!counts && image.compression !== COMPRESSION.None) throw fail(directory, `no byte counts of ${what}`);
  if (counts && counts.count < tiles) throw fail(directory, `${tiles} ${what}, but only ${counts.count} byte counts`);
  directory.checkExtent(countTag);
}

function getTableTags({ tiled }: ImageFacts): [offsets: number, counts: number] {
  return tiled ? [TAG.TileOffsets, TAG.TileByteCounts] : [TAG.StripOffsets, TAG.StripByteCounts];
}

async function readTileIndex(image: ImageFacts): Promise<TileIndex> {
  const [offsetTag, countTag] = getTableTags(image);
  const offsets = (await image.directory.readTable(offsetTag)) ?? new Float64Array(0);
  const counts = await image.directory.readTable(countTag);
  return { offsets, counts: counts ?? computeRawCounts(image, countTiles(image)) };
}

function computeRawCounts(image: ImageFacts, tiles: number): Float64Array {
  const samples = image.planar === 2 ? 1 : image.samplesPerPixel;
  const rowBytes = Math.ceil((image.tileWidth * samples * image.bitsPerSample) / 8);
  const counts = new Float64Array(tiles).fill(rowBytes * image.tileHeight);
  const lastRows = image.height - (image.rows - 1) * image.tileHeight;
  // The last strip of each plane is shorter.
  if (!image.tiled)
    for (let last = image.rows - 1; last < tiles; last += image.rows) counts[last] = rowBytes * lastRows;
  return counts;
}

async function readBitsPerSample(directory: TiffDirectory): Promise<number> {
  const field = directory.fields.get(TAG.BitsPerSample);
  if (!field) return 1;
  if (field.count > 64) throw fail(directory, `${field.count} samples a pixel`);
  const bits = (await directory.readNumbers(TAG.BitsPerSample)) ?? new Float64Array(0);
  return bits.every((value) => value === bits[0]) ? (bits[0] ?? 1) : 0;
}

function checkSize(directory: TiffDirectory, what: string, value: number): number {
  // 2^31 - 1 pixels a side: beyond it no scanner goes and products stay below 2^53 for any sample layout.
  if (Number.isInteger(value) && value >= 1 && value < 2 ** 31) return value;
  throw fail(directory, `the ${what} is ${value}`);
}

function checkSamples(directory: TiffDirectory, value: number): number {
  // Raw buffers are sized by it, so a rational or a zero from a damaged tag must not come through.
  if (Number.isInteger(value) && value >= 1 && value <= 65_535) return value;
  throw fail(directory, `${value} samples a pixel`);
}

function fail(directory: TiffDirectory, problem: string): TiffError {
  const { name } = directory.file.source;
  return new TiffError(name, `directory ${directory.index}: ${problem}`, { directory: directory.index });
}
