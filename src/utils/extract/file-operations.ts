import { closeSync, mkdirSync, openSync, renameSync, rmdirSync, unlinkSync, writeSync } from 'node:fs';
import { copyDurably } from './copy-durably.ts';

/**
 * Everything that changes the disk, in one place: a test that lets the n-th of them fail, and all after it, has seen a
 * kill at any moment. They are synchronous, but for the copy: a rename takes microseconds, a promise as much again.
 */
export interface FileOperations {
  /** Makes an empty file. @throws EEXIST where the name is taken */
  reserve(path: string): void;
  rename(from: string, to: string): void;
  unlink(path: string): void;
  mkdir(path: string): void;
  rmdir(path: string): void;
  /** Writes a new file and waits for the disk. @returns SHA-256 of what was read */
  copy(from: string, to: string, signal: AbortSignal | undefined): Promise<string>;
  /** Appends to an open file. @returns bytes written */
  append(file: number, bytes: Uint8Array): number;
}

export const DISK_OPERATIONS: FileOperations = {
  reserve: (path) => closeSync(openSync(path, 'wx')),
  rename: renameSync,
  unlink: unlinkSync,
  mkdir: (path) => {
    mkdirSync(path, { recursive: true });
  },
  rmdir: rmdirSync,
  copy: copyDurably,
  append: (file, bytes) => writeSync(file, bytes),
};
