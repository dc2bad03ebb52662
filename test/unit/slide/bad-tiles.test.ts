import { describe, expect, it } from 'vitest';
import { createRaster, type Raster } from '../../../src/io/raster.ts';
import { createBufferSource } from '../../../src/io/source/buffer-source.ts';
import { encodeLzw } from '../../../src/io/tiff/writer/encode-lzw.ts';
import { openSlide } from '../../../src/slide/open-slide.ts';
import { readLevelWindow } from '../../../src/slide/read-region.ts';
import type { RegionReader } from '../../../src/slide/read-tiles.ts';
import { TileCache } from '../../../src/slide/tile-cache.ts';
import { isSlideloomError, type TileError } from '../../../src/utils/errors.ts';
import { buildTiff, createNoiseImage } from '../../support/tiny-tiff.ts';

const image = createNoiseImage({ width: 60, height: 40, tileWidth: 16, tileHeight: 16 }, encodeLzw);
/** Tiles (1, 0) and (2, 1) of 4 x 3 can't be decoded. */
const chunks = image.chunks.map((chunk, i) => (i === 1 || i === 6 ? Uint8Array.of(0x80, 0x40) : chunk));
const { bytes } = buildTiff([{ ...image, chunks, compression: 5 }]);
const open = () => openSlide(createBufferSource(bytes, 'bad.tif'));
const all = { x: 0, y: 0, level: 0, width: 60, height: 40 };

describe('a tile that can not be decoded', () => {
  it('stops the read with its place and cause', async () => {
    await using slide = await open();
    const error = await slide.readRegion(all).catch((caught: unknown) => caught);
    expect(error).toMatchObject({
      tag: 'tile',
      slide: 'bad.tif',
      level: 0,
      col: 1,
      row: 0,
      cause: { tag: 'codec', codec: 'lzw' },
    });
    expect(error).toHaveProperty(
      'message',
      expect.stringMatching(/^bad\.tif: level 0, tile column 1, row 0 can't be read: lzw: /),
    );
    expect(error).toHaveProperty('hint', expect.stringContaining('--on-bad-tile'));
  });

  it('stops thumbnails and averages, too', async () => {
    await using slide = await open();
    await expect(slide.readThumbnail(10)).rejects.toMatchObject({ tag: 'tile', col: 1, row: 0 });
    const coarse = { x: 0, y: 0, width: 10, height: 10, downsample: { x: 3, y: 3 } };
    await expect(slide.readRegionAtDownsample(coarse)).rejects.toMatchObject({ tag: 'tile', col: 1, row: 0 });
  });

  it('is handed over, in file order, and leaves exactly its pixels white', async () => {
    await using slide = await open();
    const bad: TileError[] = [];
    const { data } = await slide.readRegion(all, { onBadTile: (error) => bad.push(error) });
    expect(bad.map(({ level, col, row }) => [level, col, row])).toEqual([
      [0, 1, 0],
      [0, 2, 1],
    ]);
    const wanted = image.pixels.slice();
    for (const [left, top] of [
      [16, 0],
      [32, 16],
    ] as const) {
      for (let y = top; y < top + 16; y++) wanted.fill(255, (y * 60 + left) * 3, (y * 60 + left + 16) * 3);
    }
    expect(data).toEqual(wanted);
  });

  it('is handed over by averages as often as it is met, and counts as white', async () => {
    await using slide = await open();
    const bad: TileError[] = [];
    const onBadTile = (error: TileError) => bad.push(error);
    const blocks = { x: 16, y: 0, width: 4, height: 4, downsample: { x: 4, y: 4 } };
    const { data } = await slide.readRegionAtDownsample(blocks, { onBadTile });
    expect(new Set(data)).toEqual(new Set([255]));
    expect(bad.map(({ col, row }) => [col, row])).toEqual([[1, 0]]);
  });

  it('does not matter where it is not asked for', async () => {
    await using slide = await open();
    expect((await slide.readRegion({ ...all, width: 16 })).data).toEqual(crop(16));
  });

  it('is tried again at the next read: nothing is remembered of it', async () => {
    await using slide = await open();
    const bad: TileError[] = [];
    for (let i = 0; i < 2; i++) await slide.readRegion(all, { onBadTile: (error) => bad.push(error) });
    expect(bad.length).toBe(4);
  });

  it('lets what the callback throws stop the read', async () => {
    await using slide = await open();
    const reason = new Error('one is enough');
    const onBadTile = () => {
      throw reason;
    };
    await expect(slide.readRegion(all, { onBadTile })).rejects.toBe(reason);
  });

  it('is handed out as it is stored by readTile', async () => {
    await using slide = await open();
    expect((await slide.readTile(0, 1, 0))?.data).toEqual(Uint8Array.of(0x80, 0x40));
  });
});

function crop(width: number): Uint8Array {
  return Uint8Array.from(
    Array.from({ length: 40 }, (_, y) => [...image.pixels.subarray(y * 180, y * 180 + width * 3)]).flat(),
  );
}

describe('reading tiles', () => {
  /** A level of 10 x 10 tiles of one pixel; `decode` is what happens at each. */
  function createReader(decode: (index: number) => Promise<Raster | undefined>) {
    const log = { started: [] as number[], running: 0, most: 0 };
    const level = {
      width: 10,
      height: 10,
      downsample: { x: 1, y: 1 },
      tileWidth: 1,
      tileHeight: 1,
      codec: 'none',
      columns: 10,
      rows: 10,
      readEncodedTile: async () => undefined,
      async decodeTile(col: number, row: number) {
        log.started.push(row * 10 + col);
        log.running++;
        log.most = Math.max(log.most, log.running);
        try {
          return await decode(row * 10 + col);
        } finally {
          log.running--;
        }
      },
    };
    const reader: RegionReader = { name: 'made up', levels: [level], cache: new TileCache(0), closed: false };
    return { reader, log };
  }
  const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
  const window = { level: 0, x: 0, y: 0, width: 10, height: 10 };

  it('starts them in file order, four at a time', async () => {
    const { reader, log } = createReader(async (index) => {
      await wait((index * 7) % 5);
      return { ...createRaster(1, 1), data: new Uint8Array(3).fill(index) };
    });
    const { data } = await readLevelWindow(reader, window);
    expect(log.started).toEqual(Array.from({ length: 100 }, (_, i) => i));
    expect(log.most).toBe(4);
    expect([...data]).toEqual(Array.from({ length: 300 }, (_, i) => Math.floor(i / 3)));
  });

  it('starts no more after the first error, and leaves none running', async () => {
    const { reader, log } = createReader(async (index) => {
      await wait(index === 2 ? 0 : 5);
      if (index === 2) throw new Error('broken');
      return createRaster(1, 1);
    });
    await expect(readLevelWindow(reader, window)).rejects.toMatchObject({ tag: 'tile', col: 2, row: 0 });
    expect(log.running).toBe(0);
    expect(log.started.length).toBeLessThan(8);
  });

  it('starts no more after an abort, and leaves none running', async () => {
    const controller = new AbortController();
    const { reader, log } = createReader(async (index) => {
      await wait(1);
      if (index === 20) controller.abort();
      return createRaster(1, 1);
    });
    const outcome = await readLevelWindow(reader, window, { signal: controller.signal }).catch(
      (error: unknown) => error,
    );
    expect(outcome).toBe(controller.signal.reason);
    expect(isSlideloomError(outcome)).toBe(false);
    expect(log.running).toBe(0);
    expect(log.started.length).toBeLessThan(30);
  });
});
