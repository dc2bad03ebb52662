import { createHash } from 'node:crypto';
import { type FileHandle, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createTemporaryPath, getTemporaryFolder, type WrittenFile } from '../../utils/atomic-file.ts';
import { hashFile } from '../../utils/hash.ts';
import { trackOpen } from '../../utils/open-handles.ts';
import { toOutputError } from '../../utils/output-error.ts';
import { createTarHeader, getTarPadding, TAR_BLOCK } from './tar-header.ts';

/**
 * A tar file that appears under its name only when it is whole. Entries are written as they come: memory is one block
 * of 256 KiB and whatever the caller holds. The same entries in the same order give the same bytes.
 */
export interface TarWriter extends AsyncDisposable {
  /** Bytes so far, whole blocks. The file ends 1,024 bytes later. */
  readonly bytes: number;
  /**
   * Adds a file. When it resolves, `content` may be used for something else. Calls must not overlap.
   * @throws OptionError for a name that is not a relative path; OutputError
   */
  add(name: string, content: Uint8Array): Promise<void>;
  /**
   * Adds a file of a known size from pieces, for content that is not held in memory. @throws RangeError, OutputError
   */
  addStream(entry: { name: string; size: number }, pieces: AsyncIterable<Uint8Array>): Promise<void>;
  /** Adds entries as `createTarEntries` makes them: they are not looked at. As `add` otherwise. @throws OutputError */
  addEntries(entries: Uint8Array): Promise<void>;
  /** Renames the file into place; a target of the same content is left untouched. @throws OutputError */
  finish(): Promise<WrittenFile>;
}

/** Two blocks of zeros end a tar. GNU tar pads to 10 KiB, which no reader asks for. */
export const TAR_END_BYTES = 2 * TAR_BLOCK;

/** What is smaller is gathered, what is larger is written as it is. */
const BUFFER_BYTES = 262_144;

/** Folders on the way are made. Disposed before `finish`, it removes what it wrote. @throws OutputError */
export async function createTarWriter(path: string): Promise<TarWriter> {
  const temporary = createTemporaryPath(getTemporaryFolder(dirname(path)));
  try {
    await mkdir(dirname(temporary), { recursive: true });
    return new FileTarWriter(path, temporary, await open(temporary, 'wx'));
  } catch (cause) {
    throw toOutputError(path, cause);
  }
}

class FileTarWriter implements TarWriter {
  readonly #path: string;
  readonly #temporary: string;
  readonly #file: FileHandle;
  readonly #untrack: () => void;
  readonly #hash = createHash('sha256');
  readonly #buffer = Buffer.allocUnsafe(BUFFER_BYTES);
  #buffered = 0;
  #bytes = 0;
  #state: 'open' | 'damaged' | 'closed' = 'open';

  constructor(path: string, temporary: string, file: FileHandle) {
    this.#path = path;
    this.#temporary = temporary;
    this.#file = file;
    this.#untrack = trackOpen(this, 'tar', path);
  }

  get bytes(): number {
    return this.#bytes;
  }

  async add(name: string, content: Uint8Array): Promise<void> {
    this.#checkOpen();
    const header = createTarHeader({ name, size: content.length });
    await this.#append([header, content, new Uint8Array(getTarPadding(content.length))]);
  }

  async addStream(entry: { name: string; size: number }, pieces: AsyncIterable<Uint8Array>): Promise<void> {
    this.#checkOpen();
    const header = createTarHeader(entry);
    // From its header on, an entry that stays short spoils the file.
    this.#state = 'damaged';
    await this.#append([header]);
    let received = 0;
    for await (const piece of pieces) {
      received += piece.length;
      if (received > entry.size) break;
      await this.#append([piece]);
    }
    if (received !== entry.size)
      throw new RangeError(`expected ${entry.size} bytes for ${entry.name} but received ${received}`);
    await this.#append([new Uint8Array(getTarPadding(entry.size))]);
    this.#state = 'open';
  }

  async addEntries(entries: Uint8Array): Promise<void> {
    this.#checkOpen();
    if (entries.length % TAR_BLOCK !== 0) throw new RangeError(`${entries.length} bytes are no whole blocks`);
    await this.#append([entries]);
  }

  async finish(): Promise<WrittenFile> {
    this.#checkOpen();
    await this.#append([new Uint8Array(TAR_END_BYTES)]);
    await this.#flush();
    const file = { path: this.#path, bytes: this.#bytes, sha256: this.#hash.digest('hex') };
    try {
      await this.#close();
      const same = await holdsFile(file);
      if (same) await rm(this.#temporary);
      else await rename(this.#temporary, this.#path);
      return { ...file, written: !same };
    } catch (cause) {
      await rm(this.#temporary, { force: true });
      throw toOutputError(this.#path, cause);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#state === 'closed') return;
    await this.#close();
    await rm(this.#temporary, { force: true });
  }

  #checkOpen(): void {
    if (this.#state !== 'open') throw new TypeError(`${this.#path}: the tar is ${this.#state}`);
  }

  /** Copies what fits into the buffer; what does not is written behind it in one call. */
  async #append(parts: readonly Uint8Array[]): Promise<void> {
    const length = parts.reduce((sum, part) => sum + part.length, 0);
    this.#bytes += length;
    if (this.#buffered + length > BUFFER_BYTES) {
      if (length >= BUFFER_BYTES) return this.#write(parts);
      await this.#flush();
    }
    for (const part of parts) {
      this.#buffer.set(part, this.#buffered);
      this.#buffered += part.length;
    }
  }

  async #flush(): Promise<void> {
    await this.#write([]);
  }

  /** Writes the buffer and then `parts`. */
  async #write(parts: readonly Uint8Array[]): Promise<void> {
    const all = [this.#buffer.subarray(0, this.#buffered), ...parts].filter((part) => part.length > 0);
    this.#buffered = 0;
    for (const part of all) this.#hash.update(part);
    try {
      await writeAll(this.#file, all);
    } catch (cause) {
      this.#state = 'damaged';
      throw toOutputError(this.#path, cause);
    }
  }

  async #close(): Promise<void> {
    this.#state = 'closed';
    this.#untrack();
    await this.#file.close();
  }
}

/** A system call may write less than it was given, and says so: a disk that fills up does it before it fails. */
async function writeAll(file: FileHandle, parts: readonly Uint8Array[]): Promise<void> {
  let rest = parts;
  while (rest.length > 0) {
    const { bytesWritten } = await file.writev([...rest]);
    rest = dropBytes(rest, bytesWritten);
  }
}

function dropBytes(parts: readonly Uint8Array[], count: number): Uint8Array[] {
  const rest: Uint8Array[] = [];
  let skip = count;
  for (const part of parts) {
    if (skip < part.length) rest.push(part.subarray(skip));
    skip = Math.max(0, skip - part.length);
  }
  return rest;
}

/** The size is compared first: a shard that is not there, or another, is not read. */
async function holdsFile({ path, bytes, sha256 }: { path: string; bytes: number; sha256: string }): Promise<boolean> {
  const size = await stat(path).then(
    (found) => found.size,
    () => -1,
  );
  return size === bytes && (await hashFile(path).catch(() => undefined)) === sha256;
}
