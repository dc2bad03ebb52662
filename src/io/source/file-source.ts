import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { ShortReadError, SourceError } from '../../utils/errors.ts';
import { trackOpen } from '../../utils/open-handles.ts';
import type { ByteSource, ReadOptions, SourceIdentity } from './byte-source.ts';
import { checkRange } from './check-range.ts';

/** Without O_NONBLOCK, opening a named pipe waits for a writer for ever. Windows has no such flag and no such pipes. */
const READ_ONLY = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/** The system call takes no more than 2^31 - 1 bytes at once. */
const MAX_READ = 2 ** 30;

/** Opens a file for positioned reads; one file descriptor until `close()`. @throws SourceError */
export async function openFileSource(path: string): Promise<ByteSource> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(path, READ_ONLY);
    const stats = await handle.stat();
    if (!stats.isFile()) throw new SourceError(path, stats.isDirectory() ? 'is a directory' : 'is not a regular file');
    return new FileSource(path, handle, { size: stats.size, mtimeMs: stats.mtimeMs });
  } catch (error) {
    // The first error is the one to tell: what closing says after it adds nothing.
    await handle?.close().catch(() => {});
    throw error instanceof SourceError ? error : new SourceError(path, explain(error), { cause: error });
  }
}

class FileSource implements ByteSource {
  readonly name: string;
  readonly path: string;
  readonly identity: SourceIdentity;
  readonly #handle: FileHandle;
  readonly #untrack: () => void;
  #closing: Promise<void> | undefined;

  constructor(name: string, handle: FileHandle, identity: SourceIdentity) {
    this.name = name;
    this.path = name;
    this.identity = identity;
    this.#handle = handle;
    this.#untrack = trackOpen(this, 'file', name);
  }

  get size(): number {
    return this.identity.size;
  }

  async read(offset: number, length: number, options: ReadOptions = {}): Promise<Uint8Array> {
    this.#check(offset, length, options);
    const bytes = new Uint8Array(length);
    await this.#fill(bytes, offset);
    return bytes;
  }

  async readInto(offset: number, target: Uint8Array, options: ReadOptions = {}): Promise<void> {
    this.#check(offset, target.length, options);
    await this.#fill(target, offset);
  }

  #check(offset: number, length: number, { signal }: ReadOptions): void {
    if (this.#closing) throw new SourceError(this.name, 'the source is closed');
    checkRange(this, offset, length);
    signal?.throwIfAborted();
  }

  async #fill(bytes: Uint8Array, offset: number): Promise<void> {
    const { length } = bytes;
    let filled = 0;
    while (filled < length) {
      const { bytesRead } = await this.#readSome(bytes, filled, offset + filled);
      // The file became shorter after it was opened.
      if (bytesRead === 0) throw new ShortReadError(this.name, { offset, length, size: offset + filled });
      filled += bytesRead;
    }
  }

  async #readSome(bytes: Uint8Array, at: number, position: number): Promise<{ bytesRead: number }> {
    try {
      return await this.#handle.read(bytes, at, Math.min(bytes.length - at, MAX_READ), position);
    } catch (error) {
      throw new SourceError(this.name, explain(error), { cause: error });
    }
  }

  close(): Promise<void> {
    if (!this.#closing) {
      this.#untrack();
      // Node waits for reads that are under way before it gives the descriptor back.
      this.#closing = this.#handle.close();
    }
    return this.#closing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

function explain(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT') return 'no such file';
  if (code === 'EACCES' || code === 'EPERM') return 'no permission to read it';
  if (code === 'EISDIR') return 'is a directory';
  if (code === 'ENXIO') return 'is not a regular file';
  return error instanceof Error ? error.message : String(error);
}
