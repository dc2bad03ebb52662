import { labelExamples } from '../../train/data/class-names.ts';
import type { ColumnNames } from '../../train/data/find-columns.ts';
import { readSlideLabels } from '../../train/data/read-patch-rows.ts';
import { DatasetError } from '../../utils/errors.ts';

export interface KnownSlide {
  /** Index of its class. */
  readonly label: number;
  readonly patient: string | undefined;
}

/**
 * What slides are, by their names. Rows without a label are left out.
 * @throws SourceError; DatasetError where the table has no labels, one that is no class, or a slide twice
 */
export async function readLabels(
  path: string,
  { classes, columns }: { readonly classes: readonly string[]; readonly columns: ColumnNames | undefined },
): Promise<Map<string, KnownSlide>> {
  const listed = [...(await readSlideLabels(path, columns))].flatMap(([slide, { label, patient, line }]) =>
    label === undefined ? [] : [{ path: slide, slide, label, patient, table: path, line }],
  );
  if (listed.length === 0)
    throw new DatasetError(path, 'no labels', { reason: 'no-label' }, { hint: 'name a column label, or class' });
  const labelled = labelExamples(listed, classes);
  return new Map(labelled.map(({ path: slide, label, patient }) => [slide, { label, patient }]));
}
