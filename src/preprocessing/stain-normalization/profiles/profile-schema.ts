/** What a stain profile must look like; loaded when there is one to be read. */
import { z } from 'zod';
import { STAIN_METHODS } from '../options.ts';
import { findFlaw } from './check-profile.ts';
import { PROFILE_SCHEMA } from './stain-profile.ts';

const vector = z.tuple([z.number(), z.number(), z.number()]).readonly();

const statistics = z.discriminatedUnion('kind', [
  z
    .object({
      kind: z.literal('stains'),
      stains: z.array(vector).min(2).max(3),
      maxConcentrations: z.array(z.number()).min(2).max(3),
    })
    .refine(({ stains, maxConcentrations }) => stains.length === maxConcentrations.length, 'one strength a stain'),
  z.object({ kind: z.literal('color'), mean: vector, deviation: vector }),
]);

const input = z.object({
  name: z.string(),
  size: z.number().nonnegative().optional(),
  mtimeMs: z.number().optional(),
  etag: z.string().optional(),
});

export const profileSchema = z
  .object({
    schema: z.literal(PROFILE_SCHEMA),
    slideloom: z.string(),
    method: z.enum(STAIN_METHODS),
    of: z.enum(['image', 'slide', 'cohort', 'reference']),
    status: z.enum(['fitted', 'degenerate']),
    reason: z
      .enum([
        'empty',
        'too-few-tissue-pixels',
        'one-colour',
        'rank-deficient',
        'vanishing-concentrations',
        'no-convergence',
        'implausible-stains',
      ])
      .optional(),
    statistics: statistics.optional(),
    pixels: z.int().nonnegative(),
    tissuePixels: z.int().nonnegative(),
    inputs: z.array(input),
    parameters: z.record(z.string(), z.unknown()),
  })
  .refine(({ status, statistics: found }) => (status === 'fitted') === (found !== undefined), 'statistics iff fitted')
  .refine(({ status, reason }) => (status === 'degenerate') === (reason !== undefined), 'a reason iff degenerate')
  .superRefine(({ method, statistics: found }, context) => {
    const flaw = found && findFlaw(method, found);
    if (flaw !== undefined) context.addIssue({ code: 'custom', path: ['statistics'], message: flaw });
  });
