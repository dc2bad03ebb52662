import { halfToFloat, widenBrainFloats } from './kernels/narrow-floats.ts';
import type { Tensor } from './tensor.ts';

/** The elements as 32-bit floats: the tensor's own memory for F32, else a copy, rounded where the type is wider. */
export function toFloat32({ type, data }: Tensor): Float32Array {
  if (type === 'F32' && data instanceof Float32Array) return data;
  if (type === 'F16' && data instanceof Uint16Array) return Float32Array.from(data, halfToFloat);
  if (type === 'BF16' && data instanceof Uint16Array) return widenBrainFloats(data);
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) return Float32Array.from(data, Number);
  return Float32Array.from(data);
}
