import { mixSeeds } from '../../utils/random.ts';
import type { BatchPlan } from '../data/sampler.ts';
import type { BatchJob } from './batch-job.ts';
import { drawMixShare } from './draw-mix-share.ts';
import type { LoadSettings } from './load-options.ts';

/** Apart from the seeds of pictures, which have the row in its place. */
const MIX = -1;

/** What a thread has to do for a batch. All chance is in it. */
export function createJob({ epoch, position, indices }: BatchPlan, load: LoadSettings): BatchJob {
  const { examples, settings, augment, seed, mixup, skipBad } = load;
  return {
    paths: Array.from(indices, (index) => examples[index]?.path ?? ''),
    ranges: indices.some((index) => examples[index]?.range)
      ? Array.from(indices, (index) => examples[index]?.range)
      : undefined,
    seeds: augment && Array.from(indices, (_, row) => mixSeeds(seed, epoch, position, row)),
    mixShare: mixup === 0 ? 1 : drawMixShare(mixup, mixSeeds(seed, epoch, position, MIX)),
    ...{ settings, augment, skipBad },
    buffer: undefined,
  };
}
