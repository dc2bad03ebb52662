import { createRaster, type Raster } from '../../io/raster.ts';
import { blitRaster } from '../../slide/blit.ts';
import { readLevelWindow } from '../../slide/read-region.ts';
import { LevelError } from '../../utils/errors.ts';
import { averageStrips, canAverageStrips } from './average-strips.ts';
import type { PictureSource } from './picture-job.ts';
import type { PictureSlide } from './picture-slide.ts';

type MeansWindow = Extract<PictureSource, { kind: 'means' }>;

/** Blocks of a level, all inside it: the first pixel, and how many. They are pixels `to` and on of the result. */
interface Blocks {
  readonly from: number;
  readonly count: number;
  readonly to: number;
}

/** Exact means of blocks of pixels, halves rounded up. @throws TileError at the first tile that can't be read */
export async function readMeans(picture: PictureSlide, window: MeansWindow, signal: AbortSignal): Promise<Raster> {
  const { level, scale, x, y, width, height } = window;
  const { slide } = picture;
  const found = slide.levels[level];
  if (!found) throw new LevelError(slide.name, level, slide.levels.length);
  const columns = listBlocks({ first: x, count: width, scale, length: found.width });
  const rows = listBlocks({ first: y, count: height, scale, length: found.height });
  const half = scale === 2 ? await picture.findHalf(level) : undefined;

  async function readBlocks(across: Blocks, down: Blocks): Promise<Raster> {
    const size = { width: across.count, height: down.count };
    if (half && across.from % 2 === 0 && down.from % 2 === 0)
      return readLevelWindow(half, { level, x: across.from / 2, y: down.from / 2, ...size }, { signal });
    const blocks = { level, scale, x: across.from, y: down.from, ...size };
    if (canAverageStrips(blocks)) return averageStrips(slide, blocks, signal);
    const own = found?.downsample ?? { x: 1, y: 1 };
    const downsample = { x: own.x * scale, y: own.y * scale };
    return slide.readRegionAtDownsample(
      { x: across.from * own.x, y: down.from * own.y, ...size, downsample },
      { signal },
    );
  }

  const whole = createRaster(width, height);
  for (const down of rows) {
    for (const across of columns) {
      const piece = await readBlocks(across, down);
      if (piece.width === width && piece.height === height) return piece;
      blitRaster(piece, whole, { x: across.to, y: down.to });
    }
  }
  return whole;
}

/** Those that lie in the level as they come, and for each that reaches over its end the last one that does not. */
function listBlocks({
  first,
  count,
  scale,
  length,
}: {
  first: number;
  count: number;
  scale: number;
  length: number;
}): Blocks[] {
  const inside = Math.max(0, Math.min(count, Math.floor(length / scale) - first));
  const over = Array.from({ length: count - inside }, (_, i) => ({ from: length - scale, count: 1, to: inside + i }));
  return inside > 0 ? [{ from: first * scale, count: inside, to: 0 }, ...over] : over;
}
