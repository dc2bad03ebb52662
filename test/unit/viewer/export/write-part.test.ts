import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ExportPart } from '../../../../src/viewer/export/export-part.ts';
import { AnswerError } from '../../../../src/viewer/export/inside-server.ts';
import { type PartRun, writePart } from '../../../../src/viewer/export/write-part.ts';
import { describeWithMounts, mountTmpfs, useScratch } from '../../utils/fixtures/scratch.ts';

const makeFolder = useScratch();

/** 560 files in two groups. */
const part: ExportPart = {
  path: 'slides/a_files',
  key: 'one',
  halving: true,
  groups: [
    { count: 540, getPath: (index) => `slides/a_files/1/${index}.jpg` },
    { count: 20, getPath: (index) => `slides/a_files/0/${index}.jpg` },
  ],
};

function createRun(out: string, more: Partial<PartRun> = {}): PartRun & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    out,
    read: async (path) => {
      asked.push(path);
      return Buffer.from(`content of ${path}`);
    },
    ahead: 4,
    onBadTile: 'fail',
    signal: new AbortController().signal,
    onFiles: () => {},
    asked,
    ...more,
  };
}

const list = (folder: string) => readdirSync(folder, { recursive: true }).map(String).sort();

describe('a part of an export', () => {
  it('is whole in its place, in place of an older one', async () => {
    const out = makeFolder();
    mkdirSync(join(out, 'slides/a_files'), { recursive: true });
    writeFileSync(join(out, 'slides/a_files/old.jpg'), 'x');
    const seen: number[] = [];
    const record = await writePart(part, createRun(out, { onFiles: (count) => seen.push(count) }));
    expect(record).toMatchObject({ path: 'slides/a_files', key: 'one', files: 560, badTiles: [] });
    expect(seen).toEqual([256, 256, 48]);
    expect(list(out)).toHaveLength(2 + 2 + 560);
    expect(readFileSync(join(out, 'slides/a_files/1/539.jpg'), 'utf8')).toBe('content of slides/a_files/1/539.jpg');
    expect(existsSync(join(out, 'slides/a_files/old.jpg'))).toBe(false);
  });

  it('goes on where it was stopped, and asks again for what is not as it was', async () => {
    const out = makeFolder();
    const stop = new AbortController();
    const first = createRun(out, { signal: stop.signal });
    const read = async (path: string) => {
      if (first.asked.length === 530) stop.abort();
      return first.read(path);
    };
    await expect(writePart(part, { ...first, read })).rejects.toThrow(/stopped/);
    expect(existsSync(join(out, 'slides'))).toBe(false);
    writeFileSync(join(out, '.slideloom-partial/content/1/300.jpg'), 'half');
    const before = statSync(join(out, '.slideloom-partial/content/1/7.jpg')).ino;
    const second = createRun(out);
    await writePart(part, second);
    // The first batch of 256 is kept, the second was damaged, the third not whole.
    expect(second.asked).toHaveLength(560 - 256);
    expect(statSync(join(out, 'slides/a_files/1/7.jpg')).ino).toBe(before);
    expect(readFileSync(join(out, 'slides/a_files/1/300.jpg'), 'utf8')).toBe('content of slides/a_files/1/300.jpg');
    expect(list(out)).toHaveLength(2 + 2 + 560);
  });

  it('begins anew where what it is made of has changed', async () => {
    const out = makeFolder();
    const stop = new AbortController();
    const onFiles = () => stop.abort();
    await expect(writePart(part, createRun(out, { signal: stop.signal, onFiles }))).rejects.toThrow(/stopped/);
    const second = createRun(out);
    await writePart({ ...part, key: 'two' }, second);
    expect(second.asked).toHaveLength(560);
  });

  it('leaves out what needs a tile that can not be read, or stops at it', async () => {
    const out = makeFolder();
    const problem = { title: '', status: 500, detail: 'it can not be read', tag: 'tile', level: 2, col: 3, row: 4 };
    const read = async (path: string) => {
      if (/[01]\/1.\.jpg$/.test(path)) throw new AnswerError(problem);
      return Buffer.from('x');
    };
    await expect(writePart(part, createRun(out, { read }))).rejects.toThrow('it can not be read');
    const record = await writePart(part, createRun(out, { read, onBadTile: 'skip' }));
    expect(record).toMatchObject({ files: 540, bytes: 540, badTiles: [{ level: 2, col: 3, row: 4 }] });
    const other = async () => Promise.reject(new AnswerError({ title: '', status: 404, detail: 'nothing here' }));
    await expect(writePart(part, createRun(out, { read: other, onBadTile: 'skip' }))).rejects.toThrow('nothing here');
  });
});

describeWithMounts('a part on a full disk', () => {
  it('is told as such, and goes on when there is room', async () => {
    const out = makeFolder();
    const unmount = mountTmpfs(out, 'size=3m');
    try {
      const ballast = join(out, 'ballast');
      writeFileSync(ballast, Buffer.alloc(1_500_000));
      await expect(writePart(part, createRun(out))).rejects.toMatchObject({
        tag: 'output',
        hint: expect.stringContaining('what is finished is kept'),
      });
      expect(existsSync(join(out, 'slides'))).toBe(false);
      writeFileSync(ballast, '');
      const second = createRun(out);
      expect(await writePart(part, second)).toMatchObject({ files: 560 });
      expect(second.asked).toHaveLength(560 - 256);
    } finally {
      unmount?.();
    }
  });
});
