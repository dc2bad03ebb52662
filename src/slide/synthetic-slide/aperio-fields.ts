import type { TiffField } from '../../io/tiff/writer/tiff-field.ts';
import type { SyntheticLevel } from './levels.ts';
import type { ResolvedSlideOptions } from './options.ts';

const SOFTWARE = 'Aperio Image Library v11.2.1 ';

/** Compressions of the pages. */
export const LZW = 5;
export const JPEG = 7;

/**
 * Readers know an Aperio file by its description. Level 0 names its whole size, the others the size they are scaled to;
 * key = value pairs follow. The objective is that of a usual scanner: 20x at 0.5 micron, 40x at 0.25.
 */
export function describeLevel(level: SyntheticLevel, options: ResolvedSlideOptions): string {
  const { width, height, tileSize, quality } = options;
  const scaled = level.downsample === 1 ? '' : ` -> ${level.width}x${level.height}`;
  const size = `${width}x${height} [0,0 ${width}x${height}] (${tileSize}x${tileSize})${scaled} JPEG/YCC Q=${quality}`;
  return `${SOFTWARE}\r\n${size}${getProperties(options)}`;
}

export function describeThumbnail(size: { width: number; height: number }, options: ResolvedSlideOptions): string {
  const { width, height } = options;
  return `${SOFTWARE}\n${width}x${height} -> ${size.width}x${size.height} - ${getProperties(options)}`;
}

export function describeAssociated(name: string, size: { width: number; height: number }): string {
  return `${SOFTWARE}\n${name} ${size.width}x${size.height}`;
}

function getProperties(options: ResolvedSlideOptions): string {
  const { width, height, mpp, seed } = options;
  return [
    '',
    `AppMag = ${Number((10 / mpp).toFixed(3))}`,
    'ScanScope ID = SYNTHETIC',
    `Filename = synthetic-${seed}`,
    `MPP = ${mpp.toFixed(4)}`,
    `OriginalWidth = ${width}`,
    `OriginalHeight = ${height}`,
  ].join('|');
}

/** NewSubfileType of a page: Aperio marks the label 1 and the macro picture 9. */
export const SUBFILE = { level: 0, thumbnail: 0, label: 1, macro: 9 } as const;

/** Fields of an 8-bit RGB or YCbCr page, without its size and blocks. */
export function getPageFields(page: { subfile: number; compression: number; description: string }): TiffField[] {
  const isJpeg = page.compression === JPEG;
  const fields: TiffField[] = [
    { tag: 254, type: 'long', value: [page.subfile] },
    { tag: 258, type: 'short', value: [8, 8, 8] },
    { tag: 259, type: 'short', value: [page.compression] },
    { tag: 262, type: 'short', value: [isJpeg ? 6 : 2] },
    { tag: 270, type: 'ascii', value: page.description },
    { tag: 277, type: 'short', value: [3] },
    { tag: 284, type: 'short', value: [1] },
    { tag: 32997, type: 'long', value: [1] },
  ];
  // Two chroma samples per four pixels for JPEG; LZW is of differences to the pixel on the left.
  fields.push(isJpeg ? { tag: 530, type: 'short', value: [2, 2] } : { tag: 317, type: 'short', value: [2] });
  return fields;
}

/** Quantisation and Huffman tables that all blocks of a page share. */
export function getTablesField(tables: Uint8Array): TiffField {
  return { tag: 347, type: 'undefined', value: tables };
}

export function getIccField(profile: Uint8Array): TiffField {
  return { tag: 34675, type: 'undefined', value: profile };
}
