import { OptionError } from '../../utils/errors.ts';
import { checkBoolean, checkChoice, checkInteger, withDefaults } from '../../utils/options.ts';
import { checkShardOptions, SHARD_DEFAULTS, type ShardOptions } from './shards/options.ts';

export const PATCH_FORMATS = ['png', 'jpeg', 'webp', 'coordinates'] as const;
export type PatchFormat = (typeof PATCH_FORMATS)[number];

/** One file a patch, or many patches in a tar file. */
export const PATCH_CONTAINERS = ['files', 'shards'] as const;
export type PatchContainer = (typeof PATCH_CONTAINERS)[number];

/** What to do with a patch that touches a stored tile that can't be read. */
export const BAD_TILE_POLICIES = ['fail', 'skip', 'white'] as const;
export type BadTilePolicy = (typeof BAD_TILE_POLICIES)[number];

/** How patches are cut and written. */
export interface WriteOptions extends ShardOptions {
  /** `coordinates` writes the table alone. */
  format?: PatchFormat | undefined;
  /**
   * Bits of a sample. 16 writes the stored samples of the channel that the slide shows (`SlideOptions` channel), unscaled,
   * as grey PNG; where patches are resampled, their means.
   */
  depth?: 8 | 16 | undefined;
  /** `files` in `images/`, or tar `shards` of `shardSize` patches each, which WebDataset reads. */
  container?: PatchContainer | undefined;
  /** 1..100, for JPEG and WebP. A patch that is exactly a stored JPEG tile is copied as JPEG, with the scanner's quality. */
  quality?: number | undefined;
  /**
   * Whether the entropy-coded data of a tile are walked to their end before it is copied. Without, a tile whose headers and
   * end are sound is copied as the file stores it: damage between them goes unseen, is in no list of bad tiles, and
   * `onBadTile` has no say. Sound tiles give the same bytes either way.
   */
  checkCopies?: boolean | undefined;
  /** `fail` stops the slide, `skip` leaves the patch out, `white` paints the tile white; each lists the tile. */
  onBadTile?: BadTilePolicy | undefined;
  /** Write an overview picture of the grid on the thumbnail. */
  overview?: boolean | undefined;
}

export const WRITE_DEFAULTS = {
  format: 'png',
  depth: 8,
  container: 'files',
  ...SHARD_DEFAULTS,
  quality: 90,
  checkCopies: true,
  onBadTile: 'fail',
  overview: true,
} as const satisfies Required<{ [K in keyof WriteOptions]: NonNullable<WriteOptions[K]> }>;

/** @throws OptionError */
export function checkWriteOptions(options: WriteOptions) {
  const { format, depth, container, quality, checkCopies, onBadTile, overview } = withDefaults(WRITE_DEFAULTS, options);
  return Object.freeze({
    ...checkContainer(checkChoice('format', format, PATCH_FORMATS), container, options),
    ...checkShardOptions(options),
    depth: checkDepthOption(depth, format),
    quality: checkInteger('quality', quality, { min: 1, max: 100 }),
    checkCopies: checkBoolean('checkCopies', checkCopies),
    onBadTile: checkChoice('onBadTile', onBadTile, BAD_TILE_POLICIES),
    overview: checkBoolean('overview', overview),
  });
}

function checkDepthOption(depth: unknown, format: unknown): 8 | 16 {
  if (depth !== 8 && depth !== 16) throw new OptionError('depth', '8 or 16', depth);
  if (depth === 8 || format === 'png') return depth;
  throw new OptionError('depth', '8 for all formats but `png`', depth);
}

function checkContainer(format: PatchFormat, given: unknown, { shardSize, shardBytes }: WriteOptions) {
  const container = checkChoice('container', given, PATCH_CONTAINERS);
  if (container === 'files' && (shardSize ?? shardBytes) !== undefined) {
    const hint = 'it is the size of shards: give the container `shards` as well';
    const option = shardSize === undefined ? 'shardBytes' : 'shardSize';
    throw new OptionError(option, 'no value for the container `files`', shardSize ?? shardBytes, { hint });
  }
  if (format !== 'coordinates' || container === 'files') return { format, container };
  const hint = 'the format `coordinates` writes the table alone: there is nothing to put into shards';
  throw new OptionError('container', 'no shards', container, { hint });
}

export type CheckedWriteOptions = ReturnType<typeof checkWriteOptions>;

/** How many resources a run takes; no say in its results. */
export const RUN_DEFAULTS = {
  /** Bytes. */
  workerMemory: 64 * 2 ** 20,
} as const;

/** Bytes: below, not even small patches fit; WebAssembly addresses no more than the upper end in signed integers. */
export const WORKER_MEMORY_RANGE = { min: 16 * 2 ** 20, max: 2 ** 31 } as const;
