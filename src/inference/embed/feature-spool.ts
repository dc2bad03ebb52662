import { closeSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { OutputError } from '../../utils/errors.ts';
import { trackOpen } from '../../utils/open-handles.ts';
import { toOutputError } from '../../utils/output-error.ts';

/** Bytes read at once. */
const BLOCK = 2 ** 20;

/**
 * Features on the disk by the position of their patch in the plan, as they come: in another order than they are written in at
 * last, and possibly with gaps. In memory are a byte a patch and one block.
 */
export class FeatureSpool implements Disposable {
  readonly dimension: number;
  readonly #path: string;
  readonly #file: number;
  /** 1 where a patch has its features. */
  readonly #there: Uint8Array;
  readonly #untrack: () => void;
  #open = true;

  /** @throws OutputError */
  constructor(path: string, patches: number, dimension: number) {
    this.dimension = dimension;
    this.#path = path;
    this.#there = new Uint8Array(patches);
    try {
      this.#file = openSync(path, 'w+');
    } catch (cause) {
      throw toOutputError(path, cause);
    }
    this.#untrack = trackOpen(this, 'feature spool', path);
  }

  /** Features of patches by their positions, row after row. @throws OutputError */
  write(indices: readonly number[], features: Float32Array): void {
    // The number of a closed file may be another file's by now.
    if (!this.#open) throw new OutputError(this.#path, 'features came after it was closed');
    const rowBytes = this.dimension * 4;
    const bytes = new Uint8Array(features.buffer, features.byteOffset, features.byteLength);
    for (const [row, index] of indices.entries()) {
      const content = bytes.subarray(row * rowBytes, (row + 1) * rowBytes);
      this.#try(() => {
        for (let at = 0; at < rowBytes; )
          at += writeSync(this.#file, content, at, rowBytes - at, index * rowBytes + at);
      });
      this.#there[index] = 1;
    }
  }

  has(index: number): boolean {
    return this.#there[index] === 1;
  }

  /** The rows that are there, in the order of the plan, in blocks that hold until the next one is asked for. @throws OutputError */
  *readBlocks(): Generator<Float32Array> {
    const rowBytes = this.dimension * 4;
    const block = new Float32Array(Math.max(1, Math.floor(BLOCK / rowBytes)) * this.dimension);
    const bytes = new Uint8Array(block.buffer);
    const most = bytes.length / rowBytes;
    for (let index = 0; index < this.#there.length; ) {
      let rows = 0;
      while (rows < most && this.has(index + rows)) rows++;
      if (rows === 0) index++;
      else {
        this.#read(bytes.subarray(0, rows * rowBytes), index * rowBytes);
        index += rows;
        yield block.subarray(0, rows * this.dimension);
      }
    }
  }

  /** Closes the file and removes it. */
  [Symbol.dispose](): void {
    if (!this.#open) return;
    this.#open = false;
    this.#untrack();
    closeSync(this.#file);
    rmSync(this.#path, { force: true });
  }

  #read(to: Uint8Array, position: number): void {
    this.#try(() => {
      for (let at = 0; at < to.length; ) {
        const read = readSync(this.#file, to, at, to.length - at, position + at);
        if (read === 0) throw new Error('the file is shorter than what was written');
        at += read;
      }
    });
  }

  #try(work: () => void): void {
    try {
      work();
    } catch (cause) {
      throw toOutputError(this.#path, cause);
    }
  }
}
