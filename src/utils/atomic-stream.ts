import { createHash } from 'node:crypto';
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { createTemporaryPath, getTemporaryFolder, type WrittenFile } from './atomic-file.ts';
import { hashFile } from './hash.ts';
import { trackOpen } from './open-handles.ts';
import { toOutputError } from './output-error.ts';

/** A text file of any length that appears under its name only when it is whole. */
export interface AtomicStream extends AsyncDisposable {
  /** Appends text; buffered to blocks of 64 KiB. @throws OutputError */
  write(text: string): Promise<void>;
  /** Renames the file into place; a target of the same content is left untouched. @throws OutputError */
  finish(): Promise<WrittenFile>;
}

const BLOCK = 65_536;

/** Disposed before `finish`, it removes what it wrote. @throws OutputError */
export async function createAtomicStream(path: string): Promise<AtomicStream> {
  const folder = getTemporaryFolder(dirname(path));
  const temporary = createTemporaryPath(folder);
  try {
    await mkdir(folder, { recursive: true });
    return new TextStream(path, temporary, await open(temporary, 'wx'));
  } catch (cause) {
    throw toOutputError(path, cause);
  }
}

class TextStream implements AtomicStream {
  readonly #path: string;
  readonly #temporary: string;
  readonly #file: FileHandle;
  readonly #hash = createHash('sha256');
  readonly #untrack: () => void;
  /** One block for the whole stream: a new one at each flush would be garbage by the megabyte. */
  readonly #block = Buffer.allocUnsafe(BLOCK);
  #filled = 0;
  #bytes = 0;
  #open = true;

  constructor(path: string, temporary: string, file: FileHandle) {
    this.#path = path;
    this.#temporary = temporary;
    this.#file = file;
    this.#untrack = trackOpen(this, 'stream', path);
  }

  async write(text: string): Promise<void> {
    // A UTF-16 unit becomes 3 bytes at most.
    if (text.length * 3 > BLOCK - this.#filled) await this.#flush();
    if (text.length * 3 > BLOCK) return this.#append(Buffer.from(text));
    this.#filled += this.#block.write(text, this.#filled);
  }

  async finish(): Promise<WrittenFile> {
    await this.#flush();
    const file = { path: this.#path, bytes: this.#bytes, sha256: this.#hash.digest('hex') };
    try {
      await this.#close();
      const existing = await hashFile(this.#path).catch(() => undefined);
      if (existing === file.sha256) await rm(this.#temporary);
      else await rename(this.#temporary, this.#path);
      return { ...file, written: existing !== file.sha256 };
    } catch (cause) {
      await rm(this.#temporary, { force: true }).catch(() => {});
      throw toOutputError(this.#path, cause);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#open) return;
    await this.#close();
    await rm(this.#temporary, { force: true });
  }

  async #flush(): Promise<void> {
    const bytes = this.#block.subarray(0, this.#filled);
    this.#filled = 0;
    if (bytes.length > 0) await this.#append(bytes);
  }

  async #append(bytes: Uint8Array): Promise<void> {
    this.#hash.update(bytes);
    this.#bytes += bytes.length;
    try {
      await this.#file.appendFile(bytes);
    } catch (cause) {
      throw toOutputError(this.#path, cause);
    }
  }

  async #close(): Promise<void> {
    if (!this.#open) return;
    this.#open = false;
    this.#untrack();
    await this.#file.close();
  }
}
