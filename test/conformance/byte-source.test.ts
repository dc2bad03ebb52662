import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ByteSource, createBufferSource, openFileSource, openHttpSource } from '../../src/io/source/index.ts';
import { getOpenHandles } from '../../src/utils/open-handles.ts';
import { type RangeServer, startRangeServer } from '../support/range-server.ts';
import { createNoise } from '../support/tiny-tiff.ts';

const SIZE = 100_003;
const bytes = createNoise(SIZE);
const folder = mkdtempSync(join(tmpdir(), 'slideloom-source-'));
const path = join(folder, 'noise.bin');

let server: RangeServer;

beforeAll(async () => {
  writeFileSync(path, bytes);
  server = await startRangeServer({ 'noise.bin': bytes });
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A new kind of source is added here, and must pass all of it. */
const implementations: [string, () => Promise<ByteSource>][] = [
  ['file', () => openFileSource(path)],
  ['buffer', async () => createBufferSource(bytes, 'noise.bin')],
  ['remote', () => openHttpSource(server.getUrl('noise.bin'))],
  ['remote, small blocks', () => openHttpSource(server.getUrl('noise.bin'), { blockBytes: 1024, cacheBytes: 4096 })],
  ['remote, no cache', () => openHttpSource(server.getUrl('noise.bin'), { blockBytes: 2048, cacheBytes: 0 })],
];

describe.each(implementations)('byte source: %s', (_name, open) => {
  it('knows its name, size and identity', async () => {
    await using source = await open();
    expect(source.name).toMatch(/noise\.bin$/);
    expect(source.size).toBe(SIZE);
    expect(source.identity.size).toBe(SIZE);
  });

  it.each([
    [0, 16],
    [1, 1],
    [50_000, 50_003],
    [0, SIZE],
    [SIZE - 1, 1],
    [SIZE, 0],
    [7, 0],
  ])('reads exactly the bytes %i + %i', async (offset, length) => {
    await using source = await open();
    expect(await source.read(offset, length)).toEqual(bytes.subarray(offset, offset + length));
  });

  it.each([
    [0, SIZE + 1],
    [SIZE, 1],
    [SIZE + 10, 0],
    [-1, 4],
    [4, -1],
    [0.5, 4],
    [0, 1.5],
    [Number.NaN, 1],
    [0, Number.POSITIVE_INFINITY],
    [2 ** 53, 1],
  ])('refuses %d + %d, which is not wholly inside', async (offset, length) => {
    await using source = await open();
    await expect(source.read(offset, length)).rejects.toMatchObject({ tag: 'short-read', offset, length, size: SIZE });
  });

  it('reads into memory that it is given, where it can', async () => {
    await using source = await open();
    if (!source.readInto) return;
    const target = new Uint8Array(1002).fill(7);
    await source.readInto(50_000, target.subarray(1, 1001));
    expect(target.subarray(1, 1001)).toEqual(bytes.subarray(50_000, 51_000));
    expect([target[0], target[1001]]).toEqual([7, 7]);
    await expect(source.readInto(SIZE - 999, target)).rejects.toMatchObject({ tag: 'short-read' });
    await source.close();
    await expect(source.readInto(0, target)).rejects.toMatchObject({ tag: 'source' });
  });

  it('reads in parallel', async () => {
    await using source = await open();
    const ranges = Array.from({ length: 200 }, (_, i) => [(i * 7919) % (SIZE - 500), i] as const);
    const read = await Promise.all(ranges.map(([offset, length]) => source.read(offset, length)));
    read.forEach((part, i) => {
      const [offset = 0, length = 0] = ranges[i] ?? [];
      expect(part).toEqual(bytes.subarray(offset, offset + length));
    });
  });

  it('reads nothing for a signal that has fired', async () => {
    await using source = await open();
    const reason = new Error('enough');
    await expect(source.read(0, 4, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(await source.read(0, 4, { signal: new AbortController().signal })).toEqual(bytes.subarray(0, 4));
  });

  it('closes as often as asked, and reads no more', async () => {
    const source = await open();
    const before = getOpenHandles().length;
    await Promise.all([source.close(), source.close()]);
    await source.close();
    expect(getOpenHandles().length).toBe(before - 1);
    await expect(source.read(0, 4)).rejects.toMatchObject({
      tag: 'source',
      message: expect.stringContaining('is closed'),
    });
  });

  it('finishes reads that were under way when it was closed', async () => {
    const source = await open();
    const reading = source.read(10, 50_000);
    await source.close();
    expect(await reading).toEqual(bytes.subarray(10, 50_010));
  });

  it('is closed at the end of its scope', async () => {
    let outside: ByteSource;
    {
      await using source = await open();
      outside = source;
    }
    await expect(outside.read(0, 1)).rejects.toMatchObject({ tag: 'source' });
  });
});

describe('a file source', () => {
  it('sees a file that became shorter while it was open', async () => {
    const shrinking = join(folder, 'shrinking.bin');
    writeFileSync(shrinking, bytes);
    await using source = await openFileSource(shrinking);
    truncateSync(shrinking, 1000);
    await expect(source.read(500, 1000)).rejects.toMatchObject({
      tag: 'short-read',
      offset: 500,
      length: 1000,
      size: 1000,
    });
  });

  it('carries the time of the last change', async () => {
    await using source = await openFileSource(path);
    expect(source.identity.mtimeMs).toBeGreaterThan(1e12);
  });
});
