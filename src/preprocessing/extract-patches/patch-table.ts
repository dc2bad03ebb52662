import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { formatCsvLine, parseCsv } from '../../utils/csv.ts';
import { SourceError } from '../../utils/errors.ts';
import type { PatchLabel } from '../patch-labels/choose-label.ts';
import type { LabelClass } from '../patch-labels/label-classes.ts';
import type { PatchGeometry, PlannedPatch } from './patch-plan.ts';
import type { FinishedFile } from './read-patch-file.ts';
import { parseStainOutcome, type StainOutcome } from './stain-outcome.ts';

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

/** Follows where stains are normalised. */
const STAIN_COLUMN = 'stain';
/** Columns that follow where patches have labels; then one for each class, `fraction_` and its name, by its label. */
const LABEL_COLUMNS = ['label', 'label_id'] as const;
const FRACTION = 'fraction_';

/** The header of a table: `stained` where stains are normalised, with `classes` where patches have labels. */
export function formatPatchHeader(classes: readonly LabelClass[] | undefined, stained = false): string {
  const labels = classes ? [...LABEL_COLUMNS, ...classes.map(({ name }) => `${FRACTION}${name}`)] : [];
  return formatCsvLine([...PATCH_COLUMNS, ...(stained ? [STAIN_COLUMN] : []), ...labels]);
}

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
  /** What became of its colours; undefined where stains were not normalised. */
  readonly stain: StainOutcome | undefined;
  /** Name of its class; undefined where it has none, or the table has no labels. */
  readonly label: string | undefined;
  /** 0..255; 0 is the background. */
  readonly labelId: number | undefined;
  /** Share of each class, 0..1, by its name, in the order of the labels; undefined where nothing is known of them. */
  readonly fractions: ReadonlyMap<string, number> | undefined;
}

/** One line of the table. */
export function formatPatchRow(
  patch: PlannedPatch,
  geometry: PatchGeometry,
  {
    file,
    stained = false,
    label,
    classes,
  }: { file: FinishedFile | undefined; stained?: boolean; label?: PatchLabel | undefined; classes?: number },
): string {
  const { level, mpp, size } = geometry;
  const { index, x, y, tissueFraction } = patch;
  const { path, entry } = file ?? {};
  const badTiles = entry?.badTiles ?? 0;
  const plain = [index, x, y, level, mpp, size, tissueFraction, badTiles, path, entry?.bytes, entry?.sha256];
  const fields = stained ? [...plain, entry?.stain] : plain;
  if (!label) return formatCsvLine(fields);
  // Where a slide has no mask, its fractions are empty.
  const fractions = Array.from({ length: classes ?? 0 }, (_, slot) => label.fractions[slot]);
  return formatCsvLine([...fields, label.label, label.labelId, ...fractions]);
}

/** Reads a table row by row: memory does not grow with its length. @throws SourceError */
export async function* readPatchTable(path: string): AsyncGenerator<PatchRecord> {
  const input = createReadStream(path, 'utf8');
  const lines = createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY });
  let names: readonly string[] | undefined;
  try {
    for await (const line of lines) {
      if (names) yield parseRow(line, { path, names });
      else names = parseHeader(line, path);
    }
  } catch (cause) {
    throw cause instanceof SourceError ? cause : new SourceError(path, 'the table can not be read', { cause });
  } finally {
    lines.close();
    input.destroy();
  }
}

/** @returns all columns */
function parseHeader(line: string, path: string): readonly string[] {
  const names = parseCsv(line, path)[0] ?? [];
  const plain = PATCH_COLUMNS.every((column, at) => names[at] === column);
  const [label, id, ...fractions] = names.slice(findLabelColumns(names));
  const labelled = label === LABEL_COLUMNS[0] && id === LABEL_COLUMNS[1];
  if (plain && (label === undefined || (labelled && fractions.every((name) => name.startsWith(FRACTION)))))
    return names;
  throw new SourceError(path, 'not a table of patches');
}

function parseRow(line: string, { path, names }: { path: string; names: readonly string[] }): PatchRecord {
  const fields = parseCsv(line, path)[0] ?? [];
  if (fields.length !== names.length) throw new SourceError(path, `a row of ${fields.length} fields: ${line}`);
  const [index, x, y, level, mpp, size, tissueFraction, badTiles, file, bytes, sha256, stain] = fields;
  const [label, labelId] = fields.slice(findLabelColumns(names));
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
    stain: names[PATCH_COLUMNS.length] === STAIN_COLUMN ? parseStainOutcome(stain) : undefined,
    label: label || undefined,
    labelId: optional(labelId),
    fractions: parseFractions(fields, names),
  };
}

/** Where they begin, in a table that has them. */
function findLabelColumns(names: readonly string[]): number {
  return PATCH_COLUMNS.length + (names[PATCH_COLUMNS.length] === STAIN_COLUMN ? 1 : 0);
}

function parseFractions(fields: readonly string[], names: readonly string[]): PatchRecord['fractions'] {
  const first = findLabelColumns(names) + LABEL_COLUMNS.length;
  const known = names.slice(first).flatMap((name, at): [string, number][] => {
    const text = fields[first + at];
    return text ? [[name.slice(FRACTION.length), Number(text)]] : [];
  });
  return known.length === 0 ? undefined : new Map(known);
}
