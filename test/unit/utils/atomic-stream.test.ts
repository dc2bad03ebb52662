import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { getTemporaryFolder, sweepTemporary } from '../../../src/utils/atomic-file.ts';
import { createAtomicStream } from '../../../src/utils/atomic-stream.ts';
import { acquireLease } from '../../../src/utils/lease.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'slideloom-stream-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('a file appears when it is whole, and not at all when it is given up', async () => {
  const path = join(folder, 'table.csv');
  const line = `${'x'.repeat(99)}\n`;
  {
    await using stream = await createAtomicStream(path);
    for (let i = 0; i < 2000; i++) await stream.write(line);
    expect(existsSync(path)).toBe(false);
    const file = await stream.finish();
    expect(file).toMatchObject({ bytes: 200_000, written: true });
  }
  expect(readFileSync(path, 'utf8')).toBe(line.repeat(2000));
  {
    await using given = await createAtomicStream(join(folder, 'given-up.csv'));
    await given.write('half');
  }
  expect(readdirSync(folder)).not.toContain('given-up.csv');
  expect(readdirSync(getTemporaryFolder(folder))).toEqual([]);
});

it('a target of the same content stays the same file', async () => {
  const path = join(folder, 'same.csv');
  const write = async () => {
    await using stream = await createAtomicStream(path);
    await stream.write('a,b\n');
    return await stream.finish();
  };
  await write();
  const { ino, mtimeMs } = statSync(path);
  expect(await write()).toMatchObject({ written: false });
  expect(statSync(path)).toMatchObject({ ino, mtimeMs });
});

it('many may be open in one folder at once', async () => {
  const streams = await Promise.all(
    Array.from({ length: 50 }, (_, i) => createAtomicStream(join(folder, `many-${i}`))),
  );
  for (const [i, stream] of streams.entries()) await stream.write(`${i}`);
  for (const stream of streams) await stream.finish();
  expect(readFileSync(join(folder, 'many-37'), 'utf8')).toBe('37');
});

it('a sweep leaves a folder alone that another run holds', async () => {
  const inner = join(folder, 'outer', 'inner');
  const temporary = getTemporaryFolder(inner);
  mkdirSync(temporary, { recursive: true });
  writeFileSync(join(temporary, 'at-work'), '');
  {
    await using _lease = await acquireLease(inner);
    await sweepTemporary(join(folder, 'outer'));
    expect(readdirSync(temporary)).toEqual(['at-work']);
  }
  expect(await sweepTemporary(join(folder, 'outer'))).toBe(1);
  expect(existsSync(temporary)).toBe(false);
});
