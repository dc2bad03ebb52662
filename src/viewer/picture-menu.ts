import type { Slide } from '../slide/slide.ts';
import type { AnswerCache } from './answer-cache.ts';
import type { ServedSlide } from './collection.ts';
import { getTileBox } from './deep-zoom.ts';
import type { FairQueue } from './fair-queue.ts';
import { createOverlayMenu } from './overlays/overlay-menu.ts';
import type { OverlayShelf } from './overlays/overlay-shelf.ts';
import type { Asker, Picture, PictureMenu, Recolor, TileAt } from './picture.ts';
import type { PictureFormat, PictureSource, Renderer } from './render/picture-job.ts';
import { hasIdentity } from './slide-shelf.ts';
import type { SlideView } from './slide-view.ts';
import { createStoredTiles, type StoredTilePlace } from './stored-tile.ts';

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
    const job = { slide: view.source, source, format, quality };
    return keep(JSON.stringify([view.version, source, format, quality, recolor?.key]), async (asker) => {
      const passed = await pass?.();
      if (passed) return passed;
      const colors = await recolor?.findColors(asker);
      return queue.run(asker.client, () => renderer.render({ ...job, colors }, asker.signal), asker.signal);
    });
  }

  function getTile(
    view: SlideView,
    at: TileAt,
    format: PictureFormat['format'],
    recolor?: Recolor,
  ): Picture | undefined {
    const plan = planTile(view, at);
    if (!plan) return undefined;
    const { source, place } = plan;
    if (recolor || format !== 'jpg' || !place) return prepare(view, source, { format, recolor });
    // Passed on from here: to have a worker do it would take longer than the work.
    const { identity } = view.source;
    const pass = () =>
      useSlide(view.served, (slide) => (hasIdentity(slide, identity) ? stored.read(slide, place) : undefined));
    return prepare(view, source, { format, recolor, pass });
  }

  return {
    getTile,
    getPicture: (view, source, format, recolor) => prepare(view, source, { format, recolor }),
    ...createOverlayMenu({ queue, overlays, quality }, keep),
  };
}

/** What a tile is made of, and where a whole one is stored; undefined where the grid has no such tile. */
function planTile(
  { grid }: SlideView,
  at: TileAt,
): { readonly source: PictureSource; readonly place: StoredTilePlace | undefined } | undefined {
  const level = grid.levels[at.level];
  const box = level && getTileBox(grid, level, at);
  if (!box) return undefined;
  const { stored, means } = level;
  if (stored !== undefined) {
    const { width, height } = box;
    const whole = width === grid.tileSize && height === grid.tileSize;
    const place = whole ? { level: stored, col: at.col, row: at.row, width, height } : undefined;
    return { source: { kind: 'level', level: stored, ...box }, place };
  }
  if (means) return { source: { kind: 'means', ...means, ...box }, place: undefined };
  const downsample = { x: grid.width / level.width, y: grid.height / level.height };
  const corner = { x: box.x * downsample.x, y: box.y * downsample.y };
  return { source: { kind: 'area', ...box, ...corner, downsample }, place: undefined };
}
