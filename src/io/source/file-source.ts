import { type FileHandle, open } from 'node:fs/promises';
import { ShortReadError, SourceError } from '../../utils/errors.ts';
import { trackOpen } from '../../utils/open-handles.ts';
import type { ByteSource, ReadOptions, SourceIdentity } from './byte-source.ts';

/** Opens a file for positioned reads; one file descriptor until `close()`. @throws SourceError */
export async function openFileSource(path: string): Promise<ByteSource> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(path, 'r');
    const stats = await handle.stat();
    if (!stats.isFile()) throw new SourceError(path, stats.isDirectory() ? 'is a directory' : 'is not a regular file');
    return new FileSource(path, handle, { size: stats.size, mtimeMs: stats.mtimeMs });
  } catch (error) {
    await handle?.close();
    throw error instanceof SourceError ? error : new SourceError(path, explain(error), { cause: error });
  }
}

class FileSource implements ByteSource {
  readonly name: string;
  readonly identity: SourceIdentity;
  readonly #handle: FileHandle;
  readonly #untrack: () => void;
  #closed = false;

  constructor(name: string, handle: FileHandle, identity: SourceIdentity) {
    this.name = name;
    this.identity = identity;
    this.#handle = handle;
    this.#untrack = trackOpen(this, 'file', name);
  }

  get size(): number {
    return this.identity.size;
  }

  async read(offset: number, length: number, options: ReadOptions = {}): Promise<Uint8Array> {
    options.signal?.throwIfAborted();
    if (this.#closed) throw new SourceError(this.name, 'the source is closed');
    checkRange(this, offset, length);
    const bytes = new Uint8Array(length);
    let filled = 0;
    while (filled < length) {
      const { bytesRead } = await this.#readSome(bytes, filled, offset + filled);
      // The file became shorter after it was opened.
      if (bytesRead === 0) throw new ShortReadError(this.name, { offset, length, size: offset + filled });
      filled += bytesRead;
    }
    return bytes;
  }

  async #readSome(bytes: Uint8Array, at: number, position: number): Promise<{ bytesRead: number }> {
    try {
      return await this.#handle.read(bytes, at, bytes.length - at, position);
    } catch (error) {
      throw new SourceError(this.name, explain(error), { cause: error });
    }
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#untrack();
    await this.#handle.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

/** @throws ShortReadError where the range is not wholly inside the source. */
export function checkRange(source: { name: string; size: number }, offset: number, length: number): void {
  const valid = Number.isSafeInteger(offset) && Number.isSafeInteger(length) && offset >= 0 && length >= 0;
  if (!valid || offset + length > source.size) {
    throw new ShortReadError(source.name, { offset, length, size: source.size });
  }
}

function explain(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'ENOENT') return 'no such file';
  if (code === 'EACCES' || code === 'EPERM') return 'no permission to read it';
  if (code === 'EISDIR') return 'is a directory';
  return error instanceof Error ? error.message : String(error);
}
