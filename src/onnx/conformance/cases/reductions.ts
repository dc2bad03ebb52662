import { int, ints as list } from '../../attributes.ts';
import { APPROXIMATE, type ConformanceCase, createCase, EXACT, ROUNDING } from '../conformance-case.ts';
import { mapRows, mean, reduce, sum } from '../kernels/reduce.ts';
import { ints, map, noise, noiseBetween } from '../values.ts';

const DIMS = [2, 3, 4, 5];
const ALL = [0, 1, 2, 3];

/** By operator: how values become one, and whether they have to be positive. */
const REDUCTIONS: Readonly<Record<string, (values: readonly number[]) => number>> = {
  ReduceMax: (values) => Math.max(...values),
  ReduceMin: (values) => Math.min(...values),
  ReduceMean: mean,
  ReduceProd: (values) => values.reduce((product, value) => product * value, 1),
  ReduceL1: (values) => sum(values.map(Math.abs)),
  ReduceL2: (values) => Math.sqrt(sum(values.map((value) => value * value))),
  ReduceSumSquare: (values) => sum(values.map((value) => value * value)),
  ReduceLogSum: (values) => Math.log(sum(values)),
  ReduceLogSumExp: (values) => Math.log(sum(values.map(Math.exp))),
};

export const REDUCTION_CASES: readonly ConformanceCase[] = [
  ...[[1], [0, 2, 3], ALL].map((axes) => reduceSum(axes)),
  ...Object.keys(REDUCTIONS).flatMap((operator) => [[1], [0, 2, 3]].map((axes) => reduceBy(operator, axes))),
  createCase('CumSum', '', {
    inputs: [noise(DIMS), ints([2], [])],
    expected: () => mapRows(noise(DIMS), 2, (row) => row.map((_, at) => sum(row.slice(0, at + 1)))),
  }),
  createCase('CumSum', 'from the end, without itself', {
    inputs: [noise(DIMS), ints([3], [])],
    attributes: { reverse: int(1), exclusive: int(1) },
    expected: () => mapRows(noise(DIMS), 3, (row) => row.map((_, at) => sum(row.slice(at + 1)))),
  }),
  createCase('ArgMax', '', {
    inputs: [noise(DIMS)],
    attributes: { axis: int(1), keepdims: int(0) },
    expected: () => ({
      ...reduce(noise(DIMS), { axes: [1], keep: false }, (row) => row.indexOf(Math.max(...row))),
      type: 'int64',
    }),
    tolerance: EXACT,
  }),
  createCase('TopK', '', {
    inputs: [noise([3, 7]), ints([2])],
    expected: () => {
      const ranked = Array.from({ length: 3 }, (_, row) =>
        noise([3, 7])
          .data.slice(row * 7, row * 7 + 7)
          .map((value, at) => ({ value, at }))
          .sort((a, b) => b.value - a.value)
          .slice(0, 2),
      ).flat();
      return [
        { type: 'float32', dims: [3, 2], data: ranked.map(({ value }) => value) },
        { type: 'int64', dims: [3, 2], data: ranked.map(({ at }) => at) },
      ];
    },
    tolerance: EXACT,
  }),
  createCase('Softmax', 'last axis', {
    inputs: [noise([3, 4, 7])],
    expected: () => softmax([3, 4, 7], 2),
    tolerance: APPROXIMATE,
  }),
  createCase('Softmax', 'first axis', {
    inputs: [noise([9, 4])],
    attributes: { axis: int(0) },
    expected: () => softmax([9, 4], 0),
    tolerance: APPROXIMATE,
  }),
  createCase('LogSoftmax', '', {
    inputs: [noise([3, 7])],
    expected: () => map(softmax([3, 7], 1), Math.log),
    tolerance: APPROXIMATE,
  }),
];

/** Axes are an input since opset 13. */
function reduceSum(axes: readonly number[]): ConformanceCase {
  const keep = axes.length !== ALL.length;
  return createCase('ReduceSum', `axes ${axes.join(', ')}`, {
    inputs: [noise(DIMS), ints(axes)],
    attributes: { keepdims: int(Number(keep)) },
    expected: () => reduce(noise(DIMS), { axes, keep }, sum),
  });
}

function reduceBy(operator: string, axes: readonly number[]): ConformanceCase {
  const join = REDUCTIONS[operator] ?? sum;
  const usesLog = operator.includes('Log');
  const x = operator === 'ReduceLogSum' ? noiseBetween(DIMS, 0.1, 1) : noise(DIMS);
  const keep = axes.length === 1;
  return createCase(operator, `axes ${axes.join(', ')}`, {
    inputs: [x],
    attributes: { axes: list(axes), keepdims: int(Number(keep)) },
    expected: () => reduce(x, { axes, keep }, join),
    tolerance: usesLog ? APPROXIMATE : ROUNDING,
  });
}

function softmax(dims: readonly number[], axis: number) {
  return mapRows(noise(dims), axis, (row) => {
    const total = sum(row.map(Math.exp));
    return row.map((value) => Math.exp(value) / total);
  });
}
