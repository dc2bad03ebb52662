import { stat } from 'node:fs/promises';
import { halveLayout } from '../../slide/band/reduce-layout.ts';
import { openReducedLevel, type ReducedLevel } from '../../slide/band/reduced-level.ts';
import type { RegionReader } from '../../slide/read-tiles.ts';
import type { Slide } from '../../slide/slide.ts';
import { TileCache } from '../../slide/tile-cache.ts';
import { checkUnmoved, openServed } from '../slide-shelf.ts';
import type { SlideAddress } from './picture-job.ts';

/** A slide as pictures are made of it. */
export interface PictureSlide extends AsyncDisposable {
  readonly slide: Slide;
  /**
   * A level at half size by means of 2 x 2 pixels, which are made as its tiles are decoded: the pixels of `readRegionAtDownsample` in a
   * quarter of the time. Of the result level `level` is to be read, in its own pixels.
   * @returns undefined where tiles are no JPEG of a file, or show something else than their colours
   */
  findHalf(level: number): Promise<RegionReader | undefined>;
}

/** @throws what opening the slide throws */
export async function openPictureSlide(address: SlideAddress): Promise<PictureSlide> {
  const slide = await openServed(address);
  const halves = new Map<number, Promise<ReducedLevel | undefined>>();
  return {
    slide,
    async findHalf(level) {
      const found = halves.get(level) ?? openHalf(slide, level, address.address);
      halves.set(level, found);
      const half = await found;
      return half && withoutCache(half.reader);
    },
    async [Symbol.asyncDispose]() {
      for (const half of halves.values()) (await half.catch(() => undefined))?.[Symbol.dispose]();
      await slide[Symbol.asyncDispose]();
    },
  };
}

async function openHalf(slide: Slide, level: number, path: string): Promise<ReducedLevel | undefined> {
  if (slide.shown?.channel !== undefined || slide.remote) return undefined;
  const layout = await slide.getTileLayout?.(level);
  // It is opened once more: not what has taken its place meanwhile.
  if (layout?.path !== path || !(await isSameFile(slide, path))) return undefined;
  const halved = halveLayout(layout);
  const { x, y } = slide.levels[level]?.downsample ?? { x: 1, y: 1 };
  return halved && openReducedLevel(halved, { name: slide.name, downsample: { x: 2 * x, y: 2 * y } });
}

async function isSameFile({ identity }: Slide, path: string): Promise<boolean> {
  try {
    await checkUnmoved(path);
    const { size, mtimeMs } = await stat(path);
    return size === identity.size && mtimeMs === identity.mtimeMs;
  } catch {
    // It has gone. The slide, which is open, can still be read.
    return false;
  }
}

/** Each stored tile is part of one tile of the half alone. */
function withoutCache(reader: RegionReader): RegionReader {
  const { name, levels } = reader;
  return {
    ...{ name, levels, cache: new TileCache(0) },
    get closed() {
      return reader.closed;
    },
  };
}
