import { z } from 'zod';
import type { JournalItem } from '../../utils/journal.ts';
import type { PredictedBatch } from './predict-batches.ts';

/** What a batch leaves in the journal: floats as base64, which come back bit for bit. */
const itemSchema = z.object({
  index: z.int().nonnegative(),
  outputs: z.string(),
  rows: z.array(z.int().nonnegative()),
  bad: z.array(z.object({ row: z.int().nonnegative(), path: z.string(), message: z.string() })),
});

/** What the model gave for all pictures. Memory: its numbers for each picture, and the messages of bad ones. */
export interface PredictionStore {
  /** Pictures that are done, bad ones among them. */
  readonly done: number;
  /** Why a picture has no outputs, by row. */
  readonly bad: ReadonlyMap<number, string>;
  add(batch: PredictedBatch): void;
  /** A copy of the numbers of one picture; undefined where it has none. */
  getOutputs(row: number): Float32Array | undefined;
}

export function createPredictionStore(count: number, width: number): PredictionStore {
  const outputs = new Float32Array(count * width);
  const known = new Uint8Array(count);
  const bad = new Map<number, string>();
  let done = 0;
  return {
    get done() {
      return done;
    },
    bad,
    add(batch) {
      for (const [at, row] of batch.rows.entries()) {
        outputs.set(batch.outputs.subarray(at * width, (at + 1) * width), row * width);
        known[row] = 1;
      }
      for (const { row, message } of batch.bad) bad.set(row, message);
      done += batch.rows.length + batch.bad.length;
    },
    getOutputs: (row) => (known[row] === 1 ? outputs.slice(row * width, (row + 1) * width) : undefined),
  };
}

/** A batch as a line of the journal. */
export function toJournalItem({ index, outputs, rows, bad }: PredictedBatch): JournalItem {
  const bytes = Buffer.from(outputs.buffer, outputs.byteOffset, outputs.byteLength);
  return { index, outputs: bytes.toString('base64'), rows: [...rows], bad: [...bad] };
}

/** The batch of a journal's line; undefined where it is none. */
export function fromJournalItem(item: JournalItem, width: number): PredictedBatch | undefined {
  const parsed = itemSchema.safeParse(item);
  if (!parsed.success) return undefined;
  const { index, rows, bad } = parsed.data;
  const bytes = Uint8Array.from(Buffer.from(parsed.data.outputs, 'base64'));
  if (bytes.length !== rows.length * width * 4) return undefined;
  return { index, rows, bad, outputs: new Float32Array(bytes.buffer) };
}
