import { int, ints } from '../../../src/onnx/attributes.ts';
import type { GradientCase } from '../check-gradient.ts';

const BLOCK = { dims: ['n', 3, 4] } as const;
const POSITIVE = { dims: ['n', 3, 4], range: [0.5, 2] } as const;
const axes = (...values: number[]) => ({ dims: [values.length], values, type: 'int64' }) as const;

export const REDUCTION_CASES: readonly GradientCase[] = [
  { op: 'ReduceSum', operands: [BLOCK, axes(1)] },
  { op: 'ReduceSum', what: 'all', operands: [BLOCK], attributes: { keepdims: int(0) } },
  { op: 'ReduceSum', what: 'two, dropped', operands: [BLOCK, axes(-1, 0)], attributes: { keepdims: int(0) } },
  { op: 'ReduceSum', what: 'none', operands: [BLOCK], attributes: { noop_with_empty_axes: int(1) } },
  { op: 'ReduceMean', operands: [BLOCK], attributes: { axes: ints([2]) } },
  {
    op: 'ReduceMean',
    what: 'over what varies',
    operands: [BLOCK],
    attributes: { axes: ints([0, 2]), keepdims: int(0) },
  },
  { op: 'ReduceMean', what: 'of opset 18', operands: [BLOCK, axes(1, 2)], opset: 18 },
  { op: 'ReduceMax', operands: [BLOCK], attributes: { axes: ints([1]) } },
  { op: 'ReduceMax', what: 'of opset 18', operands: [BLOCK, axes(0)], attributes: { keepdims: int(0) }, opset: 18 },
  { op: 'ReduceMin', operands: [BLOCK], attributes: { axes: ints([-1]), keepdims: int(0) } },
  { op: 'ReduceSumSquare', operands: [BLOCK], attributes: { axes: ints([1]) } },
  { op: 'ReduceL1', operands: [BLOCK], attributes: { axes: ints([1]) }, single: true },
  { op: 'ReduceL2', operands: [BLOCK], attributes: { axes: ints([1]), keepdims: int(0) }, single: true },
  { op: 'ReduceLogSumExp', operands: [BLOCK], attributes: { axes: ints([1]), keepdims: int(0) } },
  { op: 'ReduceLogSum', operands: [POSITIVE], attributes: { axes: ints([1]) }, single: true },
  { op: 'CumSum', operands: [BLOCK, { dims: [], values: [1], type: 'int64' }] },
  {
    op: 'CumSum',
    what: 'without itself, from the end',
    operands: [BLOCK, { dims: [], values: [2], type: 'int64' }],
    attributes: { exclusive: int(1), reverse: int(1) },
  },
];
