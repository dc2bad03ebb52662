import { fill, get, type Values } from '../values.ts';

export interface PoolOptions {
  readonly kernel: readonly [number, number];
  readonly strides?: readonly [number, number];
  /** Above, left, below, right. */
  readonly pads?: readonly [number, number, number, number];
  /** Whether a window that hangs over the end counts. */
  readonly ceil?: boolean;
}

/** What becomes of the values under each window of a picture [n, c, height, width]; places outside the picture are left out. */
export function pool(
  x: Values,
  options: PoolOptions,
  reduce: (found: readonly { readonly value: number; readonly at: number }[]) => number,
): Values {
  const { kernel, strides = [1, 1], pads = [0, 0, 0, 0], ceil = false } = options;
  const [count = 0, channels = 0, height = 0, width = 0] = x.dims;
  const round = ceil ? Math.ceil : Math.floor;
  const high = round((height + pads[0] + pads[2] - kernel[0]) / strides[0]) + 1;
  const wide = round((width + pads[1] + pads[3] - kernel[1]) / strides[1]) + 1;
  return fill([count, channels, high, wide], (n = 0, c = 0, y = 0, z = 0) => {
    const found: { value: number; at: number }[] = [];
    for (let i = 0; i < kernel[0]; i++)
      for (let j = 0; j < kernel[1]; j++) {
        const [row, column] = [y * strides[0] - pads[0] + i, z * strides[1] - pads[1] + j];
        if (row < 0 || row >= height || column < 0 || column >= width) continue;
        const at = ((n * channels + c) * height + row) * width + column;
        found.push({ value: get(x, [n, c, row, column]), at });
      }
    return reduce(found);
  });
}
