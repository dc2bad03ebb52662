import type { Slide } from '../slide/slide.ts';
import type { AnswerCache } from './answer-cache.ts';
import type { ServedSlide } from './collection.ts';
import { type DeepZoomLevel, getTileBox, type TileBox } from './deep-zoom.ts';
import type { FairQueue } from './fair-queue.ts';
import { encodeOverlayTile } from './overlays/encode-overlay-tile.ts';
import type { OverlayShelf } from './overlays/overlay-shelf.ts';
import type { Asker, Picture, PictureMenu, Recolor, TileAt } from './picture.ts';
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

/** The stored tile as it is, where it may be handed out so. */
type PassOn = () => Promise<Uint8Array | undefined>;

/** Each picture is kept when it is made, made once for all who wait, and waits for its client's turn. */
export function createPictureMenu({ cache, queue, renderer, overlays, quality, useSlide }: PictureTools): PictureMenu {
  const stored = createStoredTiles();

  /** @param draw is told the client who asked first, and a signal that fires when all who wait have gone */
  function keep(key: string, draw: (asker: Asker) => Promise<Uint8Array>): Picture {
    return {
      key,
      find: () => cache.find(key),
      make: ({ client, signal }) => cache.get(key, (gone) => draw({ client, signal: gone }), signal),
    };
  }

  function prepare(
    view: SlideView,
    source: PictureSource,
    { format, recolor, pass }: { format: PictureFormat['format']; recolor: Recolor | undefined; pass?: PassOn },
  ): Picture {
    const { address, options } = view.served;
    const job = { slide: { address, options }, source, format, quality };
    return keep(JSON.stringify([view.version, source, format, quality, recolor?.key]), async (asker) => {
      const passed = await pass?.();
      if (passed) return passed;
      const colors = await recolor?.findColors(asker);
      return queue.run(asker.client, () => renderer.render({ ...job, colors }, asker.signal), asker.signal);
    });
  }

  function getOverlayTile(path: string, version: string, at: TileAt): Picture {
    const key = JSON.stringify([version, at]);
    const draw = (gone: AbortSignal) =>
      overlays.use({ path, version }, async (overlay) => {
        const tile = await overlay.readTile(at, gone);
        if (tile) return encodeOverlayTile(tile);
        throw new RequestError(404, `level ${at.level} has no tile at column ${at.col}, row ${at.row}`);
      });
    return keep(key, ({ client, signal }) => queue.run(client, () => draw(signal), signal));
  }

  function getTile(
    view: SlideView,
    at: TileAt,
    format: PictureFormat['format'],
    recolor?: Recolor,
  ): Picture | undefined {
    const level = view.grid.levels[at.level];
    const box = level && getTileBox(view.grid, level, at);
    if (!box) return undefined;
    if (level.stored === undefined) return prepare(view, createMadeSource(view, level, box), { format, recolor });
    const source = { kind: 'level', level: level.stored, ...box } as const;
    const { tileSize } = view.grid;
    const whole = box.width === tileSize && box.height === tileSize;
    if (recolor || format !== 'jpg' || !whole) return prepare(view, source, { format, recolor });
    const place = { level: level.stored, col: at.col, row: at.row, width: box.width, height: box.height };
    // Passed on from here: to have a worker do it would take longer than the work.
    const pass = () => useSlide(view.served, (slide) => stored.read(slide, place));
    return prepare(view, source, { format, recolor, pass });
  }

  return {
    getTile,
    getPicture: (view, source, format, recolor) => prepare(view, source, { format, recolor }),
    getOverlayTile,
  };
}

/** Of a level that the slide does not store. */
function createMadeSource({ grid }: SlideView, level: DeepZoomLevel, box: TileBox): PictureSource {
  if (level.means) return { kind: 'means', ...level.means, ...box };
  const downsample = { x: grid.width / level.width, y: grid.height / level.height };
  return { kind: 'area', ...box, x: box.x * downsample.x, y: box.y * downsample.y, downsample };
}
