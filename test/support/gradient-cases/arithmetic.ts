import { float, int } from '../../../src/onnx/attributes.ts';
import type { GradientCase } from '../check-gradient.ts';

const SQUARE = { dims: [3, 4] };
const POSITIVE = { dims: [3, 4], range: [0.5, 2] } as const;

export const ARITHMETIC_CASES: readonly GradientCase[] = [
  { op: 'Add', operands: [SQUARE, SQUARE] },
  { op: 'Add', what: 'a row', operands: [{ dims: ['n', 4] }, { dims: [4] }] },
  { op: 'Add', what: 'a column and a row', operands: [{ dims: ['n', 1] }, { dims: [1, 5] }] },
  { op: 'Add', what: 'a number', operands: [{ dims: ['n', 3, 2] }, { dims: [] }] },
  { op: 'Add', what: 'an axis in the middle', operands: [{ dims: [2, 3, 2] }, { dims: [3, 1] }] },
  { op: 'Sub', operands: [SQUARE, { dims: [3, 1] }] },
  { op: 'Mul', operands: [SQUARE, { dims: [4] }] },
  { op: 'Mul', what: 'with itself scaled', operands: [{ dims: ['n', 4] }, { dims: ['n', 1] }] },
  { op: 'Div', operands: [SQUARE, { dims: [4], range: [0.5, 2] }] },
  { op: 'Div', what: 'by a larger one', operands: [{ dims: [4] }, POSITIVE] },
  { op: 'Sum', operands: [SQUARE, { dims: [4] }, { dims: [3, 1] }], single: true },
  { op: 'Mean', operands: [SQUARE, { dims: [4] }], single: true },
  { op: 'Max', operands: [SQUARE, { dims: [3, 4], range: [-0.9, 1.07] }] },
  { op: 'Min', operands: [SQUARE, { dims: [3, 4], range: [-0.9, 1.07] }] },
  { op: 'Pow', operands: [POSITIVE, { dims: [], values: [2.5] }] },
  { op: 'Pow', what: 'squared', operands: [SQUARE, { dims: [], values: [2] }] },
  { op: 'Pow', what: 'to a whole number', operands: [SQUARE, { dims: [], values: [3], type: 'int64' }] },
  {
    op: 'Pow',
    what: 'of 0 and others by exponents of 0 and others',
    operands: [{ dims: [3, 4] }, { dims: [4], values: [0, 1, 3, 2] }],
  },
  {
    op: 'Mod',
    operands: [
      { dims: [3, 4], range: [0.1, 1.9] },
      { dims: [], values: [3] },
    ],
    attributes: { fmod: int(1) },
  },
  {
    op: 'Where',
    operands: [{ dims: [4], values: [1, 0, 0, 1], type: 'bool' }, SQUARE, { dims: [3, 1] }],
  },
];

export const UNARY_CASES: readonly GradientCase[] = [
  { op: 'Neg', operands: [SQUARE] },
  { op: 'Exp', operands: [{ dims: ['n', 4] }] },
  { op: 'Log', operands: [POSITIVE] },
  { op: 'Sqrt', operands: [POSITIVE] },
  { op: 'Reciprocal', operands: [POSITIVE] },
  { op: 'Sin', operands: [SQUARE] },
  { op: 'Cos', operands: [SQUARE] },
  { op: 'Erf', operands: [SQUARE], single: true },
  { op: 'Abs', operands: [SQUARE] },
  { op: 'Identity', operands: [SQUARE] },
  {
    op: 'Cast',
    what: 'to single precision',
    operands: [SQUARE],
    attributes: { to: int(1) },
    step: 1e-2,
    tolerance: 1e-4,
  },
  {
    op: 'CastLike',
    operands: [SQUARE, { dims: [], values: [0], type: 'float32' }],
    ...{ step: 1e-2, tolerance: 1e-4 },
  },
];

export const ACTIVATION_CASES: readonly GradientCase[] = [
  { op: 'Relu', operands: [{ dims: ['n', 4] }] },
  { op: 'Tanh', operands: [SQUARE] },
  { op: 'Sigmoid', operands: [SQUARE] },
  { op: 'Softplus', operands: [SQUARE], single: true },
  { op: 'Softsign', operands: [SQUARE], single: true },
  { op: 'LeakyRelu', operands: [SQUARE], attributes: { alpha: float(0.2) } },
  { op: 'ThresholdedRelu', operands: [SQUARE], attributes: { alpha: float(0.1) }, single: true },
  { op: 'PRelu', operands: [{ dims: [2, 3, 4] }, { dims: [3, 1], range: [0.1, 0.4] }] },
  { op: 'PRelu', what: 'one slope', operands: [{ dims: ['n', 4] }, { dims: [1] }] },
  { op: 'Elu', operands: [SQUARE], attributes: { alpha: float(0.7) }, single: true },
  { op: 'Selu', operands: [SQUARE], single: true },
  { op: 'Celu', operands: [SQUARE], attributes: { alpha: float(0.7) }, single: true },
  { op: 'HardSigmoid', operands: [{ dims: [3, 4], range: [-4, 4] }], single: true },
  { op: 'HardSwish', operands: [{ dims: [3, 4], range: [-5, 5] }], single: true },
  { op: 'Mish', operands: [SQUARE], opset: 18, single: true },
  { op: 'Gelu', operands: [SQUARE], opset: 20, single: true },
  {
    op: 'Gelu',
    what: 'by tanh',
    operands: [SQUARE],
    attributes: { approximate: { kind: 'string', value: 'tanh' } },
    ...{ opset: 20, single: true },
  },
  { op: 'Clip', operands: [SQUARE, { dims: [], values: [-0.5] }, { dims: [], values: [0.5] }] },
  { op: 'Clip', what: 'above only', operands: [SQUARE, undefined, { dims: [], values: [0.5] }] },
  { op: 'Softmax', operands: [{ dims: ['n', 4] }] },
  { op: 'Softmax', what: 'along the first axis', operands: [{ dims: ['n', 4] }], attributes: { axis: int(0) } },
  { op: 'LogSoftmax', operands: [{ dims: [2, 3, 4] }], attributes: { axis: int(1) } },
];
