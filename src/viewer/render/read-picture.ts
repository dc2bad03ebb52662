import { resampleArea } from '../../io/kernels/area-resample.ts';
import { createRaster, type Raster } from '../../io/raster.ts';
import { blitRaster } from '../../slide/blit.ts';
import type { Slide } from '../../slide/slide.ts';
import { LevelError } from '../../utils/errors.ts';
import type { PictureSource } from './picture-job.ts';
import type { PictureSlide } from './picture-slide.ts';
import { readMeans } from './read-means.ts';

type LevelWindow = Extract<PictureSource, { kind: 'level' }>;

/** The pixels of a picture. @throws TileError at the first tile that can't be read: none is painted white in silence */
export async function readPicture(picture: PictureSlide, source: PictureSource, signal: AbortSignal): Promise<Raster> {
  const { slide } = picture;
  if (source.kind === 'means') return readMeans(picture, source, signal);
  if (source.kind === 'level') return readLevelWindow(slide, source, signal);
  if (source.kind === 'area') return slide.readRegionAtDownsample(source, { signal });
  return shrink(await slide.readAssociatedImage(source.name), source.maxSize);
}

async function readLevelWindow(slide: Slide, window: LevelWindow, signal: AbortSignal): Promise<Raster> {
  const { level, x, y } = window;
  const found = slide.levels[level];
  if (!found) throw new LevelError(slide.name, level, slide.levels.length);
  const { downsample } = found;
  const width = Math.min(window.width, found.width - x);
  const height = Math.min(window.height, found.height - y);
  const region = { level, x: x * downsample.x, y: y * downsample.y, width, height };
  const raster = await slide.readRegion(region, { signal });
  return width === window.width && height === window.height ? raster : repeatEdge(raster, window);
}

/** Scanners round a level's sides down, Deep Zoom up: the pixel between is that beside it. */
function repeatEdge(raster: Raster, { width, height }: { width: number; height: number }): Raster {
  const whole = createRaster(width, height);
  // From the corner inwards: each copy covers what the one before has too much.
  for (const y of [height - raster.height, 0])
    for (const x of [width - raster.width, 0]) blitRaster(raster, whole, { x, y });
  return whole;
}

/** Fitted into `maxSize` x `maxSize` pixels, never enlarged. */
function shrink(raster: Raster, maxSize: number): Raster {
  const scale = Math.max(raster.width, raster.height) / maxSize;
  if (scale <= 1) return raster;
  const width = Math.max(1, Math.round(raster.width / scale));
  const height = Math.max(1, Math.round(raster.height / scale));
  const small = createRaster(width, height, raster.channels);
  const window = { x: 0, y: 0, stepX: raster.width / width, stepY: raster.height / height };
  resampleArea(raster, window, { data: small.data, width, firstRow: 0, endRow: height });
  return small;
}
