import { int, ints, text } from '../../../src/onnx/attributes.ts';
import type { GradientCase } from '../check-gradient.ts';

const BLOCK = { dims: ['n', 3, 4] } as const;
const int64 = (...values: number[]) => ({ dims: [values.length], values, type: 'int64' }) as const;
const index = (value: number) => ({ dims: [], values: [value], type: 'int64' }) as const;

export const SHAPE_CASES: readonly GradientCase[] = [
  { op: 'Reshape', operands: [BLOCK, int64(-1, 12)] },
  { op: 'Flatten', operands: [BLOCK], attributes: { axis: int(1) } },
  { op: 'Squeeze', operands: [{ dims: ['n', 1, 4] }, int64(1)] },
  { op: 'Unsqueeze', operands: [BLOCK, int64(0, 2)] },
  { op: 'Transpose', operands: [BLOCK], attributes: { perm: ints([1, 2, 0]) } },
  { op: 'Transpose', what: 'reversed', operands: [BLOCK] },
  { op: 'Expand', operands: [{ dims: ['n', 1, 4] }, int64(2, 1, 3, 1)] },
  { op: 'Tile', operands: [BLOCK, int64(2, 1, 3)] },
  { op: 'Concat', operands: [{ dims: ['n', 2] }, { dims: ['n', 3] }], attributes: { axis: int(-1) } },
  {
    op: 'Concat',
    what: 'along what varies',
    operands: [{ dims: ['n', 2] }, { dims: [3, 2] }],
    attributes: { axis: int(0) },
  },
  { op: 'Split', operands: [{ dims: ['n', 5] }, int64(2, 3)], attributes: { axis: int(1) }, outputs: 2 },
  {
    op: 'Split',
    what: 'the second part',
    operands: [BLOCK, int64(1, 3)],
    attributes: { axis: int(2) },
    outputs: 2,
    output: 1,
  },
  { op: 'Trilu', operands: [{ dims: [2, 3, 4] }], attributes: { upper: int(0) } },
];

export const SLICE_CASES: readonly GradientCase[] = [
  { op: 'Slice', operands: [{ dims: ['n', 6] }, int64(1), int64(4), int64(1)] },
  { op: 'Slice', what: 'from the end', operands: [{ dims: ['n', 6] }, int64(-3), int64(-1), int64(-1)] },
  { op: 'Slice', what: 'every other', operands: [{ dims: [2, 7] }, int64(1), int64(100), int64(1), int64(2)] },
  { op: 'Slice', what: 'backwards', operands: [{ dims: [2, 6] }, int64(-1), int64(-100), int64(1), int64(-1)] },
  {
    op: 'Slice',
    what: 'backwards, every third',
    operands: [{ dims: [2, 8] }, int64(6), int64(0), int64(1), int64(-3)],
  },
  {
    op: 'Slice',
    what: 'two axes',
    operands: [{ dims: [5, 2, 6] }, int64(1, 0), int64(5, 6), int64(0, 2), int64(3, 4)],
  },
  { op: 'Slice', what: 'along what varies', operands: [{ dims: ['n', 3] }, int64(1), int64(2 ** 31 - 1), int64(0)] },
  {
    op: 'Slice',
    what: 'the end of what varies',
    operands: [{ dims: ['n', 3] }, int64(-1), int64(2 ** 31 - 1), int64(0)],
  },
  {
    op: 'Slice',
    what: 'from before what varies',
    operands: [{ dims: ['n', 3] }, int64(-5), int64(2 ** 31 - 1), int64(0)],
  },
  { op: 'Pad', operands: [BLOCK, int64(0, 1, 2, 0, 0, 1)] },
  { op: 'Pad', what: 'negative', operands: [BLOCK, int64(0, -1, 2, 0, 0, -1)] },
  {
    op: 'Pad',
    what: 'mirrored',
    operands: [{ dims: ['n', 4, 5] }, int64(0, 2, 1, 0, 1, 3)],
    attributes: { mode: text('reflect') },
  },
  { op: 'Pad', what: 'edges', operands: [BLOCK, int64(0, 2, 1, 0, 1, 3)], attributes: { mode: text('edge') } },
  {
    op: 'Pad',
    what: 'mirrored, and taken away at the other end',
    operands: [{ dims: ['n', 6, 5] }, int64(0, -1, 2, 0, 2, -2)],
    attributes: { mode: text('reflect') },
  },
  {
    op: 'Pad',
    what: 'edges of what is left',
    operands: [{ dims: ['n', 6, 5] }, int64(0, -1, 2, 0, 2, -2)],
    attributes: { mode: text('edge') },
  },
  { op: 'Pad', what: 'some axes', operands: [BLOCK, int64(1, 2), { dims: [], values: [0] }, int64(-1)], opset: 18 },
];

export const INDEXING_CASES: readonly GradientCase[] = [
  { op: 'Gather', what: 'one', operands: [BLOCK, index(-1)], attributes: { axis: int(1) } },
  { op: 'Gather', what: 'one of what varies', operands: [BLOCK, index(0)], attributes: { axis: int(0) } },
  {
    op: 'Gather',
    what: 'rows, some twice',
    operands: [{ dims: ['n', 3] }, { dims: [2, 2], values: [0, 1, 1, -1], type: 'int64' }],
  },
  { op: 'Gather', what: 'int32', operands: [{ dims: [5, 3] }, { dims: [3], values: [4, 1, 4], type: 'int32' }] },
  { op: 'Gather', what: 'columns', operands: [BLOCK, int64(2, 0, 2)], attributes: { axis: int(1) } },
  { op: 'Gather', what: 'fed', operands: [{ dims: [5, 3] }, { ...int64(4, 1, 4), fed: true }] },
  {
    op: 'GatherElements',
    operands: [{ dims: [3, 4] }, { dims: [3, 2], values: [0, 1, 3, 3, 2, 0], type: 'int64' }],
    attributes: { axis: int(1) },
  },
  { op: 'GatherND', operands: [{ dims: [3, 4, 2] }, { dims: [3, 2], values: [0, 1, 2, 3, 0, 1], type: 'int64' }] },
  {
    op: 'ScatterElements',
    operands: [{ dims: [3, 4] }, { dims: [1, 4], values: [0, 2, 1, 0], type: 'int64' }, { dims: [1, 4] }],
  },
  {
    op: 'ScatterElements',
    what: 'added',
    operands: [{ dims: [3, 4] }, { dims: [3, 1], values: [0, 2, 0], type: 'int64' }, { dims: [3, 1] }],
    attributes: { axis: int(1), reduction: text('add') },
  },
  { op: 'ScatterND', operands: [{ dims: [4, 3] }, { dims: [2, 1], values: [2, 0], type: 'int64' }, { dims: [2, 3] }] },
  {
    op: 'ScatterND',
    what: 'added',
    operands: [{ dims: [4, 3] }, { dims: [2, 1], values: [2, 2], type: 'int64' }, { dims: [2, 3] }],
    attributes: { reduction: text('add') },
  },
  { op: 'DepthToSpace', operands: [{ dims: [2, 8, 2, 3] }], attributes: { blocksize: int(2) } },
  {
    op: 'DepthToSpace',
    what: 'CRD',
    operands: [{ dims: ['n', 8, 2, 3] }],
    attributes: { blocksize: int(2), mode: text('CRD') },
  },
  { op: 'SpaceToDepth', operands: [{ dims: ['n', 2, 4, 6] }], attributes: { blocksize: int(2) } },
  { op: 'TopK', operands: [{ dims: ['n', 6] }, int64(3)], attributes: { axis: int(1) }, outputs: 2 },
];
