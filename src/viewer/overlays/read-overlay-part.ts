import { copySamples, type SampleRun } from '../kernels/copy-samples.ts';
import type { PicturePart } from '../picture.ts';
import type { Overlay, OverlayTile } from './open-overlay.ts';

type PartShape = Pick<PicturePart, 'region' | 'size'>;

interface TileRun extends SampleRun {
  /** Column, or row, of the tile. */
  readonly tile: number;
  readonly places: number[];
}

/**
 * A region at any size. Each pixel is one of the overlay, at the corner of what it stands for, as the coarsest level has it that is
 * as fine: labels can't be averaged. Whole levels, and tiles of them, are as in Deep Zoom.
 * @throws TileError; AbortedError
 */
export async function readOverlayPart(
  overlay: Overlay,
  { region, size }: PartShape,
  signal: AbortSignal,
): Promise<OverlayTile> {
  const { tileSize, levels } = overlay.grid;
  const step = findStep({ region, size });
  const shrink = Math.max(0, Math.floor(Math.log2(Math.min(step.x, step.y))));
  const level = levels.length - 1 - shrink;
  const locate = (start: number, stride: number) => (index: number) =>
    Math.floor((start + Math.floor(index * stride)) / 2 ** shrink);
  const columns = groupByTile(size.width, locate(region.x, step.x), tileSize);
  const rows = groupByTile(size.height, locate(region.y, step.y), tileSize);
  const picture = { width: size.width, height: size.height, data: new Uint8Array(size.width * size.height * 4) };
  for (const down of rows) {
    for (const across of columns) {
      const tile = await overlay.readTile({ level, col: across.tile, row: down.tile }, signal);
      if (!tile) throw new RangeError('the region reaches over the overlay');
      copySamples(tile, across, down, picture);
    }
  }
  return picture;
}

/** Pixels of the overlay from one of the answer to the next: a power of two where the answer has a level's size. */
function findStep({ region, size }: PartShape): { readonly x: number; readonly y: number } {
  const scale = 2 ** Math.round(Math.log2(region.width / size.width));
  const whole = Math.ceil(region.width / scale) === size.width && Math.ceil(region.height / scale) === size.height;
  return whole ? { x: scale, y: scale } : { x: region.width / size.width, y: region.height / size.height };
}

/** @param locate the level's pixel for each of the answer's, never less than the one before */
function groupByTile(count: number, locate: (index: number) => number, tileSize: number): TileRun[] {
  const runs: TileRun[] = [];
  for (let index = 0; index < count; index++) {
    const place = locate(index);
    const tile = Math.floor(place / tileSize);
    const last = runs.at(-1);
    if (last?.tile === tile) last.places.push(place % tileSize);
    else runs.push({ tile, first: index, places: [place % tileSize] });
  }
  return runs;
}
