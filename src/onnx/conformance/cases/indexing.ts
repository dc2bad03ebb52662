import { int, text } from '../../attributes.ts';
import { type ConformanceCase, createCase, EXACT, ROUNDING } from '../conformance-case.ts';
import { fill, get, ints, noise, type Values } from '../values.ts';

const TABLE = noise([7, 5]);
/** Rows twice, and counted from the end. */
const ROWS = [2, 0, -1, 2, 5, 1];

export const INDEXING_CASES: readonly ConformanceCase[] = [...gathers(), ...scatters()];

function gathers(): ConformanceCase[] {
  const rows = ints(ROWS, [2, 3]);
  const columns = ints([4, 0, 0, 1, 3, 2], [2, 3]);
  return [
    createCase('Gather', 'rows', {
      inputs: [TABLE, rows],
      expected: () => fill([2, 3, 5], (a = 0, b = 0, column = 0) => get(TABLE, [toRow(get(rows, [a, b])), column])),
      tolerance: EXACT,
    }),
    createCase('Gather', 'columns', {
      inputs: [TABLE, columns],
      attributes: { axis: int(1) },
      expected: () => fill([7, 2, 3], (row = 0, a = 0, b = 0) => get(TABLE, [row, get(columns, [a, b])])),
      tolerance: EXACT,
    }),
    createCase('GatherElements', '', {
      inputs: [TABLE, columns],
      attributes: { axis: int(1) },
      expected: () => fill([2, 3], (row = 0, at = 0) => get(TABLE, [row, get(columns, [row, at])])),
      tolerance: EXACT,
    }),
    createCase('GatherND', '', {
      inputs: [TABLE, ints([6, 4, 0, 1, 3, 3], [3, 2])],
      expected: () => ({
        type: 'float32',
        dims: [3],
        data: [get(TABLE, [6, 4]), get(TABLE, [0, 1]), get(TABLE, [3, 3])],
      }),
      tolerance: EXACT,
    }),
  ];
}

function scatters(): ConformanceCase[] {
  const updates = noise([6, 5], 3);
  const places = ints(ROWS.map(toRow), [6, 1]);
  const single = [3, 0, 6, 2, 5, 1];
  /** Rows at `rows`, in their order, joined to those of the table. */
  const scatter = (rows: readonly number[], join: (old: number, fresh: number) => number): Values =>
    fill([7, 5], (row = 0, column = 0) =>
      rows.reduce(
        (value, at, index) => (at === row ? join(value, get(updates, [index, column])) : value),
        get(TABLE, [row, column]),
      ),
    );
  const cells = ints([1, 0, 1, 2, 2, 2], [2, 3]);
  const added = noise([2, 3], 4);
  return [
    createCase('ScatterND', 'replaced', {
      inputs: [TABLE, ints(single, [6, 1]), updates],
      expected: () => scatter(single, (_old, fresh) => fresh),
      tolerance: EXACT,
    }),
    createCase('ScatterND', 'added, some rows twice', {
      inputs: [TABLE, places, updates],
      attributes: { reduction: text('add') },
      expected: () => scatter(ROWS.map(toRow), (old, fresh) => old + fresh),
      tolerance: ROUNDING,
    }),
    createCase('ScatterElements', 'added, some cells twice', {
      inputs: [TABLE, cells, added],
      attributes: { axis: int(0), reduction: text('add') },
      expected: () =>
        fill([7, 5], (row = 0, column = 0) => {
          if (column > 2) return get(TABLE, [row, column]);
          return [0, 1].reduce(
            (value, at) => value + (get(cells, [at, column]) === row ? get(added, [at, column]) : 0),
            get(TABLE, [row, column]),
          );
        }),
      tolerance: ROUNDING,
    }),
  ];
}

function toRow(index: number): number {
  return index < 0 ? index + 7 : index;
}
