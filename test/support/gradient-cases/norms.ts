import { float, int } from '../../../src/onnx/attributes.ts';
import type { GradientCase } from '../check-gradient.ts';

const CHANNELS = { dims: [3], range: [0.5, 1.5] } as const;
const FROZEN = { ...CHANNELS, frozen: true } as const;

export const NORM_CASES: readonly GradientCase[] = [
  {
    op: 'BatchNormalization',
    operands: [{ dims: ['n', 3, 2, 2] }, CHANNELS, { dims: [3] }, FROZEN, FROZEN],
    attributes: { training_mode: int(1), momentum: float(0.9) },
    outputs: 3,
  },
  {
    op: 'BatchNormalization',
    what: 'of rows',
    operands: [{ dims: ['n', 3] }, CHANNELS, { dims: [3] }, FROZEN, FROZEN],
    attributes: { training_mode: int(1), epsilon: float(1e-3) },
    outputs: 3,
  },
  {
    op: 'BatchNormalization',
    what: 'on WebGPU',
    operands: [{ dims: ['n', 3, 2, 2] }, CHANNELS, { dims: [3] }, FROZEN, FROZEN],
    attributes: { training_mode: int(1) },
    ...{ outputs: 3, device: 'webgpu' },
  },
  {
    op: 'BatchNormalization',
    what: 'frozen',
    operands: [{ dims: ['n', 3, 2, 2] }, CHANNELS, { dims: [3] }, FROZEN, FROZEN],
  },
  { op: 'InstanceNormalization', operands: [{ dims: ['n', 3, 4] }, CHANNELS, { dims: [3] }], single: true },
  { op: 'LayerNormalization', operands: [{ dims: ['n', 2, 4] }, { dims: [4] }, { dims: [4] }] },
  {
    op: 'LayerNormalization',
    what: 'two axes',
    operands: [{ dims: ['n', 2, 3] }, { dims: [2, 3] }, { dims: [2, 3] }],
    attributes: { axis: int(1) },
  },
  {
    op: 'LayerNormalization',
    what: 'in single precision',
    operands: [{ dims: ['n', 2, 4] }, { dims: [4] }, { dims: [4] }],
    single: true,
  },
  { op: 'LayerNormalization', what: 'without bias', operands: [{ dims: [3, 4] }, { dims: [4] }] },
  {
    op: 'GroupNormalization',
    operands: [{ dims: ['n', 4, 2, 3] }, { dims: [4], range: [0.5, 1.5] }, { dims: [4] }],
    attributes: { num_groups: int(2) },
    ...{ opset: 21, single: true },
  },
  {
    op: 'GroupNormalization',
    what: 'a scale for each group',
    operands: [{ dims: [2, 4, 5] }, { dims: [2], range: [0.5, 1.5] }, { dims: [2] }],
    attributes: { num_groups: int(2) },
    ...{ opset: 18, single: true },
  },
  { op: 'RMSNormalization', operands: [{ dims: ['n', 2, 4] }, { dims: [4] }], ...{ opset: 23, single: true } },
  { op: 'Dropout', what: 'of evaluation', operands: [{ dims: ['n', 4] }, { dims: [], values: [0.5] }] },
];
