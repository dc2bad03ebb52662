import { TENSOR_ARRAYS } from '../safetensors/tensor.ts';
import type { ByteSource } from '../source/byte-source.ts';
import { ByteReader } from './byte-reader.ts';
import { MESSAGE } from './constants.ts';
import type { FoundMessage } from './object-header.ts';
import { type FoundAttribute, parseAttribute } from './parse-messages.ts';

/** A number, a text, or a list of numbers. */
export type AttributeValue = number | string | readonly number[];

/** Elements of an attribute that are read, and bytes of its text. */
const MOST_ELEMENTS = 65_536;

/** The attributes that stand in a header; those of types that are not read are passed over. @throws RangeError, ShortReadError */
export async function readAttributes(
  source: ByteSource,
  messages: readonly FoundMessage[],
): Promise<ReadonlyMap<string, AttributeValue>> {
  const found = new Map<string, AttributeValue>();
  for (const { type, content } of messages) {
    if (type !== MESSAGE.attribute) continue;
    const attribute = parseAttribute(content);
    const value = await readValue(source, attribute);
    if (value !== undefined) found.set(attribute.name, value);
  }
  return found;
}

async function readValue(
  source: ByteSource,
  { type, shape, content }: FoundAttribute,
): Promise<AttributeValue | undefined> {
  const count = shape.reduce((product, size) => product * size, 1);
  const reader = new ByteReader(content);
  if (count === 0 || count > MOST_ELEMENTS) return undefined;
  if (type.kind === 'fixed-text') return count === 1 ? reader.text(type.bytes) : undefined;
  if (type.kind === 'text') return count === 1 ? readText(source, reader) : undefined;
  if (type.kind !== 'number' || type.type === 'F16') return undefined;
  const TypedArray = TENSOR_ARRAYS[type.type];
  const bytes = new Uint8Array(reader.bytes(count * type.bytes));
  const values = Array.from(new TypedArray(bytes.buffer), Number);
  return shape.length === 0 ? values[0] : values;
}

/** A text of variable length lies in a collection, under a number. */
async function readText(source: ByteSource, place: ByteReader): Promise<string | undefined> {
  const length = place.u32();
  const address = place.u64();
  const wanted = place.u32();
  if (address === undefined || length === 0) return '';
  if (length > MOST_ELEMENTS) return undefined;
  const head = new ByteReader(await source.read(address, 16));
  if (head.ascii(4) !== 'GCOL') throw new RangeError('no collection of texts');
  const bytes = head.skip(4).size();
  const reader = new ByteReader(await source.read(address + 16, Math.max(0, bytes - 16)));
  while (reader.left >= 16) {
    const index = reader.u16();
    const size = reader.skip(6).size();
    if (index === wanted) return reader.text(Math.min(length, size));
    if (index === 0) break;
    reader.skip(Math.ceil(size / 8) * 8);
  }
  throw new RangeError(`no text ${wanted} in its collection`);
}
