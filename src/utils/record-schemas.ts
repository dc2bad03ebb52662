/**
 * What records and journals must look like. Loaded when there is one to be read: a fresh run needs neither the checks nor
 * the memory of the library that makes them.
 */
import { isAbsolute } from 'node:path';
import { z } from 'zod';

/** A path below the record's folder, with forward slashes; whatever a record lists may be deleted, so no way leads out. */
export const outputPathSchema = z
  .string()
  .min(1)
  .refine((path) => !isAbsolute(path) && !/^[a-z]:/i.test(path), 'must be relative')
  .refine(
    (path) => path.split(/[\\/]/).every((part) => !['', '.', '..'].includes(part)),
    'must name a file below the folder',
  );

export const outputSchema = z.object({ path: outputPathSchema, size: z.int().nonnegative(), sha256: z.string() });

const inputSchema = z.object({
  /** The slide's file name, without folders. */
  name: z.string(),
  size: z.int().nonnegative(),
  mtimeMs: z.number().optional(),
  /** Of a remote file, in place of a modification time. */
  etag: z.string().optional(),
  quickHash: z.string(),
  /** Of the whole content, where it was read anyway. */
  sha256: z.string().optional(),
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

export const recordSchema = z.object({
  schema: z.literal('slideloom/record/v1'),
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
  /** Files that lie elsewhere, by their way from the record's folder: they are looked for, and never removed. */
  beside: z.array(z.object({ path: z.string(), size: z.int().nonnegative(), sha256: z.string() })).optional(),
  /** What the stage found beside numbers. */
  result: z.record(z.string(), z.unknown()).optional(),
  error: z.object({ tag: z.string(), message: z.string(), hint: z.string().optional() }).optional(),
  volatile: volatileSchema,
});

export type RunRecord = z.infer<typeof recordSchema>;
export type InputIdentity = z.infer<typeof inputSchema>;
export type OutputFile = z.infer<typeof outputSchema>;
export type BadTile = z.infer<typeof badTileSchema>;

/** What a damaged record may still say. */
export const outputListSchema = z.object({ outputs: z.array(z.unknown()) });

const itemSchema = z.looseObject({
  /** The stage's own number of the item. */
  index: z.int().nonnegative(),
  /** The item's file, where it has one: path below the folder, size, hash. */
  path: outputPathSchema.optional(),
  size: z.int().nonnegative().optional(),
  sha256: z.string().optional(),
});
const announcementSchema = z.object({ announced: z.array(outputPathSchema) });
/** A line of a journal. */
export const lineSchema = z.union([announcementSchema, itemSchema]);

export type JournalLine = z.infer<typeof lineSchema>;
export type JournalItem = z.infer<typeof itemSchema>;
