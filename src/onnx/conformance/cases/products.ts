import { float, int, text } from '../../attributes.ts';
import { type ConformanceCase, createCase } from '../conformance-case.ts';
import { fill, get, noise, type Values } from '../values.ts';

export const PRODUCT_CASES: readonly ConformanceCase[] = [
  matMul('', [7, 13], [13, 5]),
  matMul('batches', [2, 3, 7, 5], [2, 3, 5, 6]),
  matMul('one matrix for all of a batch', [2, 3, 7, 5], [5, 6]),
  matMul('batches that repeat', [2, 1, 7, 5], [3, 5, 6]),
  gemm('', { a: [7, 13], b: [13, 5] }),
  gemm('weights as torch has them', { a: [7, 13], b: [5, 13], transB: true, bias: [5] }),
  gemm('first one turned, as gradients of weights are', { a: [13, 7], b: [13, 5], transA: true }),
  gemm('both turned, scaled', {
    a: [13, 7],
    b: [5, 13],
    transA: true,
    transB: true,
    bias: [7, 1],
    alpha: 0.5,
    beta: 2,
  }),
  createCase('FusedMatMul', "onnxruntime's own: both turned, scaled", {
    ...{ domain: 'com.microsoft', only: 'cpu' },
    inputs: [noise([2, 5, 7], 1), noise([2, 6, 5], 2)],
    attributes: { transA: int(1), transB: int(1), alpha: float(0.5) },
    expected: () => {
      const [a, b] = [noise([2, 5, 7], 1), noise([2, 6, 5], 2)];
      return fill([2, 7, 6], (n = 0, i = 0, j = 0) => 0.5 * sum(5, (k) => get(a, [n, k, i]) * get(b, [n, j, k])));
    },
  }),
  createCase('Einsum', 'bij,bkj->bik', {
    inputs: [noise([2, 3, 5]), noise([2, 4, 5])],
    attributes: { equation: text('bij,bkj->bik') },
    expected: () => {
      const [a, b] = [noise([2, 3, 5]), noise([2, 4, 5])];
      return fill([2, 3, 4], (n = 0, i = 0, k = 0) => sum(5, (j) => get(a, [n, i, j]) * get(b, [n, k, j])));
    },
  }),
];

function matMul(form: string, left: number[], right: number[]): ConformanceCase {
  const [a, b] = [noise(left, 1), noise(right, 2)];
  const rank = Math.max(left.length, right.length);
  const pad = (dims: number[]) => [...new Array<number>(rank - dims.length).fill(1), ...dims];
  const [wideLeft, wideRight] = [pad(left), pad(right)];
  const batches = wideLeft.slice(0, -2).map((size, axis) => Math.max(size, wideRight[axis] ?? 1));
  const inner = left.at(-1) ?? 0;
  return createCase('MatMul', form, {
    inputs: [a, b],
    expected: () =>
      fill([...batches, left.at(-2) ?? 0, right.at(-1) ?? 0], (...place) => {
        const [row = 0, column = 0] = place.slice(-2);
        const batch = place.slice(0, -2);
        return sum(inner, (k) => get(a, [...batch, row, k]) * get(b, [...batch, k, column]));
      }),
  });
}

interface GemmForm {
  readonly a: number[];
  readonly b: number[];
  readonly transA?: boolean;
  readonly transB?: boolean;
  readonly bias?: number[];
  readonly alpha?: number;
  readonly beta?: number;
}

function gemm(
  form: string,
  { a, b, transA = false, transB = false, bias, alpha = 1, beta = 1 }: GemmForm,
): ConformanceCase {
  const [left, right] = [noise(a, 1), noise(b, 2)];
  const added: Values | undefined = bias && noise(bias, 3);
  const [rows = 0, inner = 0] = transA ? a.toReversed() : a;
  const columns = (transB ? b[0] : b[1]) ?? 0;
  return createCase('Gemm', form, {
    inputs: [left, right, ...(added ? [added] : [])],
    attributes: { transA: int(Number(transA)), transB: int(Number(transB)), alpha: float(alpha), beta: float(beta) },
    expected: () =>
      fill([rows, columns], (i = 0, j = 0) => {
        const product = sum(inner, (k) => get(left, transA ? [k, i] : [i, k]) * get(right, transB ? [j, k] : [k, j]));
        return alpha * product + (added ? beta * get(added, [i, j]) : 0);
      }),
  });
}

function sum(count: number, term: (index: number) => number): number {
  let total = 0;
  for (let index = 0; index < count; index++) total += term(index);
  return total;
}
