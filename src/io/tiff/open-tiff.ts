import { TiffError } from '../../utils/errors.ts';
import type { ByteSource } from '../source/byte-source.ts';
import { TiffDirectory, type TiffFile } from './directory.ts';
import { getFieldBytes, readUint64, type TiffField } from './field.ts';
import { TAG } from './tags.ts';

/** A parsed TIFF: its directories in chain order. It does not own the source. */
export interface Tiff extends TiffFile {
  readonly directories: readonly TiffDirectory[];
  /** Directories that tag 330 of `directory` points to, in order (one generation). */
  readSubDirectories(directory: TiffDirectory): Promise<TiffDirectory[]>;
}

/** No scanner writes more pages; damaged chains and fuzzed files do. */
const MAX_DIRECTORIES = 16_384;
/** TIFF has about 100 defined tags; the classic format allows 65,535. */
const MAX_ENTRIES = 65_535;
/** Enough for most directories in one read. */
const FIRST_READ = 1024;

/**
 * Reads the header and the chain of directories: classic TIFF and BigTIFF, both byte orders. Field values stay in the file.
 * @returns undefined where the bytes do not start like a TIFF.
 * @throws TiffError on a chain that loops, leaves the file or claims absurd counts.
 */
export async function openTiff(source: ByteSource): Promise<Tiff | undefined> {
  const header = await readHeader(source);
  if (!header) return undefined;
  const { file, first } = header;
  const directories: TiffDirectory[] = [];
  const visited = new Set<number>();
  for (let offset = first; offset !== 0; ) {
    if (visited.has(offset)) fail(file, directories.length, `the chain returns to offset ${offset}: a loop`);
    if (directories.length >= MAX_DIRECTORIES)
      fail(file, directories.length, `more than ${MAX_DIRECTORIES} directories`);
    visited.add(offset);
    const { fields, next } = await readDirectory(file, offset, directories.length);
    directories.push(new TiffDirectory(file, directories.length, fields));
    offset = next;
  }
  if (directories.length === 0) fail(file, 0, 'no directory');
  return { ...file, directories, readSubDirectories: (directory) => readSubDirectories(file, directory) };
}

async function readHeader(source: ByteSource): Promise<{ file: TiffFile; first: number } | undefined> {
  if (source.size < 8) return undefined;
  const bytes = await source.read(0, Math.min(16, source.size));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const order = view.getUint16(0);
  if (order !== 0x4949 && order !== 0x4d4d) return undefined;
  const littleEndian = order === 0x4949;
  const version = view.getUint16(2, littleEndian);
  if (version === 42) {
    return { file: { source, littleEndian, big: false }, first: view.getUint32(4, littleEndian) };
  }
  if (version !== 43 || bytes.length < 16) return undefined;
  const file = { source, littleEndian, big: true };
  if (view.getUint16(4, littleEndian) !== 8) fail(file, 0, 'a BigTIFF whose offsets are not 8 bytes wide');
  return { file, first: readUint64(view, 8, littleEndian) };
}

async function readDirectory(
  file: TiffFile,
  offset: number,
  index: number,
): Promise<{ fields: Map<number, TiffField>; next: number }> {
  const { source, littleEndian, big } = file;
  const [countBytes, entryBytes, linkBytes] = big ? [8, 20, 8] : [2, 12, 4];
  if (offset + countBytes > source.size) fail(file, index, `offset ${offset} lies past the end (${source.size} bytes)`);
  let bytes = await source.read(offset, Math.min(FIRST_READ, source.size - offset));
  let view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const entries = big ? readUint64(view, 0, littleEndian) : view.getUint16(0, littleEndian);
  const total = countBytes + entries * entryBytes;
  if (entries === 0 || entries > MAX_ENTRIES || offset + total > source.size) {
    fail(file, index, `${entries} entries at offset ${offset} do not fit a file of ${source.size} bytes`);
  }
  // A file cut right after its last entry still has all of them: a missing link ends the chain.
  const wanted = Math.min(total + linkBytes, source.size - offset);
  if (wanted > bytes.length) {
    bytes = await source.read(offset, wanted);
    view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }
  const fields = new Map<number, TiffField>();
  for (let i = 0; i < entries; i++) {
    const field = readEntry(view, countBytes + i * entryBytes, { file, offset });
    if (!fields.has(field.tag)) fields.set(field.tag, field);
  }
  if (wanted < total + linkBytes) return { fields, next: 0 };
  return { fields, next: big ? readUint64(view, total, littleEndian) : view.getUint32(total, littleEndian) };
}

/** `at` is the entry's place in the view, which starts at `offset` in the file. */
function readEntry(view: DataView, at: number, { file, offset }: { file: TiffFile; offset: number }): TiffField {
  const { littleEndian, big } = file;
  const tag = view.getUint16(at, littleEndian);
  const type = view.getUint16(at + 2, littleEndian);
  const count = big ? readUint64(view, at + 4, littleEndian) : view.getUint32(at + 4, littleEndian);
  const valueAt = at + (big ? 12 : 8);
  const inline = getFieldBytes({ tag, type, count, offset: 0 }) <= (big ? 8 : 4);
  if (inline) return { tag, type, count, offset: offset + valueAt };
  const pointer = big ? readUint64(view, valueAt, littleEndian) : view.getUint32(valueAt, littleEndian);
  return { tag, type, count, offset: pointer };
}

async function readSubDirectories(file: TiffFile, directory: TiffDirectory): Promise<TiffDirectory[]> {
  const offsets = (await directory.readNumbers(TAG.SubIFDs)) ?? new Float64Array(0);
  if (offsets.length > MAX_DIRECTORIES) fail(file, directory.index, `${offsets.length} SubIFDs`);
  const found: TiffDirectory[] = [];
  for (const offset of new Set(offsets)) {
    const { fields } = await readDirectory(file, offset, directory.index);
    found.push(new TiffDirectory(file, directory.index, fields));
  }
  return found;
}

function fail(file: TiffFile, directory: number, problem: string): never {
  throw new TiffError(file.source.name, `damaged TIFF, directory ${directory}: ${problem}`, { directory });
}
