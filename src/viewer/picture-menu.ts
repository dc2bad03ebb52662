import type { Slide } from '../slide/slide.ts';
import type { AnswerCache } from './answer-cache.ts';
import type { ServedSlide } from './collection.ts';
import { getTileBox } from './deep-zoom.ts';
import type { FairQueue } from './fair-queue.ts';
import { encodeOverlayTile } from './overlays/encode-overlay-tile.ts';
import type { OverlayShelf } from './overlays/overlay-shelf.ts';
import type { Picture, PictureMenu, TileAt } from './picture.ts';
import { RequestError } from './problem.ts';
import type { PictureFormat, PictureSource, Renderer } from './render/picture-job.ts';
import type { SlideView } from './slide-view.ts';
import { createStoredTiles } from './stored-tile.ts';

/** What pictures are made with. */
export interface PictureTools {
  readonly cache: AnswerCache;
  readonly queue: FairQueue;
  readonly renderer: Renderer;
  readonly overlays: OverlayShelf;
  /** Of JPEG, 1 to 100. */
  readonly quality: number;
  /** Lends a slide of the server's own thread. */
  useSlide<T>(served: ServedSlide, use: (slide: Slide) => Promise<T> | T): Promise<T>;
}

/** Each picture is kept when it is made, made once for all who wait, and waits for its client's turn. */
export function createPictureMenu({ cache, queue, renderer, overlays, quality, useSlide }: PictureTools): PictureMenu {
  const stored = createStoredTiles();

  function getPicture(view: SlideView, source: PictureSource, format: PictureFormat['format']): Picture {
    const { address, options } = view.served;
    const job = { slide: { address, options }, source, format, quality };
    const key = JSON.stringify([view.version, source, format, quality]);
    return {
      key,
      make: ({ client, signal }) =>
        cache.get(key, (gone) => queue.run(client, () => renderer.render(job, gone), gone), signal),
    };
  }

  function getOverlayTile(path: string, version: string, at: TileAt): Picture {
    const key = JSON.stringify([version, at]);
    const draw = (gone: AbortSignal) =>
      overlays.open.use(path, path, async (overlay) => {
        const tile = await overlay.readTile(at, gone);
        if (tile) return encodeOverlayTile(tile);
        throw new RequestError(404, `level ${at.level} has no tile at column ${at.col}, row ${at.row}`);
      });
    return {
      key,
      make: ({ client, signal }) => cache.get(key, (gone) => queue.run(client, () => draw(gone), gone), signal),
    };
  }

  function getTile(view: SlideView, at: TileAt, format: PictureFormat['format']): Picture | undefined {
    const level = view.grid.levels[at.level];
    const box = level && getTileBox(view.grid, level, at);
    if (!box) return undefined;
    if (level.stored === undefined) return getPicture(view, createAreaSource(view, at), format);
    const made = getPicture(view, { kind: 'level', level: level.stored, ...box }, format);
    const { tileSize } = view.grid;
    if (format !== 'jpg' || box.width < tileSize || box.height < tileSize) return made;
    const place = { level: level.stored, col: at.col, row: at.row, width: box.width, height: box.height };
    return {
      key: made.key,
      // Passed on from here: to have a worker do it would take longer than the work.
      make: async (asker) =>
        (await useSlide(view.served, (slide) => stored.read(slide, place))) ?? (await made.make(asker)),
    };
  }

  return { getTile, getPicture, getOverlayTile };
}

/** Means of a finer level: the last pixel of a row is as wide as what is left of the slide. */
function createAreaSource({ grid }: SlideView, { level: index, col, row }: TileAt): PictureSource {
  const level = grid.levels[index] ?? { width: 1, height: 1 };
  const downsample = { x: grid.width / level.width, y: grid.height / level.height };
  const x = col * grid.tileSize;
  const y = row * grid.tileSize;
  return {
    kind: 'area',
    x: x * downsample.x,
    y: y * downsample.y,
    width: Math.min(grid.tileSize, level.width - x),
    height: Math.min(grid.tileSize, level.height - y),
    downsample,
  };
}
