import { DatasetError } from '../../utils/errors.ts';
import type { ValueKind } from './patch-values.ts';

/** Which column of a table of scores is what, from 0; undefined where it has none. */
export interface ScoreColumns {
  readonly name: string;
  readonly kind: ValueKind;
  readonly unit: 'px' | 'um';
  readonly value: number;
  readonly x: number;
  readonly y: number;
  readonly width: number | undefined;
  readonly height: number | undefined;
  readonly size: number | undefined;
  readonly mpp: number | undefined;
  readonly level: number | undefined;
  readonly slide: number | undefined;
}

/** Names that a class may stand behind. */
const PROBABILITY = 'probability_';
const PREFIXES = [PROBABILITY, 'score_'] as const;
/** Columns that say which slide a row is of. */
export const SLIDE_COLUMNS = ['slide', 'slide_id'] as const;
/** What is taken where nothing is asked for, the first that is there. */
const USUAL = ['attention', 'value', 'score'] as const;

/** @throws DatasetError `no-column` */
export function findScoreColumns(header: readonly string[], path: string, asked: string | undefined): ScoreColumns {
  const names = header.map((name) => name.trim().replace(/^\uFEFF/, ''));
  const find = (...wanted: readonly string[]) => {
    const at = names.findIndex((name) => wanted.includes(name.toLowerCase()));
    return at < 0 ? undefined : at;
  };
  const unit = find('x') === undefined && find('x_um') !== undefined ? 'um' : 'px';
  const [x, y] = unit === 'px' ? [find('x'), find('y')] : [find('x_um'), find('y_um')];
  if (x === undefined || y === undefined)
    throw new DatasetError(
      path,
      `no columns x and y: it has ${names.join(', ')}`,
      { reason: 'no-column' },
      { hint: 'give a table that `predict slides` wrote (attention/<slide>.csv), or any with x, y and a number' },
    );
  const value = asked === undefined ? findUsual(names) : findAsked(names, asked);
  if (value === undefined) failWithoutValue(path, names, asked);
  const column = names[value] ?? '';
  const prefix = PREFIXES.find((one) => column.startsWith(one)) ?? '';
  return {
    ...{ name: column.slice(prefix.length), kind: findKind(column), unit, value, x, y },
    ...(unit === 'px' ? { width: find('width'), height: find('height') } : {}),
    ...(unit === 'um' ? { width: find('width_um'), height: find('height_um') } : {}),
    ...{ size: find('size'), mpp: find('mpp'), level: find('level'), slide: find(...SLIDE_COLUMNS) },
  } as ScoreColumns;
}

function findKind(column: string): ValueKind {
  if (column.startsWith(PROBABILITY)) return 'probability';
  return column === 'attention' ? 'attention' : 'other';
}

function findAsked(names: readonly string[], asked: string): number | undefined {
  for (const prefix of ['', ...PREFIXES]) if (names.includes(prefix + asked)) return names.indexOf(prefix + asked);
  return undefined;
}

/** Else the probability of the only class, or of the second of two. */
function findUsual(names: readonly string[]): number | undefined {
  const usual = USUAL.find((name) => names.includes(name));
  if (usual !== undefined) return names.indexOf(usual);
  const classes = names.filter((name) => name.startsWith(PROBABILITY));
  return classes.length === 1 || classes.length === 2 ? names.indexOf(classes.at(-1) ?? '') : undefined;
}

function failWithoutValue(path: string, names: readonly string[], asked: string | undefined): never {
  const what = asked === undefined ? 'no column of scores that is the only one' : `no column or class ${asked}`;
  throw new DatasetError(
    path,
    `${what}: it has ${names.join(', ')}`,
    { reason: 'no-column' },
    { hint: 'name one of its columns with --value' },
  );
}
