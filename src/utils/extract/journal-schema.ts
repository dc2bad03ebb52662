/** What the lines of a collection's journal must look like. Loaded when there is a journal to be read. */
import { isAbsolute } from 'node:path';
import { z } from 'zod';

const pathSchema = z.string().refine((path) => isAbsolute(path) && !path.includes('\0'), 'must be absolute');
const numbers = { size: z.int().nonnegative(), mtimeMs: z.number() };

export const journalLineSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('start'),
    schema: z.literal('slideloom/collect/v1'),
    source: pathSchema,
    out: pathSchema,
    /** Folders that this run had to make for `out`, the outermost first. */
    created: z.array(pathSchema),
  }),
  /** A file is about to be moved, or by an undo to be moved back. */
  z.object({ kind: z.enum(['move', 'back']), from: pathSchema, to: pathSchema, ...numbers }),
  /** The move before it goes by way of a copy, which is made under this name. */
  z.object({ kind: z.literal('copy'), path: pathSchema.refine((path) => /[/\\]\.slideloom-tmp-[^/\\]+$/.test(path)) }),
  /** The move before it did not come about. */
  z.object({ kind: z.literal('void') }),
  /** Folders that are about to be made, the outermost first. */
  z.object({ kind: z.literal('folders'), paths: z.array(pathSchema) }),
  z.object({ kind: z.literal('delete'), path: pathSchema, ...numbers }),
  z.object({ kind: z.literal('rmdir'), path: pathSchema, mode: z.int() }),
  z.object({ kind: z.literal('end') }),
]);

export type JournalLine = z.infer<typeof journalLineSchema>;
