/** The types of elements that a file of tensors can hold, and the arrays that hold them here. All are little-endian. */
export const TENSOR_ARRAYS = {
  F64: Float64Array,
  F32: Float32Array,
  /** IEEE half precision, as its bits. */
  F16: Uint16Array,
  /** The upper half of an F32, as its bits. */
  BF16: Uint16Array,
  I64: BigInt64Array,
  U64: BigUint64Array,
  I32: Int32Array,
  U32: Uint32Array,
  I16: Int16Array,
  U16: Uint16Array,
  I8: Int8Array,
  U8: Uint8Array,
  /** A byte each, 0 or 1. */
  BOOL: Uint8Array,
} as const;

export type TensorType = keyof typeof TENSOR_ARRAYS;

export type TensorData =
  | Float64Array
  | Float32Array
  | BigInt64Array
  | BigUint64Array
  | Int32Array
  | Uint32Array
  | Int16Array
  | Uint16Array
  | Int8Array
  | Uint8Array;

export interface Tensor {
  readonly type: TensorType;
  /** Row-major; empty for a single number. */
  readonly shape: readonly number[];
  /** As many elements as the shape says. */
  readonly data: TensorData;
}

export function isTensorType(name: unknown): name is TensorType {
  return typeof name === 'string' && Object.hasOwn(TENSOR_ARRAYS, name);
}

/** Elements of a shape; `undefined` where a side is no size, or there are more than an array can count. */
export function countElements(shape: readonly unknown[]): number | undefined {
  let count = 1;
  for (const side of shape) {
    if (typeof side !== 'number' || !Number.isSafeInteger(side) || side < 0) return undefined;
    count *= side;
    if (!Number.isSafeInteger(count)) return undefined;
  }
  return count;
}
