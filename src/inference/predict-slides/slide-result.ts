import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { type WrittenFile, writeFileAtomic } from '../../utils/atomic-file.ts';
import { SourceError } from '../../utils/errors.ts';

/** What `slides/<slide>.json` says: the prediction of one slide, with everything that it follows from. */
const slideResultSchema = z.object({
  schema: z.literal('slideloom/slide-prediction/v1'),
  slide: z.string(),
  model: z.object({ name: z.string(), sha256: z.string() }),
  classes: z.array(z.string()),
  patches: z.int().positive(),
  /** As the model gives them. */
  logits: z.array(z.number()),
  temperature: z.number(),
  aggregate: z.string(),
  /** One for each class. */
  probabilities: z.array(z.number()).readonly(),
  threshold: z.number().nullable(),
  predicted: z.string(),
  confidence: z.number(),
  margin: z.number(),
  notices: z.array(z.string()),
});

export type SlideResult = z.infer<typeof slideResultSchema>;

/** @throws OutputError */
export function writeSlideResult(path: string, result: SlideResult): Promise<WrittenFile> {
  return writeFileAtomic(path, `${JSON.stringify(result, undefined, 1)}\n`);
}

/** @throws SourceError where it is missing or damaged */
export async function readSlideResult(path: string): Promise<SlideResult> {
  try {
    return slideResultSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (cause) {
    throw new SourceError(path, 'missing, or no prediction of a slide', { cause, hint: '--overwrite makes it anew' });
  }
}
