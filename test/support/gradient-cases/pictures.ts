import { int, ints, text } from '../../../src/onnx/attributes.ts';
import type { GradientCase } from '../check-gradient.ts';

/** Linear operators have no curvature: a large step costs nothing and drowns the rounding of float32. */
const LINEAR = { single: true, step: 0.5, tolerance: 1e-4 } as const;

interface ConvSpec {
  readonly kernel: readonly number[];
  readonly strides?: readonly number[];
  readonly dilations?: readonly number[];
  readonly pads?: readonly number[];
  readonly group?: number;
  readonly output_padding?: readonly number[];
  readonly output_shape?: readonly number[];
}

function describeConv({ kernel, group = 1, ...lists }: ConvSpec) {
  return {
    kernel_shape: ints(kernel),
    group: int(group),
    ...Object.fromEntries(Object.entries(lists).map(([name, value]) => [name, ints(value)])),
  };
}

function conv(
  what: string,
  x: readonly (number | 'n')[],
  w: readonly number[],
  spec: Partial<ConvSpec> = {},
): GradientCase {
  const attributes = describeConv({ kernel: w.slice(2), ...spec });
  return { op: 'Conv', what, operands: [{ dims: x }, { dims: w }, { dims: [w[0]!] }], attributes, ...LINEAR };
}

function convTranspose(
  what: string,
  x: readonly (number | 'n')[],
  w: readonly number[],
  spec: Partial<ConvSpec> = {},
): GradientCase {
  const outputs = w[1]! * (spec.group ?? 1);
  const attributes = describeConv({ kernel: w.slice(2), ...spec });
  return {
    op: 'ConvTranspose',
    what,
    operands: [{ dims: x }, { dims: w }, { dims: [outputs] }],
    attributes,
    ...LINEAR,
  };
}

export const CONV_CASES: readonly GradientCase[] = [
  conv('padded', ['n', 2, 5, 6], [3, 2, 3, 3], { pads: [1, 1, 1, 1] }),
  conv('not padded', ['n', 2, 5, 6], [3, 2, 3, 2]),
  conv('padded further than it reaches', [1, 2, 4, 4], [2, 2, 2, 2], { pads: [2, 2, 2, 2] }),
  conv('stride that leaves pixels over', ['n', 2, 8, 7], [3, 2, 3, 3], { strides: [3, 2], pads: [1, 0, 0, 1] }),
  conv('dilated, strided', [2, 2, 9, 9], [2, 2, 3, 3], { strides: [2, 2], dilations: [2, 3], pads: [2, 3, 2, 3] }),
  conv('one pixel', ['n', 3, 3, 4], [4, 3, 1, 1]),
  conv('many channels', ['n', 16, 4, 5], [2, 16, 3, 3], { pads: [1, 1, 1, 1] }),
  conv('many channels, strided, dilated', [2, 16, 7, 6], [2, 16, 3, 2], {
    strides: [2, 3],
    dilations: [2, 1],
    pads: [1, 1, 2, 0],
  }),
  conv('many channels, one pixel', ['n', 16, 3, 2], [3, 16, 1, 1]),
  conv('many channels, one pixel, strided', ['n', 16, 5, 4], [3, 16, 1, 1], { strides: [2, 2] }),
  conv('small map', ['n', 8, 1, 2], [8, 8, 2, 3], { pads: [0, 1, 1, 1] }),
  conv('small map, strided, dilated', [2, 16, 4], [16, 16, 2], { strides: [2], dilations: [2], pads: [1, 0] }),
  { ...conv('in blocks of channels', ['n', 16, 1, 4], [16, 16, 1, 2], { pads: [0, 1, 0, 1] }), blocked: true },
  conv('grouped', ['n', 4, 5, 5], [6, 2, 3, 3], { group: 2, pads: [1, 1, 1, 1] }),
  conv('grouped, strided', ['n', 6, 6, 5], [4, 3, 2, 3], { group: 2, strides: [2, 2] }),
  conv('each channel', ['n', 4, 5, 6], [4, 1, 3, 3], { group: 4, pads: [1, 1, 1, 1] }),
  conv('each channel, strided, dilated', [2, 3, 8, 8], [3, 1, 3, 3], {
    group: 3,
    strides: [2, 3],
    dilations: [2, 1],
    pads: [1, 1, 1, 1],
  }),
  conv('two of each channel', [2, 3, 5, 5], [6, 1, 3, 3], { group: 3 }),
  conv('a line', ['n', 2, 9], [3, 2, 3], { pads: [1, 1], strides: [2] }),
  conv('a volume', [1, 2, 4, 3, 4], [2, 2, 2, 2, 2], { pads: [1, 0, 1, 0, 1, 0] }),
  {
    ...conv('padded by itself', ['n', 2, 6, 5], [3, 2, 3, 2]),
    attributes: { kernel_shape: ints([3, 2]), strides: ints([2, 2]), auto_pad: text('SAME_UPPER') },
  },
  { ...conv('without bias', [2, 2, 4, 4], [3, 2, 3, 3]), operands: [{ dims: [2, 2, 4, 4] }, { dims: [3, 2, 3, 3] }] },
  convTranspose('doubled', ['n', 3, 4, 3], [3, 2, 2, 2], { strides: [2, 2] }),
  convTranspose('padded', ['n', 3, 4, 3], [3, 2, 3, 3], {
    strides: [2, 2],
    pads: [1, 1, 1, 1],
    output_padding: [1, 1],
  }),
  convTranspose('grouped', ['n', 4, 3, 3], [4, 2, 3, 3], { group: 2, strides: [2, 1] }),
  convTranspose('with a size of its output, and its padding found', ['n', 2, 4, 3], [2, 3, 3, 3], {
    strides: [2, 2],
    output_shape: [8, 6],
  }),
  convTranspose('dilated', [2, 2, 4, 4], [2, 3, 3, 3], { dilations: [2, 1], pads: [1, 0, 2, 1] }),
];

export const POOL_CASES: readonly GradientCase[] = [
  {
    op: 'MaxPool',
    operands: [{ dims: ['n', 2, 4, 6] }],
    attributes: { kernel_shape: ints([2, 2]), strides: ints([2, 2]) },
  },
  {
    op: 'MaxPool',
    what: 'places by columns, which nothing reads',
    operands: [{ dims: ['n', 2, 4, 6] }],
    attributes: { kernel_shape: ints([2, 2]), strides: ints([2, 2]), storage_order: int(1) },
  },
  {
    op: 'MaxPool',
    what: 'overlapping, padded',
    operands: [{ dims: [2, 2, 5, 6] }],
    attributes: { kernel_shape: ints([3, 3]), strides: ints([2, 2]), pads: ints([1, 1, 1, 1]) },
  },
  {
    op: 'MaxPool',
    what: 'rounded up, dilated',
    operands: [{ dims: [2, 2, 6, 7] }],
    attributes: { kernel_shape: ints([2, 2]), strides: ints([2, 2]), dilations: ints([2, 2]), ceil_mode: int(1) },
  },
  {
    op: 'MaxPool',
    what: 'on WebGPU',
    operands: [{ dims: ['n', 1, 5, 4] }],
    attributes: { kernel_shape: ints([3, 3]), strides: ints([2, 2]), pads: ints([1, 1, 1, 1]) },
    ...{ device: 'webgpu', single: true },
  },
  {
    op: 'MaxPool',
    what: 'on WebGPU, rounded up, dilated',
    operands: [{ dims: [1, 2, 6, 7] }],
    attributes: { kernel_shape: ints([2, 2]), strides: ints([2, 2]), dilations: ints([2, 2]), ceil_mode: int(1) },
    ...{ device: 'webgpu', single: true },
  },
  {
    op: 'AveragePool',
    operands: [{ dims: ['n', 2, 4, 6] }],
    attributes: { kernel_shape: ints([2, 3]), strides: ints([2, 3]) },
    ...LINEAR,
  },
  {
    op: 'AveragePool',
    what: 'border not counted',
    operands: [{ dims: [2, 2, 5, 6] }],
    attributes: { kernel_shape: ints([3, 3]), strides: ints([2, 2]), pads: ints([1, 1, 1, 1]) },
    ...LINEAR,
  },
  {
    op: 'AveragePool',
    what: 'border counted',
    operands: [{ dims: [2, 2, 5, 6] }],
    attributes: {
      ...{ kernel_shape: ints([3, 3]), strides: ints([2, 2]), pads: ints([1, 1, 1, 1]) },
      count_include_pad: int(1),
    },
    ...LINEAR,
  },
  {
    op: 'AveragePool',
    what: 'rounded up',
    operands: [{ dims: [2, 2, 5, 6] }],
    attributes: { kernel_shape: ints([2, 2]), strides: ints([2, 2]), ceil_mode: int(1) },
    ...LINEAR,
  },
  { op: 'GlobalAveragePool', operands: [{ dims: ['n', 2, 3, 4] }], ...LINEAR },
  { op: 'GlobalMaxPool', operands: [{ dims: ['n', 2, 3, 4] }], single: true, step: 1e-2 },
];

function resize(what: string, mode: string, extra: Record<string, string>, sizes: readonly number[]): GradientCase {
  const attributes = Object.fromEntries([['mode', text(mode)], ...Object.entries(extra).map(([k, v]) => [k, text(v)])]);
  const target = { dims: [4], values: [2, 2, ...sizes], type: 'int64' } as const;
  return {
    op: 'Resize',
    what: `${mode} ${what}`,
    operands: [{ dims: [2, 2, 4, 3] }, undefined, undefined, target],
    attributes,
    ...LINEAR,
  };
}

export const RESIZE_CASES: readonly GradientCase[] = [
  resize('doubled', 'nearest', { coordinate_transformation_mode: 'asymmetric', nearest_mode: 'floor' }, [8, 6]),
  resize('to odd sizes', 'nearest', {}, [5, 7]),
  resize('doubled', 'linear', { coordinate_transformation_mode: 'half_pixel' }, [8, 6]),
  resize('corners aligned', 'linear', { coordinate_transformation_mode: 'align_corners' }, [7, 5]),
  resize('smaller', 'linear', {}, [3, 2]),
  resize('doubled', 'cubic', {}, [8, 6]),
  {
    ...resize('by scales', 'linear', {}, [8, 3]),
    operands: [{ dims: ['n', 2, 4, 3] }, undefined, { dims: [4], values: [1, 1, 2, 1.5], type: 'float32' }],
  },
  {
    op: 'Resize',
    what: 'smoothed, by axes',
    operands: [{ dims: [2, 2, 6, 5] }, undefined, undefined, { dims: [2], values: [3, 2], type: 'int64' }],
    attributes: { mode: text('linear'), antialias: int(1), axes: ints([2, 3]) },
    ...{ opset: 18, ...LINEAR },
  },
];
