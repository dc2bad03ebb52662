import { getFieldBytes, type TiffField } from './field.ts';

/*
 * Slides of Hamamatsu's scanners are classic TIFF and may be larger than 4 GiB all the same. In them the offsets of the first and
 * the next directory are 64 bits wide, and behind that link each directory has the high words of its entries' values or
 * offsets, 4 bytes for each entry, in their order (https://openslide.org/formats/hamamatsu/).
 */

/** Bytes of a file within which 32-bit offsets reach everything. */
export const MAX_CLASSIC = 2 ** 32;

/** A tag that every directory of such files has: there is no other mark. */
export const HIGH_WORDS_MARK = 65_420;

const LONG = 4;
const LONG8 = 16;

/** The entry with its high word: a farther offset, or an inline LONG become a LONG8, whose value is written into its entry. */
export function widenEntry(
  field: TiffField,
  high: number,
  { view, at, offset, littleEndian }: { view: DataView; at: number; offset: number; littleEndian: boolean },
): TiffField {
  if (high === 0) return field;
  if (!(getFieldBytes(field) <= 4)) return { ...field, offset: field.offset + high * 2 ** 32 };
  if (field.type !== LONG || field.count !== 1) return field;
  const low = view.getUint32(at + 8, littleEndian);
  const value = at + 4;
  view.setUint32(value + (littleEndian ? 0 : 4), low, littleEndian);
  view.setUint32(value + (littleEndian ? 4 : 0), high, littleEndian);
  return { ...field, type: LONG8, offset: offset + value };
}
