import type { ShownPicture } from '../pane/pane.ts';
import { getPictureSize, getUprightBox, type PictureRegion } from './picture-region.ts';
import { listRegionTiles, type RegionTile } from './region-tiles.ts';

/** Tiles that are asked for at a time. */
const AT_ONCE = 8;

/**
 * Draws a region from the tiles of what is shown, at any scale: finer than the screen, where there are finer tiles.
 * @param scale pixels of the picture to a level-0 pixel
 * @throws what loading a tile throws
 */
export async function renderRegion(
  pictures: readonly ShownPicture[],
  region: PictureRegion,
  { scale, ground, signal }: { scale: number; ground: string; signal: AbortSignal },
): Promise<HTMLCanvasElement> {
  const { width, height } = getPictureSize(region, scale);
  const canvas = Object.assign(document.createElement('canvas'), { width, height });
  const context = canvas.getContext('2d');
  if (!context) throw new Error(`the browser can't draw a picture of ${width} x ${height} pixels`);
  context.fillStyle = ground;
  context.fillRect(0, 0, width, height);
  context.imageSmoothingQuality = 'high';
  // From level-0 pixels to those of the picture, about its middle.
  context.translate(width / 2, height / 2);
  context.rotate((region.rotation * Math.PI) / 180);
  context.scale(width / region.width, height / region.height);
  context.translate(-region.x - region.width / 2, -region.y - region.height / 2);
  for (const picture of pictures) {
    const tiles = listRegionTiles(picture.source.grid, { box: picture.box, region: getUprightBox(region), scale });
    if (picture.opacity > 0) await drawPicture(context, picture, tiles, signal);
  }
  return canvas;
}

async function drawPicture(
  context: CanvasRenderingContext2D,
  { source, opacity, blend }: ShownPicture,
  tiles: readonly RegionTile[],
  signal: AbortSignal,
): Promise<void> {
  for (let first = 0; first < tiles.length; first += AT_ONCE) {
    const some = tiles.slice(first, first + AT_ONCE);
    const bitmaps = await Promise.all(some.map(({ at }) => source.load(at, signal)));
    if (signal.aborted) for (const bitmap of bitmaps) bitmap?.close();
    signal.throwIfAborted();
    context.save();
    context.globalAlpha = opacity;
    context.globalCompositeOperation = blend;
    for (const [index, { box }] of some.entries()) {
      const bitmap = bitmaps[index];
      if (!bitmap) continue;
      const { x, y, width, height } = snapToPicture(context, box);
      context.drawImage(bitmap, x, y, width, height);
      bitmap.close();
    }
    context.restore();
  }
}

/** Edges on whole pixels of the picture, where it is upright: neighbours meet without a seam. */
function snapToPicture(context: CanvasRenderingContext2D, box: RegionTile['box']): RegionTile['box'] {
  const { a, b, d, e, f } = context.getTransform();
  if (b !== 0) return box;
  const snap = (value: number, by: number, shift: number) => (Math.round(value * by + shift) - shift) / by;
  const [left, right] = [snap(box.x, a, e), snap(box.x + box.width, a, e)];
  const [top, bottom] = [snap(box.y, d, f), snap(box.y + box.height, d, f)];
  return { x: left, y: top, width: right - left, height: bottom - top };
}
