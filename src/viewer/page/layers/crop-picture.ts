import type { SlideFacts } from '../../contract.ts';
import { getTileAddress } from '../data/addresses.ts';
import type { Box } from '../pane/pane.ts';
import { chooseSlideLevels } from '../pane/slide-levels.ts';
import { fetchBitmap } from '../pane/slide-tile-source.ts';

/** What of the slide is drawn: `view` and the version of its tiles as in `SlideTileOptions`. */
export interface Crop {
  readonly facts: SlideFacts;
  readonly view: string | null;
  readonly version: string;
  /** Level-0 pixels. */
  readonly box: Box;
}

/**
 * Draws a part of the slide so that it fills the canvas, from the coarsest tiles that are fine enough: the same files that the pane
 * shows. @throws FetchError where a tile can't be read; `signal.reason`
 */
export async function drawCrop(canvas: HTMLCanvasElement, crop: Crop, signal: AbortSignal): Promise<void> {
  const { facts, view, version, box } = crop;
  const { tileSize } = facts.deepZoom;
  const scale = canvas.width / box.width;
  const levels = chooseSlideLevels(facts);
  const level = levels.find(({ downsample }) => downsample * scale <= 1) ?? levels.at(-1);
  const context = canvas.getContext('2d');
  if (level === undefined || context === null) return;
  const side = tileSize * level.downsample;
  const tiles = listTiles(box, facts, side).map(async ({ col, row }) => {
    const folder = view === null ? null : `views/${view}`;
    const address = getTileAddress(facts.id, folder, { level: level.level, col, row, format: 'jpg', version });
    return { col, row, bitmap: await fetchBitmap(address, signal) };
  });
  for (const { col, row, bitmap } of await Promise.all(tiles)) {
    signal.throwIfAborted();
    const [x, y] = [(col * side - box.x) * scale, (row * side - box.y) * scale];
    const shrink = level.downsample * scale;
    context.drawImage(bitmap, x, y, bitmap.width * shrink, bitmap.height * shrink);
    bitmap.close();
  }
}

/** Tiles of `side` level-0 pixels that a box meets, of those that the slide has. */
function listTiles(box: Box, { width, height }: SlideFacts, side: number): { col: number; row: number }[] {
  const range = (from: number, length: number, whole: number): number[] => {
    const first = Math.max(0, Math.floor(from / side));
    const last = Math.min(Math.ceil(whole / side), Math.ceil((from + length) / side));
    return Array.from({ length: Math.max(0, last - first) }, (_, i) => first + i);
  };
  const cols = range(box.x, box.width, width);
  return range(box.y, box.height, height).flatMap((row) => cols.map((col) => ({ col, row })));
}
