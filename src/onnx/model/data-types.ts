/** Element types of tensors: their names as onnxruntime says them, their numbers in ONNX files, and their arrays. */
export type DataType =
  | 'float32'
  | 'uint8'
  | 'int8'
  | 'uint16'
  | 'int16'
  | 'int32'
  | 'int64'
  | 'bool'
  | 'float16'
  | 'float64'
  | 'uint32'
  | 'uint64'
  | 'bfloat16';

/** Values of a tensor. `bool` is a byte, half floats are their bits. */
export type TensorData =
  | Float32Array
  | Float64Array
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

interface TypeFacts {
  /** TensorProto.DataType. */
  readonly code: number;
  readonly create: new (buffer: ArrayBuffer, offset: number, length: number) => TensorData;
  readonly bytes: number;
}

export const DATA_TYPES: Readonly<Record<DataType, TypeFacts>> = {
  float32: { code: 1, create: Float32Array, bytes: 4 },
  uint8: { code: 2, create: Uint8Array, bytes: 1 },
  int8: { code: 3, create: Int8Array, bytes: 1 },
  uint16: { code: 4, create: Uint16Array, bytes: 2 },
  int16: { code: 5, create: Int16Array, bytes: 2 },
  int32: { code: 6, create: Int32Array, bytes: 4 },
  int64: { code: 7, create: BigInt64Array, bytes: 8 },
  bool: { code: 9, create: Uint8Array, bytes: 1 },
  float16: { code: 10, create: Uint16Array, bytes: 2 },
  float64: { code: 11, create: Float64Array, bytes: 8 },
  uint32: { code: 12, create: Uint32Array, bytes: 4 },
  uint64: { code: 13, create: BigUint64Array, bytes: 8 },
  bfloat16: { code: 16, create: Uint16Array, bytes: 2 },
};

/** The type of this number in a file; `undefined` for text, complex numbers and whatever came later. */
export function getDataType(code: number): DataType | undefined {
  const found = Object.entries(DATA_TYPES).find(([, facts]) => facts.code === code);
  return found?.[0] as DataType | undefined;
}

/** Types that gradients have. */
export function isDifferentiable(type: DataType | undefined): boolean {
  return type === 'float32' || type === 'float64';
}
