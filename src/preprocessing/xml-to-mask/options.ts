import { OptionError } from '../../utils/errors.ts';
import { checkBoolean, checkChoice, checkInteger, checkNumber, withDefaults } from '../../utils/options.ts';
import type { MaskRule } from './annotation.ts';
import { DOWNSAMPLES, type MaskScale } from './mask-grid.ts';

/** Which pixels a polygon takes; see `MaskRule`. */
export const MASK_RULES = ['pixel-centre', 'nonzero', 'all-touched', 'cv2'] as const satisfies readonly MaskRule[];

/** What a mask is written as. */
export const MASK_FORMATS = ['tiff', 'ome-tiff', 'png', 'zarr'] as const;
export type MaskFormat = (typeof MASK_FORMATS)[number];

/** Vertices as they are, or cut, or rounded, to whole mask pixels. */
export const MASK_COORDS = ['float', 'trunc', 'round'] as const;
export type MaskCoords = (typeof MASK_COORDS)[number];

export const MASK_MODES = ['streaming', 'naive'] as const;
export type MaskMode = (typeof MASK_MODES)[number];

/** Which pixels are painted. */
export interface PaintOptions {
  /** Level-0 pixels per mask pixel. */
  downsample?: number | undefined;
  /** Microns per mask pixel, in place of `downsample`. */
  maskMpp?: number | undefined;
  rule?: MaskRule | undefined;
  coords?: MaskCoords | undefined;
}

/** How a mask file is written. */
export interface WriteMaskOptions extends PaintOptions {
  format?: MaskFormat | undefined;
  /** 8: labels. 1: drawn or not, whatever the label; not in OME-TIFF and Zarr. */
  bits?: 1 | 8 | undefined;
  /** Pixels a side of tiles and chunks: a multiple of 16 from 64 to 4096. */
  tileSize?: number | undefined;
  /**
   * `streaming` (default) paints tile by tile. `naive` holds a level of the mask at a time in memory, as other programs do, to
   * compare with: the file has the same bytes. Up to 2^29 pixels.
   */
  mode?: MaskMode | undefined;
  /** Replace a file that is there. */
  overwrite?: boolean | undefined;
  signal?: AbortSignal | undefined;
  /** Called with tiles painted so far, of all tiles. */
  onProgress?: ((progress: { readonly done: number; readonly total: number }) => void) | undefined;
}

export const MASK_DEFAULTS = {
  downsample: 1,
  rule: 'pixel-centre',
  coords: 'float',
  format: 'tiff',
  bits: 8,
  tileSize: 512,
  mode: 'streaming',
  overwrite: false,
} as const satisfies WriteMaskOptions;

export type PaintSettings = ReturnType<typeof checkPaintOptions>;
export type MaskSettings = ReturnType<typeof checkMaskOptions>;

/** @throws OptionError; whether the slide has microns, and the size of the mask, are for `createMaskGrid` */
export function checkPaintOptions(options: PaintOptions | undefined) {
  const given = withDefaults(MASK_DEFAULTS, options);
  return Object.freeze({
    scale: checkScale(options),
    rule: checkChoice('rule', given.rule, MASK_RULES),
    coords: checkChoice('coords', given.coords, MASK_COORDS),
  });
}

function checkScale({ downsample, maskMpp }: PaintOptions = {}): MaskScale {
  if (maskMpp === undefined)
    return { downsample: checkNumber('downsample', downsample ?? MASK_DEFAULTS.downsample, DOWNSAMPLES) };
  if (downsample !== undefined) throw new OptionError('maskMpp', 'no value beside `downsample`', maskMpp);
  return { maskMpp: checkNumber('maskMpp', maskMpp, { above: 0, max: 1e6 }) };
}

/** @throws OptionError */
export function checkMaskOptions(options: WriteMaskOptions | undefined) {
  const given = withDefaults(MASK_DEFAULTS, options);
  const format = checkChoice('format', given.format, MASK_FORMATS);
  return Object.freeze({
    ...checkPaintOptions(options),
    format,
    bits: checkBits(given.bits, format),
    tileSize: checkTileSize(given.tileSize),
    mode: checkChoice('mode', given.mode, MASK_MODES),
    overwrite: checkBoolean('overwrite', given.overwrite),
    signal: options?.signal,
    onProgress: options?.onProgress,
  });
}

function checkBits(bits: number, format: MaskFormat): 1 | 8 {
  if (bits !== 1 && bits !== 8) throw new OptionError('bits', '1 or 8', bits);
  if (bits === 1 && (format === 'ome-tiff' || format === 'zarr'))
    throw new OptionError('bits', `8 for ${format}`, bits, { hint: 'tiff and png have masks of 1 bit' });
  return bits;
}

function checkTileSize(side: number): number {
  if (checkInteger('tileSize', side, { min: 64, max: 4096 }) % 16 === 0) return side;
  throw new OptionError('tileSize', 'a multiple of 16', side);
}
