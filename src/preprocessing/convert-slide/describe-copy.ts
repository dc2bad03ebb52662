import { type JpegHeader, parseJpegHeader, parseJpegTables } from '../../io/kernels/jpeg-decode.ts';
import { COMPRESSION, PHOTOMETRIC } from '../../io/tiff/tags.ts';
import type { Slide } from '../../slide/slide.ts';
import type { TileLayout } from '../../slide/tile-layout.ts';
import { isSlideloomError } from '../../utils/errors.ts';
import type { Encoding } from './encoding.ts';
import type { ConvertCompression } from './options.ts';

/** A level whose stored tiles can be the tiles of a TIFF as they are. */
export interface CopiedTiles {
  readonly layout: TileLayout;
  readonly encoding: Encoding;
}

/** The compressions that tiles of each choice may have. */
const ACCEPTED: Readonly<Record<ConvertCompression, readonly number[]>> = {
  auto: Object.values(COMPRESSION),
  jpeg: [COMPRESSION.Jpeg],
  deflate: [COMPRESSION.AdobeDeflate, COMPRESSION.Deflate],
  none: [COMPRESSION.None],
};

/** Compressions whose streams say themselves in which order the bytes of a sample are. */
const ORDERED: readonly number[] = [
  COMPRESSION.Jpeg,
  COMPRESSION.Jpeg2000,
  COMPRESSION.Jpeg2000Lossy,
  COMPRESSION.Jpeg2000Rgb,
  COMPRESSION.Jpeg2000Ycbcr,
  COMPRESSION.Webp,
];

/** Tiles that are tried until one has a sound header: more of them are damage, for which tiles are decoded. */
const MOST_TRIES = 16;

/**
 * How the stored tiles of a level are copied.
 * @returns undefined where they can't be: strips, tiles that overlap or are composed, several files, sides that TIFF does
 *   not allow, or another compression than the one that is asked for
 */
export async function describeCopy(
  slide: Slide,
  level: number,
  compression: ConvertCompression,
): Promise<CopiedTiles | undefined> {
  const layout = await slide.getTileLayout?.(level);
  const shape = slide.levels[level];
  if (!layout || !shape || layout.width !== shape.width || layout.height !== shape.height) return undefined;
  if (!ACCEPTED[compression].includes(layout.compression) || !isPlainGrid(layout)) return undefined;
  const { parameters } = layout;
  const { photometric, samples, bitsPerSample, predictor, extraSample, jpegTables, littleEndian = true } = parameters;
  // TIFF can't say that fewer bits count than are stored.
  if (parameters.significantBits !== undefined) return undefined;
  if (bitsPerSample > 8 && !littleEndian && !ORDERED.includes(layout.compression)) return undefined;
  const encoding = {
    ...{ compression: layout.compression, photometric, samples, bitsPerSample, predictor, extraSample },
    ...{ jpegTables, subsampling: undefined },
  };
  if (layout.compression !== COMPRESSION.Jpeg) return { layout, encoding };
  const header = await readFirstHeader(slide, layout);
  return header && { layout, encoding: { ...encoding, ...getColours(header, photometric) } };
}

/** Whole tiles in rows and columns, of sides and of a kind that TIFF allows. */
function isPlainGrid(layout: TileLayout): boolean {
  const { tileWidth, tileHeight, columns, rows, parameters } = layout;
  if (layout.strips || layout.restart || layout.reduction || layout.colors) return false;
  if (tileWidth % 16 !== 0 || tileHeight % 16 !== 0 || tileWidth > 65_535 || tileHeight > 65_535) return false;
  const whole = columns === Math.ceil(layout.width / tileWidth) && rows === Math.ceil(layout.height / tileHeight);
  const { WhiteIsZero, BlackIsZero, Rgb, YCbCr } = PHOTOMETRIC;
  const known: readonly number[] = [WhiteIsZero, BlackIsZero, Rgb, YCbCr];
  return whole && parameters.width === tileWidth && known.includes(parameters.photometric);
}

/** The header of the first tile that has one; undefined where tiles are no sequential JPEG, which TIFF does not know. */
export async function readFirstHeader(slide: Slide, layout: TileLayout): Promise<JpegHeader | undefined> {
  const { offsets, counts, columns, parameters } = layout;
  const tables = parameters.jpegTables && parseJpegTables(parameters.jpegTables);
  const colour = parameters.photometric === PHOTOMETRIC.Rgb ? 'rgb' : 'ycbcr';
  let tries = 0;
  for (let index = 0; index < offsets.length && tries < MOST_TRIES; index++) {
    if (!offsets[index] || !counts[index]) continue;
    tries++;
    try {
      const tile = await slide.readTile(layout.level, index % columns, Math.floor(index / columns));
      const header = tile && parseJpegHeader(tile.data, { tables, colour });
      if (header) return header.unsupported === undefined && header.precision === 8 ? header : undefined;
    } catch (error) {
      // A damaged tile is reported where it is copied or decoded; another one tells what the level is.
      if (!isSlideloomError(error, 'tile', 'codec') || isSlideloomError(error.cause, 'remote')) throw error;
    }
  }
  return undefined;
}

/** What the streams are, which the directory of some writers tells wrong. */
function getColours(header: JpegHeader, photometric: number): Pick<Encoding, 'photometric' | 'subsampling'> {
  if (header.colour === 'grey') return { photometric, subsampling: undefined };
  if (header.colour === 'rgb') return { photometric: PHOTOMETRIC.Rgb, subsampling: undefined };
  return { photometric: PHOTOMETRIC.YCbCr, subsampling: [header.across, header.down] };
}
