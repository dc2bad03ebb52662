import { compareShapes, encodeHeader } from './encode-header.ts';
import { METADATA_KEY } from './parse-header.ts';
import { countElements, TENSOR_ARRAYS, type Tensor } from './tensor.ts';

/**
 * A safetensors file in pieces: its header, then the tensors' own memory, which is not copied. The widest types come first
 * and names follow the alphabet: each tensor is aligned, and the same tensors give the same bytes.
 * @throws TypeError where a tensor has not the elements of its shape, or another array than its type
 */
export function encodeSafetensors(
  tensors: ReadonlyMap<string, Tensor>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array[] {
  const sorted = [...tensors].sort(compareShapes);
  for (const [name, tensor] of sorted) checkTensor(name, tensor);
  const pieces = sorted.map(([, { data }]) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  return [encodeHeader(sorted, metadata), ...pieces];
}

function checkTensor(name: string, { type, shape, data }: Tensor): void {
  if (name === METADATA_KEY) throw new TypeError(`expected another name for a tensor than ${METADATA_KEY}`);
  if (!(data instanceof TENSOR_ARRAYS[type]))
    throw new TypeError(`expected the array of ${type} for ${name} but received ${data.constructor.name}`);
  if (countElements(shape) !== data.length)
    throw new TypeError(`expected ${shape.join(' x ')} elements for ${name} but received ${data.length}`);
}
