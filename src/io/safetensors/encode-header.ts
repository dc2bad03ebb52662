import { METADATA_KEY, PREFIX_BYTES } from './parse-header.ts';
import { countElements, TENSOR_ARRAYS, type Tensor } from './tensor.ts';

/** The header is filled up with spaces, so that the first tensor stands at a multiple of it. */
const ALIGNMENT = 8;

/** What a header says of a tensor, but for its place. */
export type TensorShape = Pick<Tensor, 'type' | 'shape'>;

/** The order in which tensors stand in a file: the widest types first, names by the alphabet. Each is then aligned. */
export function compareShapes([nameA, a]: readonly [string, TensorShape], [nameB, b]: readonly [string, TensorShape]) {
  const width = ({ type }: TensorShape) => TENSOR_ARRAYS[type].BYTES_PER_ELEMENT;
  return width(b) - width(a) || (nameA < nameB ? -1 : 1);
}

/** Length and header of a file, whose tensors follow in the order given: that of `compareShapes`. */
export function encodeHeader(
  tensors: readonly (readonly [name: string, shape: TensorShape])[],
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  let end = 0;
  const entries = tensors.map(([name, { type, shape }]): [string, unknown] => {
    const start = end;
    end += (countElements(shape) ?? 0) * TENSOR_ARRAYS[type].BYTES_PER_ELEMENT;
    return [name, { dtype: type, shape, data_offsets: [start, end] }];
  });
  if (Object.keys(metadata).length > 0) entries.unshift([METADATA_KEY, metadata]);
  const text = Buffer.from(JSON.stringify(Object.fromEntries(entries)));
  const length = Math.ceil(text.length / ALIGNMENT) * ALIGNMENT;
  const bytes = new Uint8Array(PREFIX_BYTES + length).fill(0x20);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(text, PREFIX_BYTES);
  return bytes;
}
