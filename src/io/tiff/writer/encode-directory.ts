import { getFieldCount, getFieldType, setUint64, type TiffField, writeFieldValues } from './tiff-field.ts';

/** Directories and values begin on multiples of 8 bytes: TIFF asks for 2, BigTIFF readers are quickest with 8. */
const ALIGNMENT = 8;

export interface DirectoryPlace {
  /** Position of the directory in the file, a multiple of 8. */
  readonly offset: number;
  readonly big: boolean;
  /** The last directory of the chain, and one outside of it, links to nothing. */
  readonly last: boolean;
  /** Position of the next directory; the first byte after the result by default. */
  readonly next?: number;
}

/**
 * One TIFF directory, little-endian, followed by those of its values that do not fit into an entry. Its link points to
 * `next`, or to the first byte after the result. Fields may come in any order; the file has them by tag.
 */
export function encodeDirectory(fields: readonly TiffField[], place: DirectoryPlace): Uint8Array {
  const { offset, big, last, next } = place;
  const bytes = new Uint8Array(computeDirectorySize(fields, big));
  const view = new DataView(bytes.buffer);
  const setPosition = (at: number, value: number) =>
    big ? setUint64(view, at, value) : view.setUint32(at, value, true);
  const shape = getShape(big);

  if (big) setUint64(view, 0, fields.length);
  else view.setUint16(0, fields.length, true);
  let entry = shape.head;
  let tail = align(shape.head + fields.length * shape.entry + shape.position);
  for (const field of fields.toSorted((a, b) => a.tag - b.tag)) {
    const type = getFieldType(field, big);
    const length = getFieldCount(field) * type.size;
    view.setUint16(entry, field.tag, true);
    view.setUint16(entry + 2, type.code, true);
    setPosition(entry + 4, getFieldCount(field));
    if (length <= shape.position) {
      writeFieldValues(field, view, { at: entry + 4 + shape.position, big });
    } else {
      setPosition(entry + 4 + shape.position, offset + tail);
      writeFieldValues(field, view, { at: tail, big });
      tail = align(tail + length);
    }
    entry += shape.entry;
  }
  if (!last) setPosition(entry, next ?? offset + bytes.length);
  return bytes;
}

/** Bytes of a directory with its values, a multiple of 8. */
export function computeDirectorySize(fields: readonly TiffField[], big: boolean): number {
  const shape = getShape(big);
  let size = align(shape.head + fields.length * shape.entry + shape.position);
  for (const field of fields) {
    const length = getFieldCount(field) * getFieldType(field, big).size;
    if (length > shape.position) size += align(length);
  }
  return size;
}

/** Bytes of the entry count, of one entry, and of a position in the file. */
function getShape(big: boolean): { head: number; entry: number; position: number } {
  return big ? { head: 8, entry: 20, position: 8 } : { head: 2, entry: 12, position: 4 };
}

export function align(value: number): number {
  return Math.ceil(value / ALIGNMENT) * ALIGNMENT;
}
