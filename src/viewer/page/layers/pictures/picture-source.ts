import type { PictureLayerFacts } from '../../../contract.ts';
import { getTileAddress } from '../../data/addresses.ts';
import { fetchBitmap } from '../../pane/slide-tile-source.ts';
import { createTileSource, type TileSource } from '../../pane/tile-source.ts';
import { hideColors } from '../kernels/hide-colors.ts';

/** Smaller levels are shrunk from this one by the browser. */
const COARSEST = 256;

/** A heatmap or mask as the server has it. `hidden` are values of labels; those of other layers have no meaning. */
export function createPictureSource(slide: string, facts: PictureLayerFacts, hidden: readonly number[]): TileSource {
  const { name, version, width, height, tileSize, levels } = facts;
  const all = Array.from({ length: levels }, (_, level) => ({ level, downsample: 2 ** (levels - 1 - level) }));
  const used = all.filter(
    ({ level, downsample }) => level === levels - 1 || Math.max(width, height) / downsample >= COARSEST,
  );
  const grid = { width, height, tileSize, downsamples: used.map(({ downsample }) => downsample) };
  const colors = facts.labels.filter(({ value }) => hidden.includes(value)).map(({ color }) => color);
  const key = `${slide}/overlays/${name}/${version}/${hidden.join('.')}`;
  return createTileSource(grid, key, async ({ level, col, row }, signal) => {
    const number = used[level]?.level ?? 0;
    const address = getTileAddress(slide, `overlays/${name}`, { level: number, col, row, format: 'png', version });
    const bitmap = await fetchBitmap(address, signal);
    return colors.length === 0 ? bitmap : withoutColors(bitmap, colors);
  });
}

/** Whether labels can be told apart in the picture: it has their colours, not their numbers. */
export function canHideLabels({ labels }: PictureLayerFacts): boolean {
  return new Set(labels.map(({ color }) => color.join())).size === labels.length;
}

function withoutColors(bitmap: ImageBitmap, colors: readonly (readonly [number, number, number])[]): ImageBitmap {
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  const context = canvas.getContext('2d');
  if (context === null) return bitmap;
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  const pixels = context.getImageData(0, 0, canvas.width, canvas.height);
  hideColors(pixels.data, colors);
  context.putImageData(pixels, 0, 0);
  return canvas.transferToImageBitmap();
}
