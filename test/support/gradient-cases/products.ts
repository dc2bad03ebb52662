import { float, int, text } from '../../../src/onnx/attributes.ts';
import type { GradientCase } from '../check-gradient.ts';

const einsum = (equation: string) => ({ equation: text(equation) });

export const PRODUCT_CASES: readonly GradientCase[] = [
  { op: 'Gemm', operands: [{ dims: ['n', 4] }, { dims: [4, 5] }, { dims: [5] }] },
  { op: 'Gemm', what: 'without bias', operands: [{ dims: ['n', 4] }, { dims: [4, 5] }] },
  {
    op: 'Gemm',
    what: 'second transposed, scaled',
    operands: [{ dims: [3, 4] }, { dims: [5, 4] }, { dims: [3, 1] }],
    attributes: { transB: int(1), alpha: float(0.5), beta: float(2) },
  },
  {
    op: 'Gemm',
    what: 'first transposed',
    operands: [{ dims: [4, 3] }, { dims: [4, 5] }],
    attributes: { transA: int(1) },
  },
  {
    op: 'Gemm',
    what: 'both transposed',
    operands: [{ dims: [4, 3] }, { dims: [5, 4] }, { dims: [] }],
    attributes: { transA: int(1), transB: int(1) },
  },
  { op: 'MatMul', operands: [{ dims: ['n', 4] }, { dims: [4, 5] }] },
  { op: 'MatMul', what: 'a batch with a weight', operands: [{ dims: ['n', 3, 4] }, { dims: [4, 2] }] },
  { op: 'MatMul', what: 'two batches', operands: [{ dims: ['n', 2, 3, 4] }, { dims: ['n', 2, 4, 2] }] },
  { op: 'MatMul', what: 'a repeated batch', operands: [{ dims: [3, 2, 4] }, { dims: [2, 1, 4, 2] }] },
  { op: 'MatMul', what: 'a matrix with a batch', operands: [{ dims: [2, 3] }, { dims: ['n', 3, 4] }] },
  { op: 'MatMul', what: 'two vectors', operands: [{ dims: [4] }, { dims: [4] }] },
  { op: 'MatMul', what: 'a vector and a matrix', operands: [{ dims: [4] }, { dims: [4, 3] }] },
  { op: 'MatMul', what: 'a matrix and a vector', operands: [{ dims: ['n', 4] }, { dims: [4] }] },
  { op: 'Einsum', operands: [{ dims: ['n', 3, 4] }, { dims: ['n', 5, 4] }], attributes: einsum('bik,bjk->bij') },
  { op: 'Einsum', what: 'outer', operands: [{ dims: [3] }, { dims: [4] }], attributes: einsum('i,j->ij') },
  {
    op: 'Einsum',
    what: 'a sum of its own',
    operands: [{ dims: [3, 4] }, { dims: [4] }],
    attributes: einsum('ik,k->i'),
  },
  {
    op: 'Einsum',
    what: 'summed before',
    operands: [{ dims: [3, 4, 2] }, { dims: [4] }],
    attributes: einsum('ikl,k->i'),
  },
  { op: 'Einsum', what: 'of one', operands: [{ dims: [3, 4] }], attributes: einsum('ij->ji') },
];
