import { TiffDirectory } from '../../../io/tiff/directory.ts';
import type { TiffField } from '../../../io/tiff/field.ts';

const ASCII = 2;

/**
 * The directory with its short texts where they are. NDPI stores a text of up to 4 bytes outside of its entry, where TIFF
 * keeps it inside; some programs that write NDPI go by TIFF. A text is outside where its entry points to one.
 */
export async function locateShortTexts(directory: TiffDirectory): Promise<TiffDirectory> {
  const short = [...directory.fields.values()].filter(({ type, count }) => type === ASCII && count > 0 && count <= 4);
  if (short.length === 0) return directory;
  const fields = new Map(directory.fields);
  for (const field of short) fields.set(field.tag, await locate(directory, field));
  // What was kept in memory of the directory stays with it: the values are read from the file.
  return new TiffDirectory(directory.file, directory.index, { fields, near: { offset: 0, bytes: new Uint8Array(0) } });
}

async function locate({ file }: TiffDirectory, field: TiffField): Promise<TiffField> {
  const { source, littleEndian } = file;
  const entry = await source.read(field.offset, 4);
  const offset = new DataView(entry.buffer, entry.byteOffset).getUint32(0, littleEndian);
  if (offset + field.count > source.size) return field;
  const text = await source.read(offset, field.count);
  const printable = text.subarray(0, -1).every((byte) => byte >= 0x20 && byte !== 0x7f);
  return printable && text.at(-1) === 0 ? { ...field, offset } : field;
}
