import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { formatDeepZoom } from '../../io/format-deep-zoom.ts';
import { getErrorCode, toOutputError } from '../../utils/output-error.ts';
import { type DrawnTile, drawTiles, listLevels } from './draw-tiles.ts';
import { createAdvance, type OverlayJob, TILE_SIZE } from './overlay-job.ts';

/** What a folder of tiles holds: enough to see that one was changed or lost. */
export interface TileFolder {
  readonly tiles: number;
  readonly bytes: number;
}

/**
 * Fills a folder with the tiles of a Deep Zoom picture, `<level>/<column>_<row>.png`, level 0 of one pixel. Each level is drawn
 * from the scores at its own downsample.
 * @throws OutputError, AbortedError
 */
export async function writeDziTiles(folder: string, job: OverlayJob): Promise<TileFolder> {
  const { slide, downsample, drawing } = job;
  const levels = listLevels(slide, { downsample, until: 1 });
  const advance = createAdvance(job, levels);
  const empties = new Map<string, Uint8Array>();
  let [tiles, bytes] = [0, 0];
  try {
    for (const [index, level] of levels.entries()) {
      const place = join(folder, String(levels.length - 1 - index));
      await mkdir(place, { recursive: true });
      for (const tile of drawTiles(drawing, level, TILE_SIZE)) {
        const file = await encodeTile(tile, empties);
        await writeFile(join(place, `${tile.column}_${tile.row}.png`), file);
        tiles++;
        bytes += file.length;
        await advance();
      }
    }
  } catch (cause) {
    if (getErrorCode(cause) === undefined) throw cause;
    throw toOutputError(folder, cause);
  }
  return { tiles, bytes };
}

/** The descriptor that stands beside the folder. */
export function createDzi({ slide, downsample }: Pick<OverlayJob, 'slide' | 'downsample'>): string {
  const [level] = listLevels(slide, { downsample, until: Number.POSITIVE_INFINITY });
  const { width = 1, height = 1 } = level ?? {};
  return formatDeepZoom({ width, height, tileSize: TILE_SIZE, format: 'png' });
}

/** Transparent tiles of one shape are the same file. */
async function encodeTile({ width, height, pixels }: DrawnTile, empties: Map<string, Uint8Array>): Promise<Uint8Array> {
  const shape = `${width}x${height}`;
  const known = pixels ? undefined : empties.get(shape);
  if (known) return known;
  const { sharp } = await import('../../io/codec/sharp.ts');
  const data = pixels ?? new Uint8Array(width * height * 4);
  const file = await sharp(data, { raw: { width, height, channels: 4 } })
    .png({ compressionLevel: 6 })
    .toBuffer();
  if (!pixels) empties.set(shape, file);
  return file;
}
