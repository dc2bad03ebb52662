import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { getTemporaryFolder, sweepTemporary, writeFileAtomic } from '../../../src/utils/atomic-file.ts';
import { sha256 } from '../../../src/utils/hash.ts';
import { describeWithMounts, mountTmpfs, useScratch } from './fixtures/scratch.ts';

const scratch = useScratch();

test('writes, makes folders on the way, says size and hash, leaves nothing else', async () => {
  const folder = scratch();
  const path = join(folder, 'a', 'b', 'x.txt');
  expect(await writeFileAtomic(path, 'hällo', { fsync: true })).toEqual({
    path,
    bytes: 6,
    sha256: sha256('hällo'),
    written: true,
  });
  expect(readFileSync(path, 'utf8')).toBe('hällo');
  expect(readdirSync(join(folder, 'a', 'b'))).toEqual(['x.txt']);
});

test('a target of the same bytes keeps its modification time, and no temporary folder is made for it', async () => {
  const folder = scratch();
  const path = join(folder, 'x');
  const tempDir = getTemporaryFolder(folder);
  writeFileSync(path, 'same');
  utimesSync(path, 1000, 1000);
  expect(await writeFileAtomic(path, 'same', { tempDir })).toMatchObject({ written: false, bytes: 4 });
  expect(statSync(path).mtimeMs).toBe(1_000_000);
  expect(existsSync(tempDir)).toBe(false);
  expect(await writeFileAtomic(path, 'othr', { tempDir })).toMatchObject({ written: true });
  expect(readFileSync(path, 'utf8')).toBe('othr');
  expect(readdirSync(tempDir)).toEqual([]);
});

test('two hundred writers of one folder at once', async () => {
  const folder = scratch();
  const tempDir = getTemporaryFolder(folder);
  const names = Array.from({ length: 200 }, (_, i) => join(folder, 'patches', `${i}.bin`));
  await Promise.all(names.map((path, i) => writeFileAtomic(path, Buffer.alloc(5000, i), { tempDir })));
  expect(readdirSync(join(folder, 'patches'))).toHaveLength(200);
  expect(await sweepTemporary(folder)).toBe(0);
  expect(readdirSync(folder)).toEqual(['patches']);
});

test('the leftovers of dead runs are swept, at every depth, and nothing else', async () => {
  const folder = scratch();
  mkdirSync(join(folder, 'slide', '.slideloom-tmp'), { recursive: true });
  writeFileSync(join(folder, 'slide', '.slideloom-tmp', 'half'), 'x');
  writeFileSync(join(folder, 'slide', '.slideloom-tmp-1-ab'), 'x');
  writeFileSync(join(folder, '.slideloom-tmp-2-cd'), 'x');
  writeFileSync(join(folder, 'slide', '.hidden'), 'mine');
  expect(await sweepTemporary(folder)).toBe(3);
  expect(readdirSync(folder, { recursive: true }).sort()).toEqual(['slide', join('slide', '.hidden')]);
  expect(await sweepTemporary(join(folder, 'absent'))).toBe(0);
});

test('a file where a folder is needed, a folder where the file goes, a name too long', async () => {
  const folder = scratch();
  writeFileSync(join(folder, 'file'), 'x');
  mkdirSync(join(folder, 'dir', 'inner'), { recursive: true });
  const below = join(folder, 'file', 'x');
  await expect(writeFileAtomic(below, 'y')).rejects.toMatchObject({
    tag: 'output',
    path: below,
    message: `${below}: a part of this path is a file, not a folder`,
    hint: expect.stringContaining('--out'),
  });
  await expect(writeFileAtomic(join(folder, 'dir'), 'y')).rejects.toThrow(
    'a folder stands where a file is to be written',
  );
  await expect(writeFileAtomic(join(folder, 'n'.repeat(300)), 'y')).rejects.toThrow('the path is too long');
  expect(readdirSync(folder).sort()).toEqual(['dir', 'file']);
});

describeWithMounts('file systems that fail', () => {
  test('a full disk is an OutputError with a hint, what stood there stands, and nothing temporary is left', async () => {
    const folder = scratch();
    const unmount = mountTmpfs(folder, 'size=256k');
    try {
      const path = join(folder, 'patch.png');
      await writeFileAtomic(path, 'old');
      const error = await writeFileAtomic(path, Buffer.alloc(1 << 20, 1)).catch((caught: unknown) => caught);
      expect(error).toMatchObject({ tag: 'output', path, message: `${path}: the disk is full` });
      expect(error).toHaveProperty('hint', expect.stringContaining('free some space'));
      expect(error).toHaveProperty('cause.code', 'ENOSPC');
      expect(readFileSync(path, 'utf8')).toBe('old');
      expect(readdirSync(folder)).toEqual(['patch.png']);
    } finally {
      unmount?.();
    }
  });

  test('a read-only file system', async () => {
    const folder = scratch();
    const unmount = mountTmpfs(folder, 'size=64k,ro');
    try {
      await expect(writeFileAtomic(join(folder, 'x'), 'y')).rejects.toMatchObject({
        tag: 'output',
        message: expect.stringContaining('the file system is read-only'),
        hint: expect.any(String),
      });
    } finally {
      unmount?.();
    }
  });

  test('a target on another file system than its temporary folder', async () => {
    const folder = scratch();
    const mounted = join(folder, 'mounted');
    mkdirSync(mounted);
    const unmount = mountTmpfs(mounted, 'size=64k');
    try {
      const tempDir = getTemporaryFolder(folder);
      expect(await writeFileAtomic(join(mounted, 'x'), 'y', { tempDir })).toMatchObject({ written: true });
      expect(readdirSync(mounted)).toEqual(['x']);
      expect(readdirSync(tempDir)).toEqual([]);
    } finally {
      unmount?.();
    }
  });
});
