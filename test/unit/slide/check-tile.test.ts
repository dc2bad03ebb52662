import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeLzw } from '../../../src/io/tiff/writer/encode-lzw.ts';
import { validateSlide } from '../../../src/preprocessing/validate-slide.ts';
import { openSlide } from '../../../src/slide/open-slide.ts';
import { writeOme } from '../../support/tiny-ome.ts';
import { buildTiff, createNoiseImage } from '../../support/tiny-tiff.ts';

const page = (seed: number) => ({
  ...createNoiseImage({ width: 60, height: 40, samples: 1, tileWidth: 16, tileHeight: 16, seed }, encodeLzw),
  compression: 5,
});

describe('a tile of several channels', () => {
  let path: string;
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'slideloom-check-tile-'));
    path = join(folder, 'channels.ome.tif');
    const pixels = { SizeX: 60, SizeY: 40, SizeC: 3 };
    const description = writeOme([{ pixels, channels: [{}, {}, {}], data: '<TiffData/>' }]);
    const damaged = page(2);
    // Tile (2, 1) of the second channel can't be decoded, and (3, 2) of the third is left out.
    const second = {
      ...damaged,
      chunks: damaged.chunks.map((chunk, i) => (i === 6 ? Uint8Array.of(0x80, 0x40) : chunk)),
    };
    const third = page(3);
    const sparse = { ...third, chunks: third.chunks.map((chunk, i) => (i === 11 ? undefined : chunk)) };
    writeFileSync(path, buildTiff([{ ...page(1), description }, second, sparse]).bytes);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('is read in all of them, whichever is shown', async () => {
    for (const slide of [{}, { channel: 0 }, { channel: 1 }]) {
      const { badTiles, tiles } = await validateSlide(path, { slide });
      expect(badTiles.map(({ level, col, row, tag }) => ({ level, col, row, tag }))).toEqual([
        { level: 0, col: 2, row: 1, tag: 'codec' },
      ]);
      expect(tiles).toEqual({ total: 12, chosen: 12, read: 12, bad: 1, missing: 0 });
    }
  });

  it('is one that exists, of an open slide', async () => {
    const slide = await openSlide(path);
    expect(await slide.checkTile?.(0, 0, 0)).toBe(true);
    await expect(slide.checkTile?.(0, 2, 1)).rejects.toMatchObject({ tag: 'tile', level: 0, col: 2, row: 1 });
    await expect(slide.checkTile?.(0, 4, 0)).rejects.toThrow(RangeError);
    await expect(slide.checkTile?.(1, 0, 0)).rejects.toMatchObject({ tag: 'level' });
    slide.close();
    await expect(slide.checkTile?.(0, 0, 0)).rejects.toMatchObject({ tag: 'slide-closed' });
  });
});
