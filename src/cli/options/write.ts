import {
  BAD_TILE_POLICIES,
  checkWriteOptions,
  PATCH_CONTAINERS,
  PATCH_FORMATS,
  WRITE_DEFAULTS,
  type WriteOptions,
} from '../../preprocessing/extract-patches/run-options.ts';
import { formatBytes, parseBytes } from '../../utils/memory-budget.ts';
import type { OptionTable, ParsedOptions } from '../option-table.ts';
import { checkWithFlags, dropUndefined } from './convert.ts';

const group = 'Patches, how:';

/** How patches are cut and written: each is an option of `extractPatches`. */
export const WRITE_OPTIONS = {
  format: {
    type: 'string',
    choices: PATCH_FORMATS,
    describe: 'files of the patches; `coordinates` writes the table alone',
    default: WRITE_DEFAULTS.format,
    group,
  },
  depth: {
    type: 'number',
    describe: 'bits of a sample: 16 writes the stored samples of the channel of --channel, unscaled, with --format png',
    default: WRITE_DEFAULTS.depth,
    group,
  },
  container: {
    type: 'string',
    choices: PATCH_CONTAINERS,
    describe: 'one file a patch, or tar shards for WebDataset',
    default: WRITE_DEFAULTS.container,
    group,
  },
  shardSize: {
    type: 'number',
    describe: 'with --container shards: patches in one, at most',
    default: WRITE_DEFAULTS.shardSize,
    group,
  },
  shardBytes: {
    type: 'string',
    describe: 'with --container shards: size of one, at most, such as 500MB',
    default: formatBytes(WRITE_DEFAULTS.shardBytes),
    group,
  },
  quality: {
    type: 'number',
    describe: 'of JPEG and WebP, 1 to 100; a patch that is a stored JPEG tile is copied as it is',
    default: WRITE_DEFAULTS.quality,
    group,
  },
  checkCopies: {
    type: 'boolean',
    describe:
      'check the data of a stored JPEG tile before copying it; with --no-check-copies damage may be copied unseen',
    default: WRITE_DEFAULTS.checkCopies,
    group,
  },
  onBadTile: {
    type: 'string',
    choices: BAD_TILE_POLICIES,
    describe: "a stored tile that can't be read: stop the slide, leave its patches out, or paint it white",
    default: WRITE_DEFAULTS.onBadTile,
    group,
  },
  overview: {
    type: 'boolean',
    describe: 'write a picture of the grid on the thumbnail; --no-overview leaves it out',
    default: WRITE_DEFAULTS.overview,
    group,
  },
} as const satisfies OptionTable;

/** For `extractPatches`; what was not given is left out. @throws UsageError */
export function toWriteOptions(args: ParsedOptions<typeof WRITE_OPTIONS>): WriteOptions {
  const { format, container, shardSize, quality, checkCopies, onBadTile, overview } = args;
  const size = args.shardBytes;
  const shardBytes = size === undefined ? undefined : checkWithFlags({}, () => parseBytes('shardBytes', size));
  const depth = args.depth as WriteOptions['depth'];
  const given = { format, depth, container, shardSize, shardBytes, quality, checkCopies, onBadTile, overview };
  const options: WriteOptions = { ...dropUndefined(given) };
  checkWithFlags({}, () => checkWriteOptions(options));
  return options;
}
