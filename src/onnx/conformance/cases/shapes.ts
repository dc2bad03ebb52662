import { int, ints as list, text } from '../../attributes.ts';
import type { Device } from '../../session.ts';
import { type ConformanceCase, createCase, EXACT } from '../conformance-case.ts';
import { fill, get, ints, noise, reshape, scalar } from '../values.ts';

const DIMS = [2, 3, 4, 5];
const X = noise(DIMS);

/** Operators that move values, and change none of them. */
export const SHAPE_CASES: readonly ConformanceCase[] = [
  ...layouts(),
  ...joins(),
  ...slices(),
  ...pads(),
  createCase('Shape', '', { inputs: [X], expected: () => ints(DIMS), tolerance: EXACT }),
  createCase('Size', '', { inputs: [X], expected: () => ints([120], []), tolerance: EXACT }),
];

function layouts(): ConformanceCase[] {
  const moved = (operator: string, dims: readonly number[], inputs: readonly number[]) =>
    createCase(operator, `by [${inputs.join(', ')}]`, {
      inputs: [X, ints(inputs)],
      expected: () => reshape(X, dims),
      tolerance: EXACT,
    });
  const narrow = noise([2, 1, 4, 1]);
  const square = noise([3, 4, 5]);
  const turned = (perm: readonly number[]) =>
    createCase('Transpose', `axes ${perm.join(', ')}`, {
      inputs: [X],
      attributes: { perm: list(perm) },
      expected: () =>
        fill(
          perm.map((axis) => DIMS[axis] ?? 0),
          (...place) =>
            get(
              X,
              DIMS.map((_, axis) => place[perm.indexOf(axis)] ?? 0),
            ),
        ),
      tolerance: EXACT,
    });
  return [
    moved('Reshape', [6, 20], [6, -1]),
    moved('Reshape', [2, 12, 5], [0, 12, -1]),
    createCase('Flatten', '', { inputs: [X], expected: () => reshape(X, [2, 60]), tolerance: EXACT }),
    createCase('Squeeze', '', {
      inputs: [narrow, ints([1, 3])],
      expected: () => reshape(narrow, [2, 4]),
      tolerance: EXACT,
    }),
    moved('Unsqueeze', [2, 1, 3, 4, 5, 1], [1, -1]),
    ...[
      [0, 2, 3, 1],
      [1, 0, 2, 3],
      [0, 1, 3, 2],
      [3, 2, 1, 0],
    ].map(turned),
    createCase('Expand', '', {
      inputs: [noise([3, 1, 5]), ints([2, 3, 4, 5])],
      expected: () => fill(DIMS, (...place) => get(noise([3, 1, 5]), place)),
      tolerance: EXACT,
    }),
    createCase('Tile', '', {
      inputs: [square, ints([1, 2, 3])],
      expected: () => fill([3, 8, 15], (a = 0, b = 0, c = 0) => get(square, [a, b % 4, c % 5])),
      tolerance: EXACT,
    }),
    ...[1, 0].map((upper) =>
      createCase('Trilu', upper ? 'upper' : 'lower', {
        inputs: [square],
        attributes: { upper: int(upper) },
        expected: () =>
          fill([3, 4, 5], (a = 0, b = 0, c = 0) => ((upper ? c >= b : c <= b) ? get(square, [a, b, c]) : 0)),
        tolerance: EXACT,
      }),
    ),
  ];
}

function joins(): ConformanceCase[] {
  const [a, b, c] = [noise([2, 3, 5], 1), noise([2, 1, 5], 2), noise([2, 4, 5], 3)];
  const whole = noise([2, 8, 5]);
  const part = (from: number, size: number) =>
    fill([2, size, 5], (n = 0, y = 0, x = 0) => get(whole, [n, from + y, x]));
  return [
    createCase('Concat', 'of three', {
      inputs: [a, b, c],
      attributes: { axis: int(1) },
      expected: () =>
        fill([2, 8, 5], (n = 0, y = 0, x = 0) => {
          if (y < 3) return get(a, [n, y, x]);
          return y < 4 ? get(b, [n, 0, x]) : get(c, [n, y - 4, x]);
        }),
      tolerance: EXACT,
    }),
    createCase('Split', 'uneven', {
      inputs: [whole, ints([3, 1, 4])],
      attributes: { axis: int(1) },
      expected: () => [part(0, 3), part(3, 1), part(4, 4)],
      tolerance: EXACT,
    }),
  ];
}

function slices(): ConformanceCase[] {
  const whole = noise([3, 9, 7]);
  const first = [0, 1, 2];
  const of = (
    form: string,
    {
      rows,
      columns,
      args,
      avoidedOn = [],
    }: { rows: number[]; columns: number[]; args: number[][]; avoidedOn?: Device[] },
  ) =>
    createCase('Slice', form, {
      avoidedOn,
      inputs: [whole, ...args.map((values) => ints(values))],
      expected: () =>
        fill([first.length, rows.length, columns.length], (n = 0, y = 0, x = 0) =>
          get(whole, [n, rows[y] ?? 0, columns[x] ?? 0]),
        ),
      tolerance: EXACT,
    });
  const all = [0, 1, 2, 3, 4, 5, 6];
  return [
    of('', {
      rows: [2, 3, 4],
      columns: [1, 2, 3, 4, 5],
      args: [
        [2, 1],
        [5, -1],
        [1, 2],
      ],
    }),
    of('steps', { rows: [1, 4, 7], columns: all, args: [[1], [100], [1], [3]] }),
    of('back from the end', {
      rows: [8, 6, 4, 2, 0],
      columns: [6, 5, 4],
      args: [
        [-1, 6],
        [-100, 3],
        [1, 2],
        [-2, -1],
      ],
    }),
    of('back from the middle', {
      avoidedOn: ['webgpu'],
      rows: [7, 6, 5],
      columns: [4, 2, 0],
      args: [
        [7, 4],
        [4, -100],
        [1, 2],
        [-1, -2],
      ],
    }),
  ];
}

function pads(): ConformanceCase[] {
  const x = noise([2, 4, 5]);
  const sizes = ints([0, 1, 2, 0, 2, 1]);
  const of = (form: string, mode: string, place: (index: number, size: number) => number) =>
    createCase('Pad', form, {
      inputs: [x, sizes],
      attributes: { mode: text(mode) },
      expected: () => fill([2, 7, 8], (n = 0, y = 0, z = 0) => get(x, [n, place(y - 1, 4), place(z - 2, 5)])),
      tolerance: EXACT,
    });
  const padded = (value: number) =>
    fill([2, 7, 8], (n = 0, y = 0, z = 0) => {
      const inside = y >= 1 && y < 5 && z >= 2 && z < 7;
      return inside ? get(x, [n, y - 1, z - 2]) : value;
    });
  return [
    createCase('Pad', 'zeros', { inputs: [x, sizes], expected: () => padded(0), tolerance: EXACT }),
    createCase('Pad', 'a number', { inputs: [x, sizes, scalar(1.5)], expected: () => padded(1.5), tolerance: EXACT }),
    of('edge', 'edge', (index, size) => Math.min(Math.max(index, 0), size - 1)),
    of('reflect', 'reflect', (index, size) => size - 1 - Math.abs(size - 1 - Math.abs(index))),
    createCase('Pad', 'taken away', {
      inputs: [x, ints([0, -1, 0, 0, 0, -2])],
      expected: () => fill([2, 3, 3], (n = 0, y = 0, z = 0) => get(x, [n, y + 1, z])),
      tolerance: EXACT,
    }),
  ];
}
