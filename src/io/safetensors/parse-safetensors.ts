import { PREFIX_BYTES, parseHeader, parseHeaderLength, type TensorPlace } from './parse-header.ts';
import { TENSOR_ARRAYS, type Tensor } from './tensor.ts';

export interface TensorFile {
  /** In the order of their bytes. */
  readonly tensors: ReadonlyMap<string, Tensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * The tensors of a safetensors file in memory. They are views of `bytes`, not copies, but for those that start at an
 * address where their type can't.
 * @throws TensorFileError
 */
export function parseSafetensors(bytes: Uint8Array, source = 'safetensors'): TensorFile {
  const length = parseHeaderLength(bytes.subarray(0, PREFIX_BYTES), bytes.length, source);
  const json = bytes.subarray(PREFIX_BYTES, PREFIX_BYTES + length);
  const { places, metadata } = parseHeader(json, bytes.length, source);
  const tensors = [...places].map(([name, place]) => [name, viewTensor(bytes, place)] as const);
  return { tensors: new Map(tensors), metadata };
}

function viewTensor(bytes: Uint8Array, { type, shape, offset, bytes: length }: TensorPlace): Tensor {
  const content = bytes.subarray(offset, offset + length);
  const TypedArray = TENSOR_ARRAYS[type];
  const aligned = content.byteOffset % TypedArray.BYTES_PER_ELEMENT === 0 ? content : new Uint8Array(content);
  const data = new TypedArray(aligned.buffer as ArrayBuffer, aligned.byteOffset, length / TypedArray.BYTES_PER_ELEMENT);
  return { type, shape, data };
}
