import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createTarHeader, getTarEntryBytes, TAR_BLOCK } from '../../../../src/io/tar/tar-header.ts';
import { createTarWriter, TAR_END_BYTES } from '../../../../src/io/tar/tar-writer.ts';
import { sha256 } from '../../../../src/utils/hash.ts';
import { skipLoudly } from '../../../support/shared-data.ts';
import { createNoise } from '../../../support/tiny-tiff.ts';
import { describeWithMounts, mountTmpfs, useScratch } from '../../utils/fixtures/scratch.ts';
import { extractWithTar, hasPython, listWithTar, readWithPython } from './tar-support.ts';

const scratch = useScratch();
const GIB = 2 ** 30;

/** Around blocks, the buffer of 256 KiB, and beyond it. */
const SIZES = [0, 1, 511, 512, 513, 1024, 100_000, 261_631, 261_632, 262_144, 262_145, 700_001];
const FILES = SIZES.map((size, i) => ({
  name: `folder/${String(i).padStart(3, '0')}.bin`,
  content: createNoise(size, i + 1),
}));

async function writeTar(path: string, files: readonly { name: string; content: Uint8Array }[]) {
  await using tar = await createTarWriter(path);
  for (const { name, content } of files) {
    const bytes = content.slice();
    await tar.add(name, bytes);
    // The writer may not hold on to what it was given.
    bytes.fill(0);
  }
  return await tar.finish();
}

describe('a tar', () => {
  it('lists in GNU tar with size, mode, owner and time, and gives its bytes back', async () => {
    const path = join(scratch(), 'a.tar');
    await writeTar(path, FILES);
    const lines = listWithTar(path);
    expect(lines).toEqual(
      FILES.map(({ name, content }) =>
        expect.stringMatching(new RegExp(`^-rw-r--r-- 0/0 +${content.length} 1970-01-01 00:00:00 ${name}$`)),
      ),
    );
    for (const { name, content } of FILES) expect(Buffer.compare(extractWithTar(path, name), content), name).toBe(0);
  });

  it('says size and hash, and appears only when it is whole', async () => {
    const folder = scratch();
    const path = join(folder, 'deep', 'a.tar');
    const tar = await createTarWriter(path);
    await tar.add('x', createNoise(900_000));
    expect(existsSync(path)).toBe(false);
    expect(tar.bytes).toBe(getTarEntryBytes({ name: 'x', size: 900_000 }));
    const file = await tar.finish();
    const bytes = readFileSync(path);
    expect(file).toEqual({ path, bytes: bytes.length, sha256: sha256(bytes), written: true });
    expect(bytes.length).toBe(tar.bytes);
    expect(bytes.length % TAR_BLOCK).toBe(0);
    expect(bytes.subarray(-TAR_END_BYTES).every((byte) => byte === 0)).toBe(true);
    await tar[Symbol.asyncDispose]();
    expect(readdirSync(join(folder, 'deep', '.slideloom-tmp'))).toEqual([]);
  });

  it('has the same bytes every time, and leaves an equal target untouched', async () => {
    const folder = scratch();
    const [a, b] = [join(folder, 'a.tar'), join(folder, 'b.tar')];
    const first = await writeTar(a, FILES);
    expect((await writeTar(b, FILES)).sha256).toBe(first.sha256);
    utimesSync(a, 1000, 1000);
    expect(await writeTar(a, FILES)).toEqual({ ...first, written: false });
    expect(statSync(a).mtimeMs).toBe(1_000_000);
    const other = FILES.map((file, i) => (i === 3 ? { ...file, content: createNoise(512, 99) } : file));
    expect(await writeTar(a, other)).toMatchObject({ written: true, bytes: first.bytes });
    expect(readdirSync(join(folder, '.slideloom-tmp'))).toEqual([]);
  });

  it('disposed before its end leaves nothing, nor does it touch what stood there', async () => {
    const folder = scratch();
    const path = join(folder, 'a.tar');
    writeFileSync(path, 'old');
    {
      await using tar = await createTarWriter(path);
      await tar.add('x', createNoise(600_000));
    }
    expect(readFileSync(path, 'utf8')).toBe('old');
    expect(readdirSync(join(folder, '.slideloom-tmp'))).toEqual([]);
  });

  it('without entries is two blocks of zeros, which tar reads as empty', async () => {
    const path = join(scratch(), 'empty.tar');
    expect(await writeTar(path, [])).toMatchObject({ bytes: 1024 });
    expect(listWithTar(path)).toEqual([]);
  });
});

describe('names', () => {
  const long = `${'p'.repeat(120)}/${'q'.repeat(90)}`;
  const names = ['a', 'n'.repeat(100), long, 'n'.repeat(101), `${'d'.repeat(160)}/f`, 'Gewebe/häma.png', '切片/一.png'];

  it('of any length and alphabet are read by tar', async () => {
    const path = join(scratch(), 'names.tar');
    const files = names.map((name, i) => ({ name, content: createNoise(10 + i) }));
    await writeTar(path, files);
    expect(listWithTar(path).map((line) => line.slice(line.indexOf(':00 ') + 4))).toEqual(names);
    expect(extractWithTar(path, 'n'.repeat(101))).toHaveLength(13);
    if (hasPython())
      expect(readWithPython(path).map(({ name, size, sha256: hash }) => [name, size, hash])).toEqual(
        files.map(({ name, content }) => [name, content.length, sha256(content)]),
      );
  });

  it('take an extended header only where ustar has no room', () => {
    const blocks = names.map((name) => createTarHeader({ name, size: 1 }).length / TAR_BLOCK);
    expect(blocks).toEqual([1, 1, 1, 3, 3, 3, 3]);
    for (const [i, name] of names.entries())
      expect(getTarEntryBytes({ name, size: 513 })).toBe(((blocks[i] ?? 0) + 2) * TAR_BLOCK);
  });

  it.each(['', '/a', 'a/../b', './a', 'a//b', 'a/', 'a\0b'])('%j is an OptionError', (name) => {
    expect(() => createTarHeader({ name, size: 0 })).toThrow(
      expect.objectContaining({ tag: 'option', option: 'name' }),
    );
  });
});

describe('sizes beyond 8 GiB', () => {
  it('take an extended header, and both readers find the entry after it', async () => {
    const path = join(scratch(), 'huge.tar');
    const size = 9 * GIB + 5;
    const header = createTarHeader({ name: 'huge.bin', size });
    expect(header).toHaveLength(3 * TAR_BLOCK);
    const next = createTarHeader({ name: 'next.txt', size: 5 });
    // A sparse file: nine gibibytes that take no disk.
    const end = header.length + Math.ceil(size / TAR_BLOCK) * TAR_BLOCK;
    writeFileSync(path, header);
    truncateSync(path, end + 2 * TAR_BLOCK + TAR_END_BYTES);
    const file = await open(path, 'r+');
    await file.write(next, 0, next.length, end);
    await file.write(Buffer.from('hello'), 0, 5, end + TAR_BLOCK);
    await file.close();
    expect(listWithTar(path).map((line) => line.split(/ +/)[2])).toEqual([String(size), '5']);
    if (hasPython()) expect(readWithPython(path).map((member) => member.size)).toEqual([size, 5]);
  });

  it('begin at 8 GiB: one byte less fits', () => {
    expect(createTarHeader({ name: 'x', size: 8 * GIB - 1 })).toHaveLength(TAR_BLOCK);
    expect(createTarHeader({ name: 'x', size: 8 * GIB })).toHaveLength(3 * TAR_BLOCK);
  });
});

describe('entries from pieces', () => {
  async function* pieces(...sizes: number[]) {
    for (const size of sizes) yield createNoise(size, size);
  }

  it('are what they would be in one', async () => {
    const folder = scratch();
    const whole = Buffer.concat([createNoise(300_000, 300_000), createNoise(7, 7), createNoise(1000, 1000)]);
    const expected = await writeTar(join(folder, 'a.tar'), [{ name: 'x', content: whole }]);
    await using tar = await createTarWriter(join(folder, 'b.tar'));
    await tar.addStream({ name: 'x', size: whole.length }, pieces(300_000, 7, 1000));
    expect((await tar.finish()).sha256).toBe(expected.sha256);
  });

  it.each([
    ['too many', [600, 600]],
    ['too few', [600]],
  ])('%s bytes are a RangeError, and the tar is lost', async (_name, sizes) => {
    const path = join(scratch(), 'a.tar');
    await using tar = await createTarWriter(path);
    await expect(tar.addStream({ name: 'x', size: 1000 }, pieces(...sizes))).rejects.toThrow(RangeError);
    await expect(tar.add('y', new Uint8Array(1))).rejects.toThrow('the tar is damaged');
    await expect(tar.finish()).rejects.toThrow('the tar is damaged');
    expect(existsSync(path)).toBe(false);
  });
});

if (!hasPython()) skipLoudly('a tar in Python', 'python3 with tarfile');
else
  describe('a tar in Python', () => {
    it('has the same members, each with its content', async () => {
      const path = join(scratch(), 'a.tar');
      await writeTar(path, FILES);
      expect(readWithPython(path)).toEqual(
        FILES.map(({ name, content }) => ({
          name,
          size: content.length,
          mtime: 0,
          mode: 0o644,
          uid: 0,
          sha256: sha256(content),
        })),
      );
    });
  });

describe('faults of the file system', () => {
  it('a file where a folder is needed, a folder where the tar goes', async () => {
    const folder = scratch();
    writeFileSync(join(folder, 'file'), '');
    mkdirSync(join(folder, 'dir.tar', 'inner'), { recursive: true });
    await expect(createTarWriter(join(folder, 'file', 'a.tar'))).rejects.toMatchObject({ tag: 'output' });
    const blocked = join(folder, 'dir.tar');
    await expect(writeTar(blocked, FILES)).rejects.toMatchObject({ tag: 'output', path: blocked });
    expect(readdirSync(join(folder, '.slideloom-tmp'))).toEqual([]);
  });
});

describeWithMounts('a full disk', () => {
  it('is an OutputError with a hint; what stood there stands, nothing temporary is left', async () => {
    const folder = scratch();
    const unmount = mountTmpfs(folder, 'size=1m');
    try {
      const path = join(folder, 'a.tar');
      writeFileSync(path, 'old');
      const files = Array.from({ length: 8 }, (_, i) => ({ name: `${i}`, content: createNoise(200_000, i + 1) }));
      const error = await writeTar(path, files).catch((caught: unknown) => caught);
      expect(error).toMatchObject({ tag: 'output', path, message: `${path}: the disk is full` });
      expect(error).toHaveProperty('hint', expect.stringContaining('free some space'));
      expect(readFileSync(path, 'utf8')).toBe('old');
      expect(readdirSync(join(folder, '.slideloom-tmp'))).toEqual([]);
    } finally {
      unmount?.();
    }
  });
});
