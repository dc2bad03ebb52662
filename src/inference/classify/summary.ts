import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeFileAtomic } from '../../utils/atomic-file.ts';
import { SourceError } from '../../utils/errors.ts';

export const SUMMARY_NAME = 'summary.json';

const figure = z.number().nullable();
const interval = z.object({ low: z.number(), high: z.number() });

/** What `summary.json` says. */
const summarySchema = z.object({
  schema: z.literal('slideloom/predictions/v1'),
  model: z.object({ name: z.string(), sha256: z.string(), device: z.string() }),
  classes: z.array(z.string()),
  /** What was done to the model's numbers. */
  activation: z.enum(['softmax', 'sigmoid', 'none']),
  threshold: figure,
  pictures: z.int(),
  skipped: z.int(),
  /** Pictures by their most probable class. */
  predicted: z.record(z.string(), z.int()),
  /** Pictures by what the threshold decides; null without one. */
  decided: z.record(z.string(), z.int()).nullable(),
  /** Where the table says what pictures are: figures, null where one has no value. */
  figures: z
    .object({
      labelled: z.int(),
      ...{ auc: figure, averagePrecision: figure, logLoss: figure, brier: figure, calibrationError: figure },
      ...{ accuracy: figure, balancedAccuracy: figure, macroF1: figure },
      /** 95 %, by patient or slide where the table names them. */
      aucInterval: interval.nullable(),
      /** Pictures by what they are (row) and by what was decided (column). */
      confusion: z.array(z.array(z.int())),
    })
    .nullable(),
});

export type PredictionSummary = z.infer<typeof summarySchema>;

/** @throws OutputError */
export async function writeSummary(folder: string, summary: PredictionSummary): Promise<void> {
  await writeFileAtomic(join(folder, SUMMARY_NAME), `${JSON.stringify(summary, undefined, 1)}\n`);
}

/** @throws SourceError where it is missing or damaged */
export async function readSummary(folder: string): Promise<PredictionSummary> {
  const path = join(folder, SUMMARY_NAME);
  try {
    return summarySchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (cause) {
    throw new SourceError(path, 'missing, or no summary of predictions', { cause, hint: '--overwrite makes it anew' });
  }
}
