import OpenSeadragon from 'openseadragon';
import type { TileAt, TileGrid } from './tile-grid.ts';

export type { TileAt, TileGrid } from './tile-grid.ts';

/**
 * A tile's picture, at most `tileSize` on a side; null where there is nothing to show. A bitmap is closed after use. What it throws
 * makes the tile a failed one.
 */
export type LoadTile = (at: TileAt, signal: AbortSignal) => Promise<ImageBitmap | null>;

export interface TileSource extends OpenSeadragon.TileSource {
  readonly grid: TileGrid;
  readonly load: LoadTile;
}

/**
 * For `Pane.addPicture`: tiles may come from an address or be drawn by a worker. OpenSeadragon keeps tiles by `key`, so that two
 * sources with one key must have the same tiles. What is `opaque` has no transparent pixels, and is drawn faster.
 */
export function createTileSource(
  grid: TileGrid,
  key: string,
  load: LoadTile,
  { opaque = false }: { readonly opaque?: boolean } = {},
): TileSource {
  const { width, height, tileSize, downsamples } = grid;
  const source = new OpenSeadragon.TileSource({
    ...{ width, height, tileSize, tileOverlap: 0, minLevel: 0, maxLevel: downsamples.length - 1 },
  });
  const jobs = new Map<OpenSeadragon.ImageJob, AbortController>();
  return Object.assign(source, {
    grid,
    load,
    getLevelScale: (level: number) => 1 / (downsamples[level] ?? 1),
    getTileUrl: (level: number, col: number, row: number) => `${key}#${level}/${col}_${row}`,
    hasTransparency: () => !opaque,
    downloadTileStart: (job: OpenSeadragon.ImageJob) => {
      const controller = new AbortController();
      jobs.set(job, controller);
      void runJob(job, load, controller.signal).finally(() => jobs.delete(job));
    },
    downloadTileAbort: (job: OpenSeadragon.ImageJob) => jobs.get(job)?.abort(),
    // OpenSeadragon forgets what is under way when a picture is taken out, and would wait for it before it loads others.
    destroy: () => {
      for (const [job, controller] of jobs) {
        controller.abort();
        job.finish(draw(null), null, 'context2d');
      }
    },
  });
}

async function runJob(job: OpenSeadragon.ImageJob, load: LoadTile, signal: AbortSignal): Promise<void> {
  try {
    const bitmap = await load(parseTileKey(job.src), signal);
    if (signal.aborted) bitmap?.close();
    else job.finish(draw(bitmap), null, 'context2d');
  } catch (error) {
    if (!signal.aborted) job.fail(String(error), null);
  }
}

/** A canvas stays on the graphics processor where there is one. */
function draw(bitmap: ImageBitmap | null): CanvasRenderingContext2D | null {
  const canvas = document.createElement('canvas');
  canvas.width = bitmap?.width ?? 1;
  canvas.height = bitmap?.height ?? 1;
  const context = canvas.getContext('2d');
  if (bitmap) context?.drawImage(bitmap, 0, 0);
  bitmap?.close();
  return context;
}

function parseTileKey(address: string): TileAt {
  const [, level, col, row] = /#(\d+)\/(\d+)_(\d+)$/.exec(address) ?? [];
  return { level: Number(level), col: Number(col), row: Number(row) };
}
