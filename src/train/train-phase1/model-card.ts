import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { type WrittenFile, writeFileAtomic } from '../../utils/atomic-file.ts';
import { ModelError } from '../../utils/errors.ts';
import { getErrorCode } from '../../utils/output-error.ts';

const three = z.tuple([z.number(), z.number(), z.number()]);

/** What has to be known of a model beside its graph. */
export const modelCardSchema = z.object({
  schema: z.literal('slideloom/model-card/v1'),
  /** File name of the model, and SHA-256 of its bytes. */
  model: z.string(),
  sha256: z.string(),
  task: z.literal('patch-classification'),
  input: z.object({
    name: z.string(),
    /** Pixels. */
    width: z.int().positive(),
    height: z.int().positive(),
    /** Microns per pixel of the patches; null where nobody said. */
    mpp: z.number().positive().nullable(),
    /** A sample is (level / 255 - mean) / std, planes red, green, blue. */
    mean: three,
    std: three,
  }),
  output: z.object({ name: z.string(), activation: z.enum(['softmax', 'sigmoid', 'none']) }),
  classes: z.array(z.string()).min(2),
  /** Of two classes: at least this probability of the second one is taken for it. Null with more. */
  threshold: z.number().nullable(),
  /** Of the validation set; null where a figure has no value. */
  metrics: z.record(z.string(), z.number().nullable()),
  /** How it was made. */
  training: z.record(z.string(), z.unknown()),
});

export type ModelCard = z.infer<typeof modelCardSchema>;

/** `model.onnx` to `model.card.json`. */
export function getCardPath(modelPath: string): string {
  return `${modelPath.replace(/\.onnx$/i, '')}.card.json`;
}

/** The card beside a model; undefined where there is none. @throws ModelError where it is damaged */
export async function readModelCard(modelPath: string): Promise<ModelCard | undefined> {
  const path = getCardPath(modelPath);
  try {
    return modelCardSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (cause) {
    if (getErrorCode(cause) === 'ENOENT') return undefined;
    throw new ModelError(path, 'damaged, or no model card of slideloom', {
      cause,
      hint: 'mend or remove it, and say mean and std as options',
    });
  }
}

/** @throws OutputError */
export function writeModelCard(modelPath: string, card: ModelCard): Promise<WrittenFile> {
  return writeFileAtomic(getCardPath(modelPath), `${JSON.stringify(modelCardSchema.parse(card), undefined, 1)}\n`, {
    fsync: true,
  });
}
