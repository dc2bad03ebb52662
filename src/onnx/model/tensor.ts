import { DATA_TYPES, type DataType, getDataType, type TensorData } from './data-types.ts';
import type { TensorMessage } from './messages.ts';
import { WireFault } from './wire-reader.ts';

/** Values with their shape, row-major. */
export interface Tensor {
  readonly type: DataType;
  readonly dims: readonly number[];
  readonly data: TensorData;
}

/** `TensorProto.DataLocation`: the values are in another file. */
const EXTERNAL = 1;

/** How many values a shape has. */
export function countElements(dims: readonly number[]): number {
  return dims.reduce((product, dim) => product * dim, 1);
}

/** Zeros of this type and shape. */
export function createZeros(type: DataType, dims: readonly number[]): Tensor {
  const count = countElements(dims);
  const { create, bytes } = DATA_TYPES[type];
  return { type, dims, data: new create(new ArrayBuffer(count * bytes), 0, count) };
}

/** Whether a tensor's values lie in another file. */
export function isExternal(message: TensorMessage): boolean {
  return message.dataLocation === EXTERNAL;
}

/** What the message says of type and shape. @throws WireFault for a type that is not read, or an absurd shape */
export function readTensorShape(message: TensorMessage): { type: DataType; dims: number[]; bytes: number } {
  const name = message.name ?? '';
  const type = getDataType(message.dataType ?? 0);
  if (!type) throw new WireFault(`tensor "${name}" has elements of type ${message.dataType ?? 0}, which is not read`);
  const dims = [...(message.dims ?? [])];
  const bytes = countElements(dims) * DATA_TYPES[type].bytes;
  if (dims.some((dim) => dim < 0) || !Number.isSafeInteger(bytes))
    throw new WireFault(`tensor "${name}" has the shape [${dims.join(', ')}]`);
  return { type, dims, bytes };
}

/**
 * The values of a tensor message: a view of its raw bytes where they are aligned, else a copy.
 * @throws WireFault where their number is not that of the shape
 */
export function readTensor(message: TensorMessage): Tensor {
  const { type, dims, bytes } = readTensorShape(message);
  const raw = message.rawData ?? readTyped(message, type);
  if (raw.byteLength !== bytes)
    throw new WireFault(`tensor "${message.name ?? ''}" has ${raw.byteLength} bytes, its shape asks for ${bytes}`);
  return { type, dims, data: viewAs(type, raw) };
}

/** As `readTensor`, of a message whose values may have been left out: `data` is empty then. @throws WireFault */
export function readTensorOutline(message: TensorMessage): Tensor {
  const { type, dims, bytes } = readTensorShape(message);
  const raw = message.rawData ?? readTyped(message, type);
  return { type, dims, data: viewAs(type, raw.byteLength === bytes ? raw : new Uint8Array(0)) };
}

/** Bytes as values of a type; copied only where the type's alignment asks for it. */
export function viewAs(type: DataType, raw: Uint8Array): TensorData {
  const { create, bytes } = DATA_TYPES[type];
  const aligned = raw.byteOffset % bytes === 0 ? raw : Uint8Array.from(raw);
  return new create(aligned.buffer as ArrayBuffer, aligned.byteOffset, aligned.byteLength / bytes);
}

/** A tensor as a message; its bytes are a view of the tensor's. */
export function createTensorMessage(name: string, tensor: Tensor): TensorMessage {
  const { buffer, byteOffset, byteLength } = tensor.data;
  return {
    dims: [...tensor.dims],
    dataType: DATA_TYPES[tensor.type].code,
    name,
    rawData: new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength),
  };
}

/** Values out of the field of their type, as bytes. Small types are stored as int32, one each. */
function readTyped(message: TensorMessage, type: DataType): Uint8Array {
  const wide = readWide(message, type);
  if (wide) return new Uint8Array(wide.buffer as ArrayBuffer, wide.byteOffset, wide.byteLength);
  const values = message.int32Data ?? [];
  const { create, bytes } = DATA_TYPES[type];
  const out = new create(new ArrayBuffer(values.length * bytes), 0, values.length) as Int32Array;
  out.set(values);
  return new Uint8Array(out.buffer as ArrayBuffer);
}

function readWide(message: TensorMessage, type: DataType): TensorData | undefined {
  switch (type) {
    case 'float32':
      return message.floatData ?? new Float32Array(0);
    case 'float64':
      return message.doubleData ?? new Float64Array(0);
    case 'int64':
      return message.int64Data ?? new BigInt64Array(0);
    case 'uint64':
      return message.uint64Data ?? new BigInt64Array(0);
    case 'uint32':
      return Uint32Array.from(message.uint64Data ?? [], Number);
    default:
      return undefined;
  }
}
