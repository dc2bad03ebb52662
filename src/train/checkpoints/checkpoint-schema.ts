import { z } from 'zod';

const count = z.int().nonnegative();
const numbers = z.record(z.string(), z.number());

/** What a checkpoint says beside its tensors. */
export const checkpointSchema = z.object({
  schema: z.literal('slideloom/checkpoint/v1'),
  /** Steps of the optimiser that are done. */
  step: count,
  /** The epoch that comes next, or is under way. */
  epoch: count,
  optimizer: z.object({
    name: z.string(),
    steps: count,
    /** Its options as they were given. */
    options: z.record(z.string(), z.unknown()),
  }),
  /** `state` of the schedule. */
  schedule: numbers,
  /** `state` of the sampler: the batch that comes next. */
  sampler: z.object({ seed: z.int(), epoch: count, position: count }),
  /** Places of random streams, by the run's own names. */
  random: z.record(z.string(), count),
  /** Updates of the moving average. */
  averageUpdates: count.optional(),
  /** SHA-256 of the forward graph. */
  graphHash: z.string(),
  /** Versions and the provider that ran it: for people, not compared. */
  runtime: z.record(z.string(), z.string()),
  /** Whatever else the run wants back: classes, the best figure, patience. */
  run: z.record(z.string(), z.unknown()),
});

export type CheckpointFacts = z.infer<typeof checkpointSchema>;
