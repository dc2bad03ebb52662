import { TYPE_BYTES } from './tags.ts';

/** One directory entry: where its values lie. The values themselves are read on demand. */
export interface TiffField {
  readonly tag: number;
  readonly type: number;
  /** Number of values of `type`. */
  readonly count: number;
  /** Byte offset of the first value in the file (inside the entry where the values fit there). */
  readonly offset: number;
}

/** Bytes that the values take; NaN for a type that the specification does not know. */
export function getFieldBytes(field: TiffField): number {
  return (TYPE_BYTES[field.type] ?? Number.NaN) * field.count;
}

/**
 * Values as doubles, which hold every offset below 2^53 exactly. Rationals are divided. A plain Float64Array also where
 * 32 bits would do: one type for every consumer, 8 bytes a tile.
 */
export function decodeNumbers(bytes: Uint8Array, field: TiffField, littleEndian: boolean): Float64Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const read = readers[field.type];
  const values = new Float64Array(field.count);
  const step = TYPE_BYTES[field.type] ?? 0;
  if (!read || step === 0) return new Float64Array(0);
  for (let i = 0; i < field.count; i++) values[i] = read(view, i * step, littleEndian);
  return values;
}

/** Text up to the first NUL, as Latin-1, which is what vendors write into ASCII fields. */
export function decodeAscii(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return Buffer.from(bytes.buffer, bytes.byteOffset, end < 0 ? bytes.length : end).toString('latin1');
}

type Reader = (view: DataView, at: number, littleEndian: boolean) => number;

const readers: Readonly<Record<number, Reader>> = {
  1: (view, at) => view.getUint8(at),
  2: (view, at) => view.getUint8(at),
  3: (view, at, le) => view.getUint16(at, le),
  4: (view, at, le) => view.getUint32(at, le),
  5: (view, at, le) => view.getUint32(at, le) / view.getUint32(at + 4, le),
  6: (view, at) => view.getInt8(at),
  7: (view, at) => view.getUint8(at),
  8: (view, at, le) => view.getInt16(at, le),
  9: (view, at, le) => view.getInt32(at, le),
  10: (view, at, le) => view.getInt32(at, le) / view.getInt32(at + 4, le),
  11: (view, at, le) => view.getFloat32(at, le),
  12: (view, at, le) => view.getFloat64(at, le),
  13: (view, at, le) => view.getUint32(at, le),
  16: (view, at, le) => readUint64(view, at, le),
  17: (view, at, le) => Number(view.getBigInt64(at, le)),
  18: (view, at, le) => readUint64(view, at, le),
};

/** An unsigned 64-bit integer as a double; twice as fast as BigInt, exact below 2^53. */
export function readUint64(view: DataView, at: number, littleEndian: boolean): number {
  const first = view.getUint32(at, littleEndian);
  const second = view.getUint32(at + 4, littleEndian);
  return littleEndian ? second * 2 ** 32 + first : first * 2 ** 32 + second;
}
