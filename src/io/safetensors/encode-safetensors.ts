import { METADATA_KEY, PREFIX_BYTES } from './parse-header.ts';
import { countElements, TENSOR_ARRAYS, type Tensor } from './tensor.ts';

/** The header is filled up with spaces, so that the first tensor stands at a multiple of it. */
const ALIGNMENT = 8;

/**
 * A safetensors file in pieces: its header, then the tensors' own memory, which is not copied. The widest types come first
 * and names follow the alphabet: each tensor is aligned, and the same tensors give the same bytes.
 * @throws TypeError where a tensor has not the elements of its shape, or another array than its type
 */
export function encodeSafetensors(
  tensors: ReadonlyMap<string, Tensor>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array[] {
  const sorted = [...tensors].sort(compareTensors);
  let end = 0;
  const entries = sorted.map(([name, tensor]): [string, unknown] => {
    checkTensor(name, tensor);
    const start = end;
    end += tensor.data.byteLength;
    return [name, { dtype: tensor.type, shape: tensor.shape, data_offsets: [start, end] }];
  });
  if (Object.keys(metadata).length > 0) entries.unshift([METADATA_KEY, metadata]);
  const pieces = sorted.map(([, { data }]) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  return [encodeHeader(JSON.stringify(Object.fromEntries(entries))), ...pieces];
}

function encodeHeader(json: string): Uint8Array {
  const text = Buffer.from(json);
  const length = Math.ceil(text.length / ALIGNMENT) * ALIGNMENT;
  const bytes = new Uint8Array(PREFIX_BYTES + length).fill(0x20);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(text, PREFIX_BYTES);
  return bytes;
}

function compareTensors([nameA, a]: [string, Tensor], [nameB, b]: [string, Tensor]): number {
  return b.data.BYTES_PER_ELEMENT - a.data.BYTES_PER_ELEMENT || (nameA < nameB ? -1 : 1);
}

function checkTensor(name: string, { type, shape, data }: Tensor): void {
  if (name === METADATA_KEY) throw new TypeError(`expected another name for a tensor than ${METADATA_KEY}`);
  if (!(data instanceof TENSOR_ARRAYS[type]))
    throw new TypeError(`expected the array of ${type} for ${name} but received ${data.constructor.name}`);
  if (countElements(shape) !== data.length)
    throw new TypeError(`expected ${shape.join(' x ')} elements for ${name} but received ${data.length}`);
}
