/** Which slides are shown, and in what order: what the address says behind `#/?`. */
export interface CohortQuery {
  /** Words that a slide's id or texts have, all of them. */
  readonly text: string;
  readonly status: string | null;
  readonly sort: CohortSort | null;
  /** Text of a column. */
  readonly is: Readonly<Record<string, string>>;
  /** Numbers of a column, ends included. */
  readonly within: Readonly<Record<string, NumberRange>>;
}

export interface CohortSort {
  /** `slide`, `status`, or a column of values. */
  readonly column: string;
  readonly descending: boolean;
}

export interface NumberRange {
  readonly min: number | null;
  readonly max: number | null;
}

const EVERYTHING: CohortQuery = { text: '', status: null, sort: null, is: {}, within: {} };

export function parseQuery(params: Readonly<Record<string, string>>): CohortQuery {
  const is: Record<string, string> = {};
  const within: Record<string, NumberRange> = {};
  for (const [name, value] of Object.entries(params)) {
    const [, kind, column] = /^(is|min|max)\.(.+)$/s.exec(name) ?? [];
    if (column === undefined) continue;
    if (kind === 'is') is[column] = value;
    else if (value !== '' && Number.isFinite(Number(value))) {
      const range = within[column] ?? { min: null, max: null };
      within[column] = { ...range, [kind === 'min' ? 'min' : 'max']: Number(value) };
    }
  }
  const { q: text = '', status = null, sort = '' } = params;
  return { text, status, sort: parseSort(sort), is, within };
}

/** As parameters of the address. */
export function formatQuery({ text, status, sort, is, within }: CohortQuery): Record<string, string> {
  const params: Record<string, string> = {};
  if (text !== '') params['q'] = text;
  if (status !== null) params['status'] = status;
  if (sort) params['sort'] = `${sort.descending ? '-' : ''}${sort.column}`;
  for (const [column, value] of Object.entries(is)) params[`is.${column}`] = value;
  for (const [column, { min, max }] of Object.entries(within)) {
    if (min !== null) params[`min.${column}`] = String(min);
    if (max !== null) params[`max.${column}`] = String(max);
  }
  return params;
}

/** Whether slides may be left out. */
export function isFiltering({ text, status, is, within }: CohortQuery): boolean {
  return text.trim() !== '' || status !== null || Object.keys(is).length > 0 || Object.keys(within).length > 0;
}

/** All slides; their order stays. */
export function dropFilters({ sort }: CohortQuery): CohortQuery {
  return { ...EVERYTHING, sort };
}

/** Without the column's entry where `value` is null. */
export function setEntry<T>(entries: Readonly<Record<string, T>>, column: string, value: T | null): Record<string, T> {
  const others = Object.entries(entries).filter(([name]) => name !== column);
  return Object.fromEntries(value === null ? others : [...others, [column, value]]);
}

function parseSort(text: string): CohortSort | null {
  const descending = text.startsWith('-');
  const column = descending ? text.slice(1) : text;
  return column === '' ? null : { column, descending };
}
