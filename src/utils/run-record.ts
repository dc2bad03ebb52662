/**
 * What a stage did, in `record.json` beside its outputs. A stage is done when its record says so, not when a file exists.
 * Whatever differs between two identical runs (times, memory, host) stands under `volatile` and nowhere else, so the rest
 * of two records may be compared.
 */
import { readFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { z } from 'zod';
import { writeFileAtomic } from './atomic-file.ts';
import { getErrorCode, toOutputError } from './output-error.ts';

export const RECORD_NAME = 'record.json';
export const RECORD_SCHEMA = 'slideloom/record/v1';

/** A path below the record's folder, with forward slashes; whatever a record lists may be deleted, so no way leads out. */
export const outputPathSchema = z
  .string()
  .min(1)
  .refine((path) => !isAbsolute(path) && !/^[a-z]:/i.test(path), 'must be relative')
  .refine(
    (path) => path.split(/[\\/]/).every((part) => !['', '.', '..'].includes(part)),
    'must name a file below the folder',
  );

const outputSchema = z.object({ path: outputPathSchema, size: z.int().nonnegative(), sha256: z.string() });

const inputSchema = z.object({
  /** The slide's file name, without folders. */
  name: z.string(),
  size: z.int().nonnegative(),
  mtimeMs: z.number().optional(),
  quickHash: z.string(),
});

const badTileSchema = z.object({ level: z.int(), col: z.int(), row: z.int(), message: z.string() });

const volatileSchema = z.object({
  startedAt: z.string(),
  endedAt: z.string().optional(),
  wallSeconds: z.number().optional(),
  /** Of the whole process, its worker threads included. */
  cpuSeconds: z.number().optional(),
  peakMemoryBytes: z.number().optional(),
  /** The peak was sampled by a timer: a short one may be missed. */
  peakMemorySampled: z.boolean().optional(),
  host: z.string(),
  node: z.string(),
  pid: z.int(),
  resumedFrom: z.object({ startedAt: z.string(), finishedItems: z.int() }).optional(),
});

const recordSchema = z.object({
  schema: z.literal(RECORD_SCHEMA),
  stage: z.string(),
  /** Version of slideloom that ran the stage. */
  slideloom: z.string(),
  status: z.enum(['running', 'done', 'failed']),
  /** A word on how a done stage ended, where "done" is not all: `no-tissue`, `no-patches`. */
  outcome: z.string().optional(),
  input: inputSchema,
  options: z.record(z.string(), z.unknown()),
  optionsHash: z.string(),
  counts: z.record(z.string(), z.number()),
  badTiles: z.array(badTileSchema),
  outputs: z.array(outputSchema),
  notices: z.array(z.string()),
  error: z.object({ tag: z.string(), message: z.string(), hint: z.string().optional() }).optional(),
  volatile: volatileSchema,
});

export type RunRecord = z.infer<typeof recordSchema>;
export type InputIdentity = z.infer<typeof inputSchema>;
export type OutputFile = z.infer<typeof outputSchema>;
export type BadTile = z.infer<typeof badTileSchema>;

/** What `readRecord` found. A damaged record still says which outputs it can name, so that they can be removed. */
export type FoundRecord =
  | { readonly kind: 'none' }
  | { readonly kind: 'damaged'; readonly reason: string; readonly outputs: readonly OutputFile[] }
  | { readonly kind: 'record'; readonly record: RunRecord };

/** The record of a folder. @throws OutputError where the file can't be read */
export async function readRecord(folder: string): Promise<FoundRecord> {
  const path = join(folder, RECORD_NAME);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    if (getErrorCode(cause) === 'ENOENT') return { kind: 'none' };
    throw toOutputError(path, cause);
  }
  return parseRecord(text);
}

/** Writes the record under a temporary name, waits for the disk, renames. @throws OutputError */
export async function writeRecord(folder: string, record: RunRecord): Promise<void> {
  await writeFileAtomic(join(folder, RECORD_NAME), `${JSON.stringify(record, undefined, 1)}\n`, { fsync: true });
}

function parseRecord(text: string): FoundRecord {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { kind: 'damaged', reason: 'it is not JSON', outputs: [] };
  }
  const parsed = recordSchema.safeParse(json);
  if (parsed.success) return { kind: 'record', record: parsed.data };
  const listed = z.object({ outputs: z.array(z.unknown()) }).safeParse(json);
  const outputs = listed.success ? listed.data.outputs.flatMap((item) => outputSchema.safeParse(item).data ?? []) : [];
  const [issue] = parsed.error.issues;
  return { kind: 'damaged', reason: `${issue?.path.join('.')}: ${issue?.message}`, outputs };
}
