import { checkInteger, withDefaults } from '../../../utils/options.ts';

/** When a shard ends: at whichever limit comes first. */
export interface ShardOptions {
  /** Patches in a shard, at most. */
  shardSize?: number | undefined;
  /** Bytes of the tar file, at most. A patch that is larger on its own gets a shard of its own. */
  shardBytes?: number | undefined;
}

/** Some 20 MB of 256-pixel JPEG, 300 MB of 512-pixel PNG: large enough to read in a row, small enough to do again. */
export const SHARD_DEFAULTS = Object.freeze({ shardSize: 1000, shardBytes: 2 ** 30 } as const);

/** @throws OptionError */
export function checkShardOptions({ shardSize, shardBytes }: ShardOptions): ShardLimits {
  const limits = withDefaults(SHARD_DEFAULTS, { shardSize, shardBytes });
  return Object.freeze({
    shardSize: checkInteger('shardSize', limits.shardSize, { min: 1 }),
    shardBytes: checkInteger('shardBytes', limits.shardBytes, { min: 1 }),
  });
}

export interface ShardLimits {
  readonly shardSize: number;
  readonly shardBytes: number;
}
