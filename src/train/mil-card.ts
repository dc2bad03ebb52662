/** What has to be known of a classifier of slides beside its graph. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { type WrittenFile, writeFileAtomic } from '../utils/atomic-file.ts';
import { ModelError } from '../utils/errors.ts';
import { getErrorCode } from '../utils/output-error.ts';
import { getCardPath } from './train-phase1/model-card.ts';

/** What made the features; as far as the feature files say it. */
const backboneSchema = z.object({
  name: z.string(),
  sha256: z.string().optional(),
  /** The output that was taken, and which part of it. */
  output: z.string().optional(),
  take: z.string().optional(),
  /** Microns per pixel of the patches, and their side in pixels. */
  mpp: z.number().positive().optional(),
  patchSize: z.number().positive().optional(),
});

export type Backbone = z.infer<typeof backboneSchema>;

export const milCardSchema = z.object({
  schema: z.literal('slideloom/mil-card/v1'),
  /** File name of the model, and SHA-256 of its bytes. */
  model: z.string(),
  sha256: z.string(),
  task: z.literal('slide-classification'),
  /** How patches become a slide: `abmil`, `gated-abmil`, `clam-sb`, `mean`, `max`. */
  architecture: z.string(),
  input: z.object({
    /** Of the graph: float32 [instances, featureDim], one bag. */
    name: z.string(),
    featureDim: z.int().positive(),
    /** Null where no feature file names one. */
    backbone: backboneSchema.nullable(),
  }),
  classes: z.array(z.string()).min(2),
  /** Probabilities are softmax(logits / temperature). Fitted on the validation set; 1 changes nothing. */
  temperature: z.number().positive(),
  /** Of two classes: at least this probability, after the temperature, of the second one is taken for it. Null with more. */
  threshold: z.number().nullable(),
  /** Of the validation set, after the temperature; null where a figure has no value. */
  metrics: z.record(z.string(), z.number().nullable()),
  /** How it was made. */
  training: z.record(z.string(), z.unknown()),
});

export type MilCard = z.infer<typeof milCardSchema>;

/** The card beside a model (`model.onnx`: `model.card.json`); undefined where there is none. @throws ModelError where it is damaged */
export async function readMilCard(modelPath: string): Promise<MilCard | undefined> {
  const path = getCardPath(modelPath);
  try {
    return milCardSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (cause) {
    if (getErrorCode(cause) === 'ENOENT') return undefined;
    throw new ModelError(path, 'damaged, or no card of a classifier of slides', {
      cause,
      hint: 'give a model that `train phase2` left, with its card beside it',
    });
  }
}

/** @throws OutputError */
export function writeMilCard(modelPath: string, card: MilCard): Promise<WrittenFile> {
  return writeFileAtomic(getCardPath(modelPath), `${JSON.stringify(milCardSchema.parse(card), undefined, 1)}\n`, {
    fsync: true,
  });
}
