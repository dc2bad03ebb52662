import { checkInteger, withDefaults } from '../../../utils/options.ts';

/** When a shard ends: at whichever limit comes first. */
export interface ShardOptions {
  samplesPerShard?: number | undefined;
  /** Of the tar file. A sample that is larger gets a shard of its own. */
  bytesPerShard?: number | undefined;
}

/** Some 20 MB of 256-pixel JPEG, 300 MB of 512-pixel PNG: large enough to read in a row, small enough to do again. */
export const SHARD_DEFAULTS = Object.freeze({ samplesPerShard: 1000, bytesPerShard: 2 ** 30 } as const);

/** @throws OptionError */
export function checkShardOptions({ samplesPerShard, bytesPerShard }: ShardOptions): Required<Readonly<ShardLimits>> {
  const limits = withDefaults(SHARD_DEFAULTS, { samplesPerShard, bytesPerShard });
  return Object.freeze({
    samplesPerShard: checkInteger('samplesPerShard', limits.samplesPerShard, { min: 1 }),
    bytesPerShard: checkInteger('bytesPerShard', limits.bytesPerShard, { min: 1 }),
  });
}

export interface ShardLimits {
  readonly samplesPerShard: number;
  readonly bytesPerShard: number;
}
