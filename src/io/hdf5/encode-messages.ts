import { ByteWriter } from './byte-writer.ts';
import { MESSAGE, TYPE_CLASS, UNLIMITED } from './constants.ts';
import { getElementBytes, type H5Attribute, type H5DatasetPlan, type H5Type } from './h5-plan.ts';

/** One message in the header of an object. */
export interface Message {
  readonly type: number;
  /** Its content never changes: the bit that h5py sets too. */
  readonly constant: boolean;
  readonly content: Uint8Array;
}

/** Where a text of an attribute lies in the heap for them. */
export type PlaceText = (text: string) => { readonly length: number; readonly heap: number; readonly index: number };

/** Bits, where the exponent lies, its bits, those of the mantissa, and the exponent's bias. */
const FLOATS = { F16: [10, 5, 15], F32: [23, 8, 127], F64: [52, 11, 1023] } as const;

/** Shape, type, filling and place of a dataset. `address`: of its bytes, or of the tree of its chunks. */
export function createDatasetMessages(plan: H5DatasetPlan, address: number | bigint): Message[] {
  const { type, shape, chunkRows } = plan;
  const layout = new ByteWriter().u8(3);
  const [rows, columns] = shape;
  const bytes = getElementBytes(type);
  if (chunkRows === undefined) layout.u8(1).u64(address, rows * columns * bytes);
  else layout.u8(2, 3).u64(address).u32(chunkRows, columns, bytes);
  // Version 2; chunks get their room one by one, a whole dataset late; written if set; set, of no bytes: zeros.
  const filling = new ByteWriter().u8(2, chunkRows === undefined ? 2 : 3, chunkRows === undefined ? 2 : 0, 1).u32(0);
  return [
    { type: MESSAGE.dataspace, constant: false, content: encodeShape(shape, chunkRows !== undefined) },
    { type: MESSAGE.datatype, constant: true, content: encodeType(type) },
    { type: MESSAGE.fillValue, constant: true, content: filling.finish() },
    { type: MESSAGE.layout, constant: false, content: layout.finish() },
  ];
}

export function createAttributeMessage({ name, type, value }: H5Attribute, placeText: PlaceText): Message {
  const label = Buffer.from(`${name}\0`);
  const datatype = type === 'text' ? encodeTextType() : encodeType(type === 'int64' ? 'I64' : 'F64');
  const shape = encodeShape(typeof value === 'object' ? [value.length] : [], false);
  const content = new ByteWriter().u8(1, 0).u16(label.length, datatype.length, shape.length);
  for (const part of [label, datatype, shape]) content.bytes(part).pad(8);
  for (const one of typeof value === 'object' ? value : [value]) encodeValue(content, one, { type, placeText });
  return { type: MESSAGE.attribute, constant: false, content: content.finish() };
}

function encodeValue(
  to: ByteWriter,
  value: number | string,
  { type, placeText }: { type: H5Attribute['type']; placeText: PlaceText },
): void {
  if (type === 'text') {
    const { length, heap, index } = placeText(String(value));
    to.u32(length).u64(heap).u32(index);
  } else if (type === 'int64') to.i64(Number(value));
  else to.f64(Number(value));
}

function encodeShape(shape: readonly number[], grows: boolean): Uint8Array {
  const content = new ByteWriter()
    .u8(1, shape.length, shape.length === 0 ? 0 : 1, 0)
    .u32(0)
    .u64(...shape);
  if (shape.length > 0) content.u64(...shape.map((size, axis) => (grows && axis === 0 ? UNLIMITED : size)));
  return content.finish();
}

function encodeType(type: H5Type): Uint8Array {
  const bytes = getElementBytes(type);
  const bits = bytes * 8;
  // Version 1 of each class. Integers: signed.
  if (type === 'I32' || type === 'I64')
    return new ByteWriter()
      .u8(0x10 | TYPE_CLASS.integer, 8, 0, 0)
      .u32(bytes)
      .u16(0, bits)
      .finish();
  const [mantissa, exponent, bias] = FLOATS[type];
  // The mantissa's leading 1 is not stored; the sign is the highest bit.
  const head = new ByteWriter()
    .u8(0x10 | TYPE_CLASS.float, 0x20, bits - 1, 0)
    .u32(bytes)
    .u16(0, bits);
  return head.u8(mantissa, exponent, 0, mantissa).u32(bias).finish();
}

/** UTF-8 of variable length: a sequence of bytes, ended by a zero. */
function encodeTextType(): Uint8Array {
  const head = new ByteWriter().u8(0x10 | TYPE_CLASS.variable, 1, 1, 0).u32(16);
  return head
    .u8(0x10 | TYPE_CLASS.integer, 0, 0, 0)
    .u32(1)
    .u16(0, 8)
    .finish();
}

/** The header of an object: version 1, whose messages begin at multiples of 8. */
export function encodeObjectHeader(messages: readonly Message[]): Uint8Array {
  const body = new ByteWriter();
  for (const { type, constant, content } of messages) {
    const length = Math.ceil(content.length / 8) * 8;
    body
      .u16(type, length)
      .u8(constant ? 1 : 0, 0, 0, 0)
      .bytes(content)
      .pad(8);
  }
  const head = new ByteWriter().u8(1, 0).u16(messages.length).u32(1, body.length, 0);
  return head.bytes(body.finish()).finish();
}
