import { OptionError } from '../../utils/errors.ts';
import { checkBoolean, checkChoice, checkInteger, withDefaults } from '../../utils/options.ts';

/** `bigtiff`: pages one after another, as OpenSlide and libvips have them. `ome-tiff`: OME-XML, reduced copies in SubIFDs. */
export const CONVERT_LAYOUTS = ['bigtiff', 'ome-tiff'] as const;
export type ConvertLayout = (typeof CONVERT_LAYOUTS)[number];

/** `source`: the levels of the source. `pyramid`: its level 0, and copies of it that are halved until one tile holds them. */
export const CONVERT_LEVELS = ['source', 'pyramid'] as const;
export type ConvertLevels = (typeof CONVERT_LEVELS)[number];

/** `auto`: as stored; where tiles can't be copied, JPEG for a source that is lossy and deflate for one that is not. */
export const CONVERT_COMPRESSIONS = ['auto', 'jpeg', 'deflate', 'none'] as const;
export type ConvertCompression = (typeof CONVERT_COMPRESSIONS)[number];

/** What to do about a stored tile that can't be read. */
export const CONVERT_BAD_TILE_POLICIES = ['fail', 'white'] as const;
export type ConvertBadTilePolicy = (typeof CONVERT_BAD_TILE_POLICIES)[number];

/** How a slide is converted. */
export interface ConvertOptions {
  layout?: ConvertLayout | undefined;
  levels?: ConvertLevels | undefined;
  /** Of tiles that are encoded; stored tiles of this compression are copied all the same. */
  compression?: ConvertCompression | undefined;
  /** 1..100, for JPEG that is encoded; copied tiles keep the scanner's. */
  quality?: number | undefined;
  /** Copy stored tiles as they are where TIFF allows it; `false` decodes and encodes each of them. */
  copy?: boolean | undefined;
  /** Walk the data of a stored JPEG tile to their end before it is copied. Without, damage is copied unseen. */
  checkCopies?: boolean | undefined;
  /** Side of encoded tiles, a multiple of 16 from 64 to 2048; the source's where that is one, else 512. */
  tileSize?: number | undefined;
  /** Leave out every picture beside the scan: label, macro, thumbnail. */
  stripAssociated?: boolean | undefined;
  /** Leave out what is not needed to read the pixels: date, scanner, channel names, notes in copied tiles. */
  stripMetadata?: boolean | undefined;
  /** `white` paints a tile that can't be read and lists it; `fail` stops. */
  onBadTile?: ConvertBadTilePolicy | undefined;
  /** Write channels of fluorescence, or samples of 16 bits, as the 8-bit RGB picture that they are shown as. */
  composite?: boolean | undefined;
  /** Replace a file that is there. */
  overwrite?: boolean | undefined;
  signal?: AbortSignal | undefined;
  /** Called with tiles written so far, of all tiles. */
  onProgress?: ((progress: { readonly done: number; readonly total: number }) => void) | undefined;
}

export const CONVERT_DEFAULTS = {
  layout: 'bigtiff',
  levels: 'source',
  compression: 'auto',
  quality: 90,
  copy: true,
  checkCopies: true,
  stripAssociated: false,
  stripMetadata: false,
  onBadTile: 'fail',
  composite: false,
  overwrite: false,
} as const satisfies ConvertOptions;

const TILE_SIDES = { min: 64, max: 2048 };

export type ConvertSettings = ReturnType<typeof checkConvertOptions>;

/** @throws OptionError */
export function checkConvertOptions(options: ConvertOptions | undefined) {
  const given = withDefaults(CONVERT_DEFAULTS, options);
  return Object.freeze({
    layout: checkChoice('layout', given.layout, CONVERT_LAYOUTS),
    levels: checkChoice('levels', given.levels, CONVERT_LEVELS),
    compression: checkChoice('compression', given.compression, CONVERT_COMPRESSIONS),
    quality: checkInteger('quality', given.quality, { min: 1, max: 100 }),
    copy: checkBoolean('copy', given.copy),
    checkCopies: checkBoolean('checkCopies', given.checkCopies),
    tileSize: options?.tileSize === undefined ? undefined : checkTileSize(options.tileSize),
    stripAssociated: checkBoolean('stripAssociated', given.stripAssociated),
    stripMetadata: checkBoolean('stripMetadata', given.stripMetadata),
    onBadTile: checkChoice('onBadTile', given.onBadTile, CONVERT_BAD_TILE_POLICIES),
    composite: checkBoolean('composite', given.composite),
    overwrite: checkBoolean('overwrite', given.overwrite),
    signal: options?.signal,
    onProgress: options?.onProgress,
  });
}

/** Whether stored tiles of this side may be the side of encoded ones. */
export function isTileSide(side: number): boolean {
  return side >= TILE_SIDES.min && side <= TILE_SIDES.max && side % 16 === 0;
}

function checkTileSize(side: number): number {
  if (checkInteger('tileSize', side, TILE_SIDES) % 16 === 0) return side;
  throw new OptionError('tileSize', 'a multiple of 16', side);
}
