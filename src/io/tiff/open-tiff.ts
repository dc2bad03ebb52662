import { TiffError } from '../../utils/errors.ts';
import type { ByteSource } from '../source/byte-source.ts';
import { type DirectoryBytes, TiffDirectory, type TiffFile } from './directory.ts';
import { getFieldBytes, readUint64, type TiffField } from './field.ts';
import { HIGH_WORDS_MARK, MAX_CLASSIC, widenEntry } from './high-words.ts';
import { TAG } from './tags.ts';

/** A parsed TIFF: its directories in chain order. It does not own the source. */
export interface Tiff extends TiffFile {
  readonly directories: readonly TiffDirectory[];
  /** Directories that tag 330 of `directory` points to, in order (one generation). */
  readSubDirectories(directory: TiffDirectory): Promise<TiffDirectory[]>;
}

/** No scanner writes more pages; damaged chains and fuzzed files do. */
const MAX_DIRECTORIES = 16_384;
/** Entries of one directory. TIFF has about 100 defined tags; libtiff draws the line at the same number. */
const MAX_ENTRIES = 4096;
/** Entries of all directories, as overlapping ones could otherwise claim gigabytes out of a small file. */
const MAX_TOTAL_ENTRIES = 2 ** 19;
/** Enough for most directories, with their short texts and rationals, in one read. */
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
  let entries = 0;
  for (let offset = first; offset !== 0; ) {
    const index = directories.length;
    if (visited.has(offset)) fail(file, index, `the chain returns to offset ${offset}: a loop`);
    if (index >= MAX_DIRECTORIES) fail(file, index, `more than ${MAX_DIRECTORIES} directories`);
    visited.add(offset);
    const parsed = await readDirectory(file, offset, index);
    entries += parsed.entries;
    if (entries > MAX_TOTAL_ENTRIES) fail(file, index, `more than ${MAX_TOTAL_ENTRIES} entries in all directories`);
    directories.push(new TiffDirectory(file, index, parsed));
    offset = parsed.next;
  }
  if (directories.length === 0) fail(file, 0, 'no directory');
  return { ...file, directories, readSubDirectories: (directory) => readSubDirectories(file, directory) };
}

async function readHeader(source: ByteSource): Promise<{ file: TiffFile; first: number } | undefined> {
  if (source.size < 8) return undefined;
  const bytes = await source.read(0, Math.min(16, source.size));
  const view = viewOf(bytes);
  const order = view.getUint16(0);
  if (order !== 0x4949 && order !== 0x4d4d) return undefined;
  const littleEndian = order === 0x4949;
  const version = view.getUint16(2, littleEndian);
  if (version === 42) {
    const file = { source, littleEndian, big: false };
    const wide = bytes.length >= 12 ? readUint64(view, 4, littleEndian) : 0;
    if (source.size > MAX_CLASSIC && (await hasHighWords({ ...file, highWords: true }, wide)))
      return { file: { ...file, highWords: true }, first: wide };
    return { file, first: view.getUint32(4, littleEndian) };
  }
  if (version !== 43 || bytes.length < 16) return undefined;
  const file = { source, littleEndian, big: true };
  if (view.getUint16(4, littleEndian) !== 8) fail(file, 0, 'a BigTIFF whose offsets are not 8 bytes wide');
  return { file, first: readUint64(view, 8, littleEndian) };
}

/** Whether a directory that its high words lead to bears the mark of files that have them. */
async function hasHighWords(file: TiffFile, first: number): Promise<boolean> {
  const parsed = await readDirectory(file, first, 0).catch((error: unknown) => {
    if (error instanceof TiffError) return undefined;
    throw error;
  });
  return parsed?.fields.has(HIGH_WORDS_MARK) ?? false;
}

interface ParsedDirectory {
  readonly fields: ReadonlyMap<number, TiffField>;
  readonly near: DirectoryBytes;
  /** As stored, repeated tags included. */
  readonly entries: number;
  /** Offset of the next directory in the chain; 0 at its end. */
  readonly next: number;
}

async function readDirectory(file: TiffFile, offset: number, index: number): Promise<ParsedDirectory> {
  const { source, littleEndian, big, highWords = false } = file;
  const [countBytes, entryBytes, linkBytes] = big ? [8, 20, 8] : [2, 12, highWords ? 8 : 4];
  if (offset + countBytes > source.size) fail(file, index, `offset ${offset} lies past the end (${source.size} bytes)`);
  let bytes = await source.read(offset, Math.min(FIRST_READ, source.size - offset));
  const entries = big ? readUint64(viewOf(bytes), 0, littleEndian) : viewOf(bytes).getUint16(0, littleEndian);
  const total = countBytes + entries * entryBytes;
  if (entries === 0) fail(file, index, `no entries at offset ${offset}`);
  if (entries > MAX_ENTRIES) fail(file, index, `${entries} entries at offset ${offset}, more than ${MAX_ENTRIES}`);
  if (offset + total > source.size)
    fail(file, index, `${entries} entries at offset ${offset} do not fit a file of ${source.size} bytes`);
  // A file cut right after its last entry still has all of them: a missing link ends the chain.
  const wanted = Math.min(total + linkBytes + (highWords ? 4 * entries : 0), source.size - offset);
  if (highWords && wanted < total + linkBytes + 4 * entries)
    fail(file, index, `the high words of ${entries} entries at offset ${offset} do not fit the file`);
  if (wanted > bytes.length) bytes = await source.read(offset, wanted);
  // Entries are rewritten by their high words, and a source may hand out its own memory.
  if (highWords) bytes = bytes.slice();
  const view = viewOf(bytes);
  const fields = new Map<number, TiffField>();
  for (let i = 0; i < entries; i++) {
    const at = countBytes + i * entryBytes;
    const field = readEntry(view, at, { file, offset });
    const high = highWords ? view.getUint32(total + linkBytes + 4 * i, littleEndian) : 0;
    if (!fields.has(field.tag)) fields.set(field.tag, widenEntry(field, high, { view, at, offset, littleEndian }));
  }
  const near = { offset, bytes };
  if (wanted < total + linkBytes) return { fields, near, entries, next: 0 };
  return {
    fields,
    near,
    entries,
    next: linkBytes === 8 ? readUint64(view, total, littleEndian) : view.getUint32(total, littleEndian),
  };
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
  let entries = 0;
  for (const offset of new Set(offsets)) {
    const parsed = await readDirectory(file, offset, directory.index);
    entries += parsed.entries;
    if (entries > MAX_TOTAL_ENTRIES) fail(file, directory.index, `SubIFDs with more than ${MAX_TOTAL_ENTRIES} entries`);
    found.push(new TiffDirectory(file, directory.index, parsed));
  }
  return found;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function fail(file: TiffFile, directory: number, problem: string): never {
  throw new TiffError(file.source.name, `damaged TIFF, directory ${directory}: ${problem}`, { directory });
}
