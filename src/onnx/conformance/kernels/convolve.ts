import { fill, type Values } from '../values.ts';

export interface ConvolveOptions {
  readonly bias?: Values;
  readonly strides?: readonly [number, number];
  /** Above, left, below, right. */
  readonly pads?: readonly [number, number, number, number];
  readonly dilations?: readonly [number, number];
  readonly group?: number;
}

/** ONNX's Conv of x [n, c, height, width] with w [outputs, c / group, height, width], as its definition says. */
export function convolve(x: Values, w: Values, options: ConvolveOptions = {}): Values {
  const { bias, strides = [1, 1], pads = [0, 0, 0, 0], dilations = [1, 1], group = 1 } = options;
  const [count = 0, channels = 0, height = 0, width = 0] = x.dims;
  const [outputs = 0, inGroup = 0, rows = 0, columns = 0] = w.dims;
  const reach = [(rows - 1) * dilations[0] + 1, (columns - 1) * dilations[1] + 1] as const;
  const high = Math.floor((height + pads[0] + pads[2] - reach[0]) / strides[0]) + 1;
  const wide = Math.floor((width + pads[1] + pads[3] - reach[1]) / strides[1]) + 1;
  return fill([count, outputs, high, wide], (n = 0, k = 0, y = 0, z = 0) => {
    const first = Math.floor(k / (outputs / group)) * inGroup;
    let sum = bias ? bias.data[k]! : 0;
    for (let c = 0; c < inGroup; c++)
      for (let i = 0; i < rows; i++)
        for (let j = 0; j < columns; j++) {
          const row = y * strides[0] - pads[0] + i * dilations[0];
          const column = z * strides[1] - pads[1] + j * dilations[1];
          if (row < 0 || row >= height || column < 0 || column >= width) continue;
          const at = ((n * channels + first + c) * height + row) * width + column;
          sum += x.data[at]! * w.data[((k * inGroup + c) * rows + i) * columns + j]!;
        }
    return sum;
  });
}

export interface SpreadOptions extends ConvolveOptions {
  /** Rows and columns more, below and on the right. */
  readonly outputPadding?: readonly [number, number];
}

/** ONNX's ConvTranspose of x [n, c, height, width] with w [c, outputs / group, height, width]: each value spreads the kernel. */
export function spread(x: Values, w: Values, options: SpreadOptions = {}): Values {
  const { bias, strides = [1, 1], pads = [0, 0, 0, 0], dilations = [1, 1], group = 1 } = options;
  const [addedRows, addedColumns] = options.outputPadding ?? [0, 0];
  const [count = 0, channels = 0, height = 0, width = 0] = x.dims;
  const [, outGroup = 0, rows = 0, columns = 0] = w.dims;
  const high = (height - 1) * strides[0] + (rows - 1) * dilations[0] + 1 - pads[0] - pads[2] + addedRows;
  const wide = (width - 1) * strides[1] + (columns - 1) * dilations[1] + 1 - pads[1] - pads[3] + addedColumns;
  const outputs = outGroup * group;
  const sums = fill([count, outputs, high, wide], (_n, k = 0) => (bias ? bias.data[k]! : 0));
  const data = [...sums.data];
  fill([count, channels, height, width], (n = 0, c = 0, y = 0, z = 0) => {
    const value = x.data[((n * channels + c) * height + y) * width + z]!;
    const first = Math.floor(c / (channels / group)) * outGroup;
    for (let k = 0; k < outGroup; k++)
      for (let i = 0; i < rows; i++)
        for (let j = 0; j < columns; j++) {
          const row = y * strides[0] - pads[0] + i * dilations[0];
          const column = z * strides[1] - pads[1] + j * dilations[1];
          if (row < 0 || row >= high || column < 0 || column >= wide) continue;
          const weight = w.data[((c * outGroup + k) * rows + i) * columns + j]!;
          data[((n * outputs + first + k) * high + row) * wide + column]! += value * weight;
        }
    return value;
  });
  return { ...sums, data };
}
