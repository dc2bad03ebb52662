import { createRaster, type Raster } from '../../../../src/io/raster.ts';
import type { Slide, SlideLevel } from '../../../../src/slide/slide.ts';

export type Rgb = readonly [number, number, number];
export const WHITE: Rgb = [255, 255, 255];
export const PINK: Rgb = [220, 130, 180];

/** A mask from rows of '#' and '.'. */
export function parseMask(rows: readonly string[]) {
  const width = rows[0]?.length ?? 0;
  const data = Uint8Array.from(rows.join(''), (character) => (character === '#' ? 1 : 0));
  return { width, height: rows.length, data };
}

export function formatMask(mask: { width: number; height: number; data: Uint8Array }): string[] {
  return Array.from({ length: mask.height }, (_, y) =>
    Array.from(mask.data.subarray(y * mask.width, (y + 1) * mask.width), (value) => (value ? '#' : '.')).join(''),
  );
}

/** A picture painted by a function of pixel coordinates. */
export function paint(width: number, height: number, colorAt: (x: number, y: number) => Rgb): Raster {
  const raster = createRaster(width, height);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) raster.data.set(colorAt(x, y), (y * width + x) * 3);
  return raster;
}

/** Small numbers that look random and are the same every time. */
export function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

export interface FakeSlideOptions {
  width: number;
  height: number;
  downsamples?: readonly number[];
  mpp?: number | undefined;
  /** Colour at a level-0 position. */
  colorAt?: (x: number, y: number) => Rgb;
}

/** A slide painted by a function; it counts the pixels it hands out. */
export function createFakeSlide(options: FakeSlideOptions): Slide & { pixelsRead: number } {
  const { width, height, downsamples = [1], mpp, colorAt = () => WHITE } = options;
  const levels: SlideLevel[] = downsamples.map((d) => {
    const size = { width: Math.max(1, Math.round(width / d)), height: Math.max(1, Math.round(height / d)) };
    const downsample = { x: width / size.width, y: height / size.height };
    return { ...size, downsample, tileWidth: 256, tileHeight: 256, codec: 'jpeg' };
  });
  const read = (x0: number, y0: number, size: { width: number; height: number }, d: { x: number; y: number }) => {
    slide.pixelsRead += size.width * size.height;
    return paint(size.width, size.height, (x, y) => colorAt(x0 + (x + 0.5) * d.x, y0 + (y + 0.5) * d.y));
  };
  const slide = {
    name: 'fake.svs',
    width,
    height,
    levels,
    mpp: mpp === undefined ? undefined : { x: mpp, y: mpp, source: 'metadata' as const },
    channels: [{ name: 'RGB', bitDepth: 8, samples: 3 }],
    pixelsRead: 0,
    readRegion: async (r: { x: number; y: number; level: number; width: number; height: number }) =>
      read(r.x, r.y, r, levels[r.level]!.downsample),
    readRegionAtDownsample: async (r: {
      x: number;
      y: number;
      width: number;
      height: number;
      downsample: { x: number; y: number };
    }) => read(r.x, r.y, r, r.downsample),
    readThumbnail: async (maxSize: number) => {
      const d = Math.max(1, width / maxSize, height / maxSize);
      return read(0, 0, { width: Math.round(width / d), height: Math.round(height / d) }, { x: d, y: d });
    },
  };
  return slide as unknown as Slide & { pixelsRead: number };
}
