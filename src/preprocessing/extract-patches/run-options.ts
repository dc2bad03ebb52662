import { checkChoice, checkInteger, withDefaults } from '../../utils/options.ts';

export const PATCH_FORMATS = ['png', 'jpeg', 'webp', 'coordinates'] as const;
export type PatchFormat = (typeof PATCH_FORMATS)[number];

/** What to do with a patch that touches a stored tile that can't be read. */
export const BAD_TILE_POLICIES = ['fail', 'skip', 'white'] as const;
export type BadTilePolicy = (typeof BAD_TILE_POLICIES)[number];

/** How patches are cut and written. */
export interface WriteOptions {
  /** `coordinates` writes the table alone. */
  format?: PatchFormat | undefined;
  /** 1..100, for JPEG and WebP. A patch that is exactly a stored JPEG tile is copied as JPEG, with the scanner's quality. */
  quality?: number | undefined;
  /** `fail` stops the slide, `skip` leaves the patch out, `white` paints the tile white; each lists the tile. */
  onBadTile?: BadTilePolicy | undefined;
  /** Write an overview picture of the grid on the thumbnail. */
  overview?: boolean | undefined;
}

export const WRITE_DEFAULTS = {
  format: 'png',
  quality: 90,
  onBadTile: 'fail',
  overview: true,
} as const satisfies Required<{ [K in keyof WriteOptions]: NonNullable<WriteOptions[K]> }>;

/** @throws OptionError */
export function checkWriteOptions(options: WriteOptions) {
  const { format, quality, onBadTile, overview } = withDefaults(WRITE_DEFAULTS, options);
  return Object.freeze({
    format: checkChoice('format', format, PATCH_FORMATS),
    quality: checkInteger('quality', quality, { min: 1, max: 100 }),
    onBadTile: checkChoice('onBadTile', onBadTile, BAD_TILE_POLICIES),
    overview,
  });
}

export type CheckedWriteOptions = ReturnType<typeof checkWriteOptions>;

/** How many resources a run takes; no say in its results. */
export const RUN_DEFAULTS = {
  /** Bytes. */
  workerMemory: 64 * 2 ** 20,
} as const;

/** Bytes: below, not even small patches fit; WebAssembly addresses no more than the upper end in signed integers. */
export const WORKER_MEMORY_RANGE = { min: 16 * 2 ** 20, max: 2 ** 31 } as const;
