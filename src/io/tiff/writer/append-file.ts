import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { OutputError } from '../../../utils/errors.ts';
import { trackOpen } from '../../../utils/open-handles.ts';

/** Appended bytes are gathered to pieces of this size before they are written: tiles are small, system calls are not free. */
const FLUSH_BYTES = 1 << 20;

/**
 * A file that grows at its end under a temporary name (`<path>.partial`) and takes its own name when it is complete.
 * `append` says at once where its bytes will lie, so the order of calls alone decides the layout of the file.
 */
export interface AppendFile extends AsyncDisposable {
  readonly path: string;
  /** Position that the next appended byte will have. */
  readonly end: number;
  /** Appends `bytes`, which must not change afterwards; resolves when there is room for more. @throws OutputError */
  append(bytes: Uint8Array): Promise<void>;
  /** Writes `head` over the first bytes, closes the file and gives it its name. @throws OutputError */
  complete(head: Uint8Array): Promise<void>;
}

/**
 * @param sync waits until the disk has all bytes before the file takes its name.
 * @throws OutputError where the file can't be created. Disposing of it before `complete` deletes what was written.
 */
export async function openAppendFile(path: string, { sync = false }: { sync?: boolean } = {}): Promise<AppendFile> {
  const partial = `${path}.partial`;
  const handle = await open(partial, 'w').catch((error: unknown) => {
    throw toOutputError(path, error);
  });
  return new PartialFile(path, { partial, handle, sync });
}

class PartialFile implements AppendFile {
  readonly path: string;
  readonly #partial: string;
  readonly #handle: FileHandle;
  readonly #sync: boolean;
  readonly #untrack: () => void;
  #end = 0;
  #pending: Uint8Array[] = [];
  #pendingBytes = 0;
  #written: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(path: string, { partial, handle, sync }: { partial: string; handle: FileHandle; sync: boolean }) {
    this.path = path;
    this.#partial = partial;
    this.#handle = handle;
    this.#sync = sync;
    this.#untrack = trackOpen(this, 'output', path);
  }

  get end(): number {
    return this.#end;
  }

  async append(bytes: Uint8Array): Promise<void> {
    if (this.#closed) throw new OutputError(this.path, 'the file is complete or was given up');
    this.#pending.push(bytes);
    this.#pendingBytes += bytes.length;
    this.#end += bytes.length;
    if (this.#pendingBytes >= FLUSH_BYTES) await this.#flush();
  }

  async complete(head: Uint8Array): Promise<void> {
    try {
      await this.#flush();
      await writeFully(this.#handle, head, 0);
      if (this.#sync) await this.#handle.sync();
      await this.#close();
      await rename(this.#partial, this.path);
    } catch (error) {
      await this.#discard();
      throw toOutputError(this.path, error);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#closed) await this.#discard();
  }

  #flush(): Promise<void> {
    const bytes = Buffer.concat(this.#pending, this.#pendingBytes);
    const position = this.#end - bytes.length;
    this.#pending = [];
    this.#pendingBytes = 0;
    this.#written = this.#written
      .then(() => writeFully(this.#handle, bytes, position))
      .catch((error: unknown) => {
        throw toOutputError(this.path, error);
      });
    return this.#written;
  }

  async #discard(): Promise<void> {
    await this.#written.catch(() => {});
    await this.#close();
    await rm(this.#partial, { force: true });
  }

  async #close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#untrack();
    await this.#handle.close();
  }
}

async function writeFully(handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}

function toOutputError(path: string, error: unknown): OutputError {
  if (error instanceof OutputError) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  const reasons: Record<string, string> = {
    ENOENT: 'the folder does not exist',
    ENOTDIR: 'its parent is not a folder',
    EISDIR: 'is a directory',
    EACCES: 'no permission to write it',
    EROFS: 'the file system is read-only',
    ENOSPC: 'the disk is full',
    EDQUOT: 'the disk quota is used up',
  };
  return new OutputError(path, reasons[code ?? ''] ?? message, { cause: error });
}
