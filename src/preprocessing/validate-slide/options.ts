import type { SlideOptions } from '../../slide/settings.ts';
import { OptionError } from '../../utils/errors.ts';
import { checkBoolean, checkInteger, checkNumber, withDefaults } from '../../utils/options.ts';
import type { CheckPool } from './check-pool.ts';
import type { TileFault } from './validation.ts';

export interface ValidateOptions {
  /** Read this many tiles (1 or more), or this share of them (below 1), spread over all levels. All tiles without it. */
  sample?: number | undefined;
  /** Another seed draws another sample, and other places for the comparison of levels. */
  seed?: number | undefined;
  /** Compare a few places of each level with the level above it. */
  compareLevels?: boolean | undefined;
  /** How the slide is opened, when a path is given. */
  slide?: SlideOptions | undefined;
  /** Threads; one a core by default. A small slide is read without. */
  workers?: number | undefined;
  /** A pool to use instead, made when it is first needed, for many slides; the caller closes it. */
  pool?: (() => CheckPool) | undefined;
  /** Ends the reading: the result then says what is known so far. */
  signal?: AbortSignal | undefined;
  /** Tiles that are done, of those to be read. */
  onProgress?: ((done: number, total: number) => void) | undefined;
  /** Each bad tile, in the order of level, row and column; it is waited for. Here come all of them. */
  onBadTile?: ((tile: TileFault) => void | Promise<void>) | undefined;
}

export const VALIDATE_DEFAULTS = {
  seed: 1,
  compareLevels: true,
} as const;

/** @throws OptionError */
export function checkValidateOptions(options: ValidateOptions | undefined) {
  const { seed, compareLevels, sample, workers, ...rest } = withDefaults(VALIDATE_DEFAULTS, options);
  return {
    ...rest,
    seed: checkInteger('seed', seed, { min: 0, max: 2 ** 32 - 1 }),
    compareLevels: checkBoolean('compareLevels', compareLevels),
    sample: sample === undefined ? undefined : checkSample(sample),
    workers: workers === undefined ? undefined : checkInteger('workers', workers, { min: 1 }),
  };
}

export type CheckedValidateOptions = ReturnType<typeof checkValidateOptions>;

function checkSample(value: number): number {
  const sample = checkNumber('sample', value, { above: 0 });
  if (sample < 1 || Number.isSafeInteger(sample)) return sample;
  throw new OptionError('sample', 'a share below 1 or a whole number of tiles', value);
}
