/** Values of the reference: plain numbers in double precision, computed without onnxruntime. */
import { createRandom, mixSeeds } from '../../utils/random.ts';
import { DATA_TYPES, type DataType } from '../model/data-types.ts';
import { countElements, createZeros, type Tensor } from '../model/tensor.ts';

export interface Values {
  readonly type: DataType;
  readonly dims: readonly number[];
  /** Row-major. */
  readonly data: readonly number[];
}

/** Values by their place. */
export function fill(dims: readonly number[], at: (...index: number[]) => number, type: DataType = 'float32'): Values {
  const index = dims.map(() => 0);
  const data = Array.from({ length: countElements(dims) }, () => {
    const value = at(...index);
    for (let axis = dims.length - 1; axis >= 0; axis--) {
      index[axis] = (index[axis] ?? 0) + 1;
      if ((index[axis] ?? 0) < (dims[axis] ?? 0)) break;
      index[axis] = 0;
    }
    return value;
  });
  return { type, dims, data };
}

/** The value at a place; along axes of size 1 all places are the same one, as in broadcasting. NaN outside. */
export function get({ dims, data }: Values, index: readonly number[]): number {
  let at = 0;
  for (const [axis, size] of dims.entries()) {
    const place = size === 1 ? 0 : (index[index.length - dims.length + axis] ?? 0);
    if (place < 0 || place >= size) return Number.NaN;
    at = at * size + place;
  }
  return data[at] ?? Number.NaN;
}

/** Numbers from -1 to 1, the same for the same arguments, each one that single precision has. */
export function noise(dims: readonly number[], seed = 1): Values {
  const draw = createRandom(mixSeeds(seed, ...dims));
  return fill(dims, () => Math.fround(draw() * 2 - 1));
}

/** Numbers from `low` to `high`. */
export function noiseBetween(dims: readonly number[], low: number, high: number): Values {
  const { data } = noise(dims, 2);
  return { type: 'float32', dims, data: data.map((value) => Math.fround(low + ((value + 1) / 2) * (high - low))) };
}

/** Whole numbers, such as axes and indices; constants of the graph. */
export function ints(values: readonly number[], dims: readonly number[] = [values.length]): Values {
  return { type: 'int64', dims, data: values };
}

/** One number without dimensions. */
export function scalar(value: number): Values {
  return { type: 'float32', dims: [], data: [Math.fround(value)] };
}

/** Each value by itself. */
export function map(values: Values, change: (value: number) => number, type: DataType = values.type): Values {
  return { type, dims: values.dims, data: values.data.map(change) };
}

/** The same values in another shape. */
export function reshape({ type, data }: Values, dims: readonly number[]): Values {
  return { type, dims, data };
}

export function toTensor({ type, dims, data }: Values): Tensor {
  const tensor = createZeros(type, dims);
  const isBig = DATA_TYPES[type].bytes === 8 && type !== 'float64';
  for (const [index, value] of data.entries()) tensor.data[index] = isBig ? BigInt(value) : value;
  return tensor;
}
