import { readFile } from 'node:fs/promises';
import { CodecError, SourceError, UnsupportedFormatError } from '../../utils/errors.ts';
import type { StainImage } from '../stain-normalization/stain-image.ts';
import type { PictureFormat } from './options.ts';

/** 256 MB of RGBA: as much again is held while it is normalised. */
export const MOST_PICTURE_PIXELS = 2 ** 26;

/** A file of one picture, upright. */
export interface PictureFile extends StainImage {
  readonly channels: 3 | 4;
  readonly format: PictureFormat;
  /** The file itself. */
  readonly bytes: Uint8Array;
  /** Pixels per inch, where the file says it. */
  readonly density: number | undefined;
}

/**
 * Reads a PNG, JPEG or TIFF of 8-bit RGB, with alpha where it has one, turned as its EXIF orientation says. Colours are as
 * stored: a colour profile is not applied.
 * @throws SourceError, UnsupportedFormatError for grey, CMYK, 16 bits, several pages and other kinds of files; CodecError
 */
export async function readPictureFile(path: string): Promise<PictureFile> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new SourceError(path, cause instanceof Error ? cause.message : String(cause), { cause });
  });
  if (bytes.length === 0) throw new SourceError(path, 'the file is empty');
  const { sharp } = await import('../../io/codec/sharp.ts');
  const image = sharp(bytes, { failOn: 'warning', limitInputPixels: MOST_PICTURE_PIXELS, ignoreIcc: true });
  const fail = (cause: unknown) => {
    throw new CodecError(path, explain(cause), { cause });
  };
  const facts = await sharp(bytes, { limitInputPixels: false }).metadata().catch(fail);
  const { format, density, width, height } = facts;
  const problem = findProblem(facts);
  if (problem) throw new UnsupportedFormatError(path, problem[0], { hint: problem[1] });
  if (width * height > MOST_PICTURE_PIXELS)
    throw new UnsupportedFormatError(path, `${width} x ${height} is more than ${MOST_PICTURE_PIXELS} pixels`, {
      hint: '`slideloom convert --levels pyramid` makes a slide of it, which is normalised piece by piece',
    });
  const decoded = await image
    .autoOrient()
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true })
    .catch(fail);
  const { data, info } = decoded;
  const channels = info.channels === 4 ? 4 : 3;
  if (info.channels !== channels) throw new CodecError(path, `decoded to ${info.channels} samples a pixel`);
  // A plain view: a Buffer's slice() shares memory.
  const pixels = new Uint8Array(data.buffer, data.byteOffset, data.length);
  const shape = { width: info.width, height: info.height, channels } as const;
  return { ...shape, data: pixels, format: format as PictureFormat, bytes, density };
}

/** By the header of the file alone; 0 for what is no picture, which fails when it is read. */
export async function countPixels(path: string): Promise<number> {
  const { sharp } = await import('../../io/codec/sharp.ts');
  return sharp(path, { limitInputPixels: false })
    .metadata()
    .then(
      ({ width, height }) => width * height,
      () => 0,
    );
}

interface Facts {
  readonly format?: string | undefined;
  readonly depth?: string | undefined;
  readonly space?: string | undefined;
  readonly pages?: number | undefined;
}

function findProblem({ format = '', depth, space = '', pages = 1 }: Facts): [string, string] | undefined {
  if (!['png', 'jpeg', 'tiff'].includes(format))
    return [`a ${format} picture`, 'pictures are read from PNG, JPEG and TIFF files'];
  if (space === 'b-w' || space === 'grey16')
    return ['grey has no stains', 'give the colours it was made of, or leave the picture out'];
  if (depth !== 'uchar') return [`samples of ${depth}`, 'stains are told from 8-bit colours: bring samples to 0..255'];
  if (space === 'cmyk') return ['four inks (CMYK)', 'save it as RGB'];
  return pages > 1 ? [`${pages} pages`, 'pictures have one page; slides are told by their pyramid'] : undefined;
}

function explain(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.split('\n')[0]?.trim() || 'the file can not be decoded';
}
