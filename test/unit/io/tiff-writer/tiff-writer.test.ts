import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fromFile } from 'geotiff';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { TiffField } from '../../../../src/io/tiff/writer/tiff-field.ts';
import { createTiffWriter } from '../../../../src/io/tiff/writer/tiff-writer.ts';
import { OptionError, OutputError } from '../../../../src/utils/errors.ts';

const GREY: TiffField[] = [
  { tag: 258, type: 'short', value: [8] },
  { tag: 259, type: 'short', value: [1] },
  { tag: 262, type: 'short', value: [1] },
  { tag: 277, type: 'short', value: [1] },
  { tag: 282, type: 'rational', value: [20_000, 1] },
  { tag: 270, type: 'ascii', value: 'a picture of numbers' },
];

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tiff-writer-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A block whose pixels all differ from those of its neighbours. */
const block = (seed: number, length: number) => Uint8Array.from({ length }, (_, i) => (seed * 31 + i * 7) % 251);

async function readPixels(path: string, page: number): Promise<number[]> {
  const tiff = await fromFile(path);
  try {
    const [band] = (await (await tiff.getImage(page)).readRasters()) as unknown as Uint8Array[];
    return [...(band ?? [])];
  } finally {
    await tiff.close();
  }
}

describe.each(['classic', 'big'] as const)('%s TIFF', (format) => {
  test('tiles and strips, in any order, read back by another library', async () => {
    const path = join(folder, 'a.tif');
    const tiles = [1, 2, 3, 4, 5, 6].map((seed) => block(seed, 256));
    const strips = [block(7, 20 * 8), block(8, 20 * 8), block(9, 20 * 3)];
    await using writer = await createTiffWriter(path, { format });
    const first = writer.addDirectory({ kind: 'tiles', width: 40, height: 20, tileWidth: 16, tileHeight: 16 }, GREY);
    const second = writer.addDirectory({ kind: 'strips', width: 20, height: 19, rowsPerStrip: 8 }, GREY);
    expect(first.blockCount).toBe(6);
    for (const index of [5, 0, 3, 1, 4, 2]) {
      await first.write(index, tiles[index]!);
      if (index < 3) await second.write(index, strips[index]!);
    }
    const done = await writer.finish();
    expect(done).toEqual({ bytes: (await readFile(path)).length, format });
    expect((await readFile(path)).subarray(0, 4)).toEqual(Buffer.from([0x49, 0x49, format === 'big' ? 43 : 42, 0]));

    const expected = Array.from({ length: 40 * 20 }, (_, i) => {
      const [x, y] = [i % 40, Math.floor(i / 40)];
      return tiles[(y >> 4) * 3 + (x >> 4)]![(y & 15) * 16 + (x & 15)];
    });
    expect(await readPixels(path, 0)).toEqual(expected);
    expect(await readPixels(path, 1)).toEqual(strips.flatMap((strip) => [...strip]));
  });

  test('fields of every type come back', async () => {
    const path = join(folder, 'a.tif');
    await using writer = await createTiffWriter(path, { format });
    const profile = block(3, 301);
    const fields: TiffField[] = [...GREY, { tag: 34675, type: 'undefined', value: profile }];
    const page = writer.addDirectory({ kind: 'strips', width: 4, height: 4, rowsPerStrip: 4 }, fields);
    await page.write(0, block(1, 16));
    await writer.finish();
    const tiff = await fromFile(path);
    const directory = (await tiff.getImage(0)).fileDirectory;
    expect(await directory.loadValue(270)).toMatch(/^a picture of numbers/);
    expect([...((await directory.loadValue(282)) as number[])]).toEqual([20_000, 1]);
    expect([...((await directory.loadValue(34675)) as Uint8Array)]).toEqual([...profile]);
    await tiff.close();
  });
});

test('a block that is placed twice is stored once, and blocks begin on even positions', async () => {
  const path = join(folder, 'a.tif');
  await using writer = await createTiffWriter(path);
  const page = writer.addDirectory({ kind: 'strips', width: 3, height: 4, rowsPerStrip: 1 }, GREY);
  const stored = await page.write(0, block(1, 3));
  page.place(2, stored);
  const next = await page.write(1, block(2, 3));
  page.place(3, next);
  expect([stored.offset, next.offset]).toEqual([16, 20]);
  await writer.finish();
  const [a, b] = [block(1, 3), block(2, 3)];
  expect(await readPixels(path, 0)).toEqual([...a, ...b, ...a, ...b]);
});

test('more than one piece of the write buffer, written side by side', async () => {
  const path = join(folder, 'a.tif');
  await using writer = await createTiffWriter(path);
  const page = writer.addDirectory({ kind: 'strips', width: 1000, height: 5000, rowsPerStrip: 100 }, GREY);
  await Promise.all(Array.from({ length: 50 }, (_, i) => page.write(i, block(i, 100_000))));
  await writer.finish();
  const bytes = await readFile(path);
  for (const i of [0, 10, 11, 49]) {
    expect(bytes.subarray(16 + i * 100_000, 16 + (i + 1) * 100_000).equals(block(i, 100_000))).toBe(true);
  }
});

describe('faults', () => {
  const layout = { kind: 'strips', width: 4, height: 4, rowsPerStrip: 2 } as const;

  test('an unfinished writer leaves no file', async () => {
    const path = join(folder, 'a.tif');
    {
      await using writer = await createTiffWriter(path);
      await writer.addDirectory(layout, GREY).write(0, block(1, 8));
      expect(await readdir(folder)).toEqual(['a.tif.partial']);
    }
    expect(await readdir(folder)).toEqual([]);
  });

  test('a missing block is named', async () => {
    await using writer = await createTiffWriter(join(folder, 'a.tif'));
    await writer.addDirectory(layout, GREY).write(0, block(1, 8));
    await expect(writer.finish()).rejects.toThrow('block 1 of image 0 was never written');
  });

  test('a folder that does not exist, or one in the place of the file', async () => {
    await expect(createTiffWriter(join(folder, 'no', 'a.tif'))).rejects.toThrow(OutputError);
    await expect(createTiffWriter(join(folder, 'no', 'a.tif'))).rejects.toThrow('the folder does not exist');
    await using writer = await createTiffWriter(folder);
    const page = writer.addDirectory({ ...layout, rowsPerStrip: 4 }, GREY);
    await page.write(0, block(1, 16));
    await expect(writer.finish()).rejects.toThrow('is a directory');
    expect(existsSync(`${folder}.partial`)).toBe(false);
  });

  test.skipIf(!existsSync('/dev/full'))('a full disk is told as such', async () => {
    const { symlink } = await import('node:fs/promises');
    await symlink('/dev/full', join(folder, 'a.tif.partial'));
    await using writer = await createTiffWriter(join(folder, 'a.tif'));
    const page = writer.addDirectory({ kind: 'strips', width: 2000, height: 1000, rowsPerStrip: 1000 }, GREY);
    await expect(page.write(0, new Uint8Array(2_000_000))).rejects.toThrow('the disk is full');
  });

  test('sizes that TIFF does not allow, blocks that do not exist', async () => {
    await using writer = await createTiffWriter(join(folder, 'a.tif'));
    const tiles = { kind: 'tiles', width: 4, height: 4, tileWidth: 250, tileHeight: 256 } as const;
    expect(() => writer.addDirectory(tiles, GREY)).toThrow(OptionError);
    const page = writer.addDirectory(layout, GREY);
    await expect(page.write(2, block(1, 8))).rejects.toThrow('block 2 is not one of the 2');
    await expect(page.write(0, new Uint8Array(0))).rejects.toThrow('has no bytes');
  });
});
