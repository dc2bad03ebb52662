import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openFileSource } from '../../../../src/io/source/file-source.ts';
import { openTiff } from '../../../../src/io/tiff/open-tiff.ts';
import { readTiffImage } from '../../../../src/io/tiff/tiff-image.ts';
import type { TiffField } from '../../../../src/io/tiff/writer/tiff-field.ts';
import { createTiffWriter } from '../../../../src/io/tiff/writer/tiff-writer.ts';

const GREY: TiffField[] = [
  { tag: 258, type: 'short', value: [8] },
  { tag: 259, type: 'short', value: [1] },
  { tag: 262, type: 'short', value: [1] },
  { tag: 277, type: 'short', value: [1] },
];
const tiles = (side: number) => ({ kind: 'tiles', width: side, height: side, tileWidth: 16, tileHeight: 16 }) as const;

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tiff-sub-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe.each(['classic', 'big'] as const)('%s TIFF', (format) => {
  test('SubIFDs hang on their pages, outside of the chain', async () => {
    const path = join(folder, 'a.tif');
    await using writer = await createTiffWriter(path, { format, sync: true });
    let late = 0;
    const first = writer.addDirectory(tiles(64), GREY, { late: () => [{ tag: 270, type: 'ascii', value: `${late}` }] });
    const second = writer.addDirectory(tiles(48), GREY);
    const subs = [32, 16].map((side) => writer.addDirectory(tiles(side), GREY, { parent: first }));
    const sub = writer.addDirectory(tiles(24), GREY, { parent: second });
    for (const page of [sub, ...subs, second, first])
      for (let index = 0; index < page.blockCount; index++)
        await page.write(index, new Uint8Array(256).fill(page.blockCount));
    late = 7;
    await writer.finish();
    const source = await openFileSource(path);
    const tiff = await openTiff(source);
    const sides = async (directories: Parameters<typeof readTiffImage>[0][]) =>
      (await Promise.all(directories.map(readTiffImage))).map(({ width }) => width);
    expect(await sides([...tiff!.directories])).toEqual([64, 48]);
    expect(await sides(await tiff!.readSubDirectories(tiff!.directories[0]!))).toEqual([32, 16]);
    const [last] = await tiff!.readSubDirectories(tiff!.directories[1]!);
    expect(await sides([last!])).toEqual([24]);
    expect(await tiff!.directories[0]!.readAscii(270)).toBe('7');
    const { offsets, counts } = await (await readTiffImage(last!)).readTileIndex();
    expect([...counts]).toEqual([256, 256, 256, 256]);
    expect([...(await source.read(offsets[3]!, 4))]).toEqual([4, 4, 4, 4]);
    await source.close();
    expect(await readdir(folder)).toEqual(['a.tif']);
  });
});

test('a sparse page leaves blocks out, any other may not', async () => {
  const path = join(folder, 'a.tif');
  await using writer = await createTiffWriter(path);
  const page = writer.addDirectory(tiles(32), GREY, { sparse: true });
  await page.write(2, new Uint8Array(256));
  await writer.finish();
  const source = await openFileSource(path);
  const image = await readTiffImage((await openTiff(source))!.directories[0]!);
  const { offsets, counts } = await image.readTileIndex();
  expect([...counts]).toEqual([0, 0, 256, 0]);
  expect([...offsets]).toEqual([0, 0, 16, 0]);
  await source.close();

  await using other = await createTiffWriter(join(folder, 'b.tif'));
  const parent = other.addDirectory(tiles(16), GREY);
  other.addDirectory(tiles(16), GREY, { parent });
  await parent.write(0, new Uint8Array(256));
  await expect(other.finish()).rejects.toThrow('block 0 of image 1 was never written');
});
