import { DatasetError } from '../../utils/errors.ts';

export interface ColumnNames {
  readonly path?: string | undefined;
  readonly label?: string | undefined;
  readonly patient?: string | undefined;
  readonly slide?: string | undefined;
  readonly features?: string | undefined;
}

/** Names that a column may have, in any case. */
const USUAL = {
  path: ['path', 'file', 'image', 'filename'],
  label: ['label', 'class', 'target'],
  patient: ['patient', 'patient_id', 'case', 'case_id'],
  slide: ['slide', 'slide_id'],
  features: ['features', 'feature_file'],
} as const;

type Role = keyof typeof USUAL;

/**
 * Which column of a table is what: the one that `given` names, else the one with a usual name.
 * @param needed columns that must be there
 * @throws DatasetError where one is missing
 */
export function findColumns(
  columns: readonly string[],
  table: string,
  given: ColumnNames = {},
  needed: readonly Role[] = ['path', 'label'],
): ColumnNames {
  const find = (role: Role) => {
    const names = given[role] === undefined ? USUAL[role] : [given[role].toLowerCase()];
    const found = columns.find((column) => (names as readonly string[]).includes(column.toLowerCase()));
    if (found !== undefined || (given[role] === undefined && !needed.includes(role))) return found;
    throw new DatasetError(
      table,
      `no column for the ${role}: it has ${columns.join(', ') || 'none'}`,
      {
        reason: 'no-column',
      },
      { hint: `name a column ${names.join(' or ')}` },
    );
  };
  return {
    ...{ path: find('path'), label: find('label'), patient: find('patient') },
    ...{ slide: find('slide'), features: find('features') },
  };
}
