/** What a model says of each patch of a slide, as a table: `attention/<slide>.csv`. */
import { readFile } from 'node:fs/promises';
import type { WrittenFile } from '../../utils/atomic-file.ts';
import { createAtomicStream } from '../../utils/atomic-stream.ts';
import { formatCsvLine, parseCsv } from '../../utils/csv.ts';
import { SourceError } from '../../utils/errors.ts';
import type { PatchPlaces } from './patch-places.ts';

export interface PatchScores extends PatchPlaces {
  readonly count: number;
  /** Undefined where the model gives none. */
  readonly attention: Float32Array | undefined;
  readonly classes: readonly string[];
  /** patches x classes; undefined where the model says nothing of patches by themselves. */
  readonly probabilities: Float32Array | undefined;
}

const PLACE_COLUMNS = {
  px: ['x', 'y', 'width', 'height'],
  um: ['x_um', 'y_um', 'width_um', 'height_um'],
} as const;
const ATTENTION = 'attention';
const PROBABILITY = 'probability_';

/**
 * Writes a row for each patch, in their order: its place (level-0 pixels; microns in columns `x_um` ... where there are no pixels),
 * attention, and the probability of each class. What is not known is an empty field, or no column.
 * @throws OutputError
 */
export async function writeScores(path: string, scores: PatchScores): Promise<WrittenFile> {
  const { unit, x, y, width, height, attention, probabilities, classes, count } = scores;
  const columns = [
    ...PLACE_COLUMNS[unit],
    ...(attention ? [ATTENTION] : []),
    ...(probabilities ? classes.map((name) => PROBABILITY + name) : []),
  ];
  await using stream = await createAtomicStream(path);
  await stream.write(formatCsvLine(columns));
  for (let patch = 0; patch < count; patch++) {
    const values: (number | undefined)[] = [x[patch], y[patch], width, height];
    if (attention) values.push(toShortest(attention[patch]));
    if (probabilities)
      for (let label = 0; label < classes.length; label++)
        values.push(toShortest(probabilities[patch * classes.length + label]));
    await stream.write(formatCsvLine(values));
  }
  return await stream.finish();
}

/** Nine digits tell all numbers of single precision apart. */
export function toShortest(score = 0): number {
  return Number(score.toPrecision(9));
}

/** Reads such a table; further columns are left alone. @throws SourceError where it is missing or damaged, with the line */
export async function readScores(path: string): Promise<PatchScores> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new SourceError(path, cause instanceof Error ? cause.message : String(cause), { cause });
  });
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const [columns = []] = parseCsv(lines[0] ?? '', path);
  const unit = columns.includes('x') || !columns.includes('x_um') ? 'px' : 'um';
  const places = PLACE_COLUMNS[unit].map((name) => columns.indexOf(name));
  const [atX = -1, atY = -1, atWidth = -1, atHeight = -1] = places;
  const classColumns = columns.flatMap((name, at) => (name.startsWith(PROBABILITY) ? [at] : []));
  const atAttention = columns.indexOf(ATTENTION);
  if (atX < 0 || atY < 0)
    throw new SourceError(path, `no columns x and y: it has ${columns.join(', ') || 'none'}`, {
      hint: 'give a table that `predict slides` wrote: attention/<slide>.csv',
    });
  const rows = lines.slice(1).filter((line) => line !== '');
  const [x, y] = [new Float64Array(rows.length), new Float64Array(rows.length)];
  const attention = atAttention < 0 ? undefined : new Float32Array(rows.length);
  const probabilities = classColumns.length === 0 ? undefined : new Float32Array(rows.length * classColumns.length);
  let size: readonly [string, string] | undefined;
  for (const [patch, line] of rows.entries()) {
    const fields = line.split(',');
    const read = (at: number): number => readNumber(fields[at], { path, line: patch + 2, column: columns[at] });
    x[patch] = read(atX);
    y[patch] = read(atY);
    if (attention) attention[patch] = read(atAttention);
    for (const [label, at] of classColumns.entries())
      if (probabilities) probabilities[patch * classColumns.length + label] = read(at);
    const own = [fields[atWidth] ?? '', fields[atHeight] ?? ''] as const;
    size ??= own;
    if (own[0] !== size[0] || own[1] !== size[1])
      throw new SourceError(path, `line ${patch + 2}: its patch has another size than those before`);
  }
  const [width, height] = (size ?? []).map((field) => (field === '' ? undefined : Number(field)));
  const classes = classColumns.map((at) => columns[at]?.slice(PROBABILITY.length) ?? '');
  return { unit, count: rows.length, x, y, width, height, attention, classes, probabilities };
}

function readNumber(
  field: string | undefined,
  { path, line, column }: { path: string; line: number; column: string | undefined },
): number {
  const value = field === undefined || field.trim() === '' ? Number.NaN : Number(field);
  if (Number.isFinite(value)) return value;
  throw new SourceError(path, `line ${line}: ${JSON.stringify(field ?? '')} in column ${column} is no number`);
}
