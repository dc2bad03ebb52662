import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { formatCsvLine, parseCsv } from '../../utils/csv.ts';
import { SourceError } from '../../utils/errors.ts';
import type { PatchGeometry, PlannedPatch } from './patch-plan.ts';
import type { FinishedFile } from './read-patch-file.ts';

/** Columns of `patches.csv`, one row a patch that was written, in plan order. */
export const PATCH_COLUMNS = [
  'index',
  'x',
  'y',
  'level',
  'mpp',
  'size',
  'tissue_fraction',
  'bad_tiles',
  'path',
  'bytes',
  'sha256',
] as const;

/** A row of `patches.csv`. */
export interface PatchRecord {
  /** Position in the plan; patches that were left out leave gaps. */
  readonly index: number;
  /** Level-0 pixel of the top-left corner. */
  readonly x: number;
  readonly y: number;
  /** Level whose pixels the patch has; undefined where it was cut at a pixel size. */
  readonly level: number | undefined;
  /** Microns per patch pixel; undefined without a pixel size. */
  readonly mpp: number | undefined;
  /** Patch pixels. */
  readonly size: number;
  readonly tissueFraction: number;
  /** Stored tiles painted white in it. */
  readonly badTiles: number;
  /**
   * Below the table's folder; for a patch in a shard that of the tar file, a slash, and the entry's name. Undefined in a run
   * that writes coordinates only.
   */
  readonly path: string | undefined;
  readonly bytes: number | undefined;
  readonly sha256: string | undefined;
}

/** One line of the table. */
export function formatPatchRow(patch: PlannedPatch, geometry: PatchGeometry, file: FinishedFile | undefined): string {
  const { level, mpp, size } = geometry;
  const { index, x, y, tissueFraction } = patch;
  const { path, entry } = file ?? {};
  const badTiles = entry?.badTiles ?? 0;
  return formatCsvLine([index, x, y, level, mpp, size, tissueFraction, badTiles, path, entry?.bytes, entry?.sha256]);
}

/** Reads a table row by row: memory does not grow with its length. @throws SourceError */
export async function* readPatchTable(path: string): AsyncGenerator<PatchRecord> {
  const input = createReadStream(path, 'utf8');
  const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
  let first = true;
  try {
    for await (const line of lines) {
      if (first && line !== PATCH_COLUMNS.join(',')) throw new SourceError(path, 'not a table of patches');
      if (!first) yield parseRow(line, path);
      first = false;
    }
  } catch (cause) {
    throw cause instanceof SourceError ? cause : new SourceError(path, 'the table can not be read', { cause });
  } finally {
    lines.close();
    input.destroy();
  }
}

function parseRow(line: string, name: string): PatchRecord {
  const fields = parseCsv(line, name)[0] ?? [];
  if (fields.length !== PATCH_COLUMNS.length) throw new SourceError(name, `a row of ${fields.length} fields: ${line}`);
  const [index, x, y, level, mpp, size, tissueFraction, badTiles, file, bytes, sha256] = fields;
  const optional = (text: string | undefined) => (text ? Number(text) : undefined);
  return {
    index: Number(index),
    x: Number(x),
    y: Number(y),
    level: optional(level),
    mpp: optional(mpp),
    size: Number(size),
    tissueFraction: Number(tissueFraction),
    badTiles: Number(badTiles),
    path: file || undefined,
    bytes: optional(bytes),
    sha256: sha256 || undefined,
  };
}
