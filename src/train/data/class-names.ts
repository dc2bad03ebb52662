import { DatasetError } from '../../utils/errors.ts';
import type { Example, ExampleRow } from './example.ts';

/**
 * The classes of a training set, by label: those that are `given`, else what its rows say. Labels that are all whole numbers
 * stand for themselves, from 0 to the highest; names are sorted by code unit.
 * @throws DatasetError where there are fewer than two, or one has no example
 */
export function findClasses(rows: readonly ExampleRow[], given?: readonly string[]): readonly string[] {
  const table = rows[0]?.table ?? 'the training set';
  if (rows.length === 0) throw new DatasetError(table, 'no examples', { reason: 'empty' });
  const classes = given ?? listClasses(rows);
  if (classes.length < 2 || new Set(classes).size < classes.length)
    throw new DatasetError(table, `expected two or more classes but there are ${classes.join(', ')}`, {
      reason: 'classes',
    });
  const counts = countLabels(labelExamples(rows, classes), classes.length);
  const empty = counts.indexOf(0);
  if (empty < 0) return classes;
  throw new DatasetError(
    table,
    `no example of the class ${classes[empty]}`,
    { reason: 'empty-class' },
    {
      hint: 'number the classes from 0 without gaps, or leave the class out',
    },
  );
}

/** The rows with the index of their class. @throws DatasetError for a label that is no class */
export function labelExamples(rows: readonly ExampleRow[], classes: readonly string[]): Example[] {
  const labels = new Map(classes.map((name, label) => [name, label]));
  return rows.map(({ path, label: text, patient, slide, table, line }) => {
    const label = findLabel(text, labels);
    if (label !== undefined) return { path, label, patient, slide };
    throw new DatasetError(
      table,
      `the label ${JSON.stringify(text)} is none of ${classes.join(', ')}`,
      {
        reason: 'label-range',
        line,
      },
      { hint: 'mend the table, or name all classes' },
    );
  });
}

/** The class that a label means: its name, else its number from 0; undefined where it is neither. */
export function findLabel(text: string, labels: ReadonlyMap<string, number>): number | undefined {
  return labels.get(text) ?? toIndex(text, labels.size);
}

/** Examples of each class. */
export function countLabels(examples: readonly { readonly label: number }[], classCount: number): number[] {
  const counts = new Array<number>(classCount).fill(0);
  for (const { label } of examples) counts[label] = (counts[label] ?? 0) + 1;
  return counts;
}

function listClasses(rows: readonly ExampleRow[]): string[] {
  const names = [...new Set(rows.map(({ label }) => label))];
  const indices = names.map((name) => toIndex(name, MOST_CLASSES));
  if (indices.includes(undefined)) return names.sort();
  const highest = Math.max(...indices.map((index) => index ?? 0));
  return Array.from({ length: highest + 1 }, (_, label) => String(label));
}

/** Above it a number is an identity, or a mistake. */
const MOST_CLASSES = 10_000;

function toIndex(text: string, count: number): number | undefined {
  if (!/^\d{1,9}$/.test(text)) return undefined;
  const index = Number(text);
  return index < count ? index : undefined;
}
