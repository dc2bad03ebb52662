import { existsSync, readdirSync, readFileSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createSyncFileWriter } from '../../../src/utils/atomic-file-sync.ts';
import { sha256 } from '../../../src/utils/hash.ts';
import { useScratch } from './fixtures/scratch.ts';

const scratch = useScratch();
const content = Buffer.from('patch');

describe('files written without a promise', () => {
  it('appear whole, with the folders on the way, and leave nothing temporary', () => {
    const folder = scratch();
    const path = join(folder, 'images', 'a.png');
    const file = createSyncFileWriter(folder)(path, content);
    expect(file).toEqual({ path, bytes: 5, sha256: sha256(content), written: true });
    expect(readFileSync(path, 'utf8')).toBe('patch');
    expect(readdirSync(join(folder, '.slideloom-tmp'))).toEqual([]);
  });

  it('are left alone where they hold the bytes, and are replaced where they do not', () => {
    const folder = scratch();
    const path = join(folder, 'a.png');
    const write = createSyncFileWriter(folder);
    write(path, content);
    utimesSync(path, 1000, 1000);
    expect(write(path, content).written).toBe(false);
    expect(statSync(path).mtimeMs).toBe(1_000_000);
    expect(write(path, Buffer.from('other')).written).toBe(true);
    expect(readFileSync(path, 'utf8')).toBe('other');
  });

  it('are not looked for in a fresh folder: what came twice is written twice', () => {
    const folder = scratch();
    const path = join(folder, 'a.png');
    const write = createSyncFileWriter(folder, { fresh: true });
    expect(existsSync(path)).toBe(false);
    expect([write(path, content), write(path, content)].map(({ written }) => written)).toEqual([true, true]);
    expect(readFileSync(path, 'utf8')).toBe('patch');
  });
});
