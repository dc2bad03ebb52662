/**
 * A field of a TIFF directory as its writer is told of it. `offset` is a position in the file: LONG in a classic file,
 * LONG8 in a BigTIFF. `rational` values are pairs: numerator, denominator. `ascii` is 7-bit text, NUL added.
 */
export type TiffField =
  | { readonly tag: number; readonly type: 'ascii'; readonly value: string }
  | { readonly tag: number; readonly type: 'byte' | 'undefined'; readonly value: Uint8Array }
  | {
      readonly tag: number;
      readonly type: 'short' | 'long' | 'rational' | 'offset';
      readonly value: ArrayLike<number>;
    };

/** TIFF's number of a field type, and the bytes of one value. */
export interface TiffFieldType {
  readonly code: number;
  readonly size: number;
}

const TYPES = {
  byte: { code: 1, size: 1 },
  ascii: { code: 2, size: 1 },
  short: { code: 3, size: 2 },
  long: { code: 4, size: 4 },
  rational: { code: 5, size: 8 },
  undefined: { code: 7, size: 1 },
} as const;

const LONG8: TiffFieldType = { code: 16, size: 8 };

export function getFieldType(field: TiffField, big: boolean): TiffFieldType {
  if (field.type !== 'offset') return TYPES[field.type];
  return big ? LONG8 : TYPES.long;
}

/** Number of values, as the directory states it. */
export function getFieldCount(field: TiffField): number {
  if (field.type === 'ascii') return field.value.length + 1;
  return field.type === 'rational' ? field.value.length / 2 : field.value.length;
}

/** Writes the values, little-endian, at `at`; positions are 64 bits in a BigTIFF. */
export function writeFieldValues(field: TiffField, view: DataView, { at, big }: { at: number; big: boolean }): void {
  switch (field.type) {
    case 'ascii':
      for (let i = 0; i < field.value.length; i++) view.setUint8(at + i, field.value.charCodeAt(i));
      return;
    case 'byte':
    case 'undefined':
      field.value.forEach((value, i) => {
        view.setUint8(at + i, value);
      });
      return;
    case 'short':
      writeEach(field.value, (value, i) => view.setUint16(at + 2 * i, value, true));
      return;
    case 'long':
    case 'rational':
      writeEach(field.value, (value, i) => view.setUint32(at + 4 * i, value, true));
      return;
    case 'offset':
      if (big) writeEach(field.value, (value, i) => setUint64(view, at + 8 * i, value));
      else writeEach(field.value, (value, i) => view.setUint32(at + 4 * i, value, true));
  }
}

/** A file position up to 2^53, without the cost of a BigInt. */
export function setUint64(view: DataView, at: number, value: number): void {
  view.setUint32(at, value % 2 ** 32, true);
  view.setUint32(at + 4, Math.floor(value / 2 ** 32), true);
}

function writeEach(values: ArrayLike<number>, write: (value: number, index: number) => void): void {
  for (let i = 0; i < values.length; i++) write(values[i] ?? 0, i);
}
