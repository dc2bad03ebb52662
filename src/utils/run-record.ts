/**
 * What a stage did, in `record.json` beside its outputs. A stage is done when its record says so, not when a file exists.
 * Whatever differs between two identical runs (times, memory, host) stands under `volatile` and nowhere else, so the rest
 * of two records may be compared.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomic } from './atomic-file.ts';
import { getErrorCode, toOutputError } from './output-error.ts';
import type { OutputFile, RunRecord } from './record-schemas.ts';

export type { BadTile, InputIdentity, OutputFile, RunRecord } from './record-schemas.ts';

export const RECORD_NAME = 'record.json';
export const RECORD_SCHEMA: RunRecord['schema'] = 'slideloom/record/v1';

/** What `readRecord` found. A damaged record still says which outputs it can name, so that they can be removed. */
export type FoundRecord =
  | { readonly kind: 'none' }
  | { readonly kind: 'damaged'; readonly reason: string; readonly outputs: readonly OutputFile[] }
  | { readonly kind: 'record'; readonly record: RunRecord };

/** The record of a folder. @throws OutputError where the file can't be read */
export function readRecord(folder: string): Promise<FoundRecord> {
  return readRecordFile(join(folder, RECORD_NAME));
}

/** A record by its own path. @throws OutputError where the file can't be read */
export async function readRecordFile(path: string): Promise<FoundRecord> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    if (getErrorCode(cause) === 'ENOENT') return { kind: 'none' };
    throw toOutputError(path, cause);
  }
  return await parseRecord(text);
}

/** Writes the record under a temporary name, waits for the disk, renames. @throws OutputError */
export async function writeRecord(folder: string, record: RunRecord): Promise<void> {
  await writeFileAtomic(join(folder, RECORD_NAME), formatRecord(record), { fsync: true });
}

/** As a record stands in its file. */
export function formatRecord(record: RunRecord): string {
  return `${JSON.stringify(record, undefined, 1)}\n`;
}

async function parseRecord(text: string): Promise<FoundRecord> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return { kind: 'damaged', reason: 'it is not JSON', outputs: [] };
  }
  const { recordSchema, outputListSchema, outputSchema } = await import('./record-schemas.ts');
  const parsed = recordSchema.safeParse(json);
  if (parsed.success) return { kind: 'record', record: parsed.data };
  const listed = outputListSchema.safeParse(json);
  const outputs = listed.success ? listed.data.outputs.flatMap((item) => outputSchema.safeParse(item).data ?? []) : [];
  const [issue] = parsed.error.issues;
  return { kind: 'damaged', reason: `${issue?.path.join('.')}: ${issue?.message}`, outputs };
}
