import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import { OptionError, SourceError } from '../../utils/errors.ts';
import type { SlideCollection } from '../collection.ts';
import type { OverlayInput } from '../options.ts';
import { createShelf, type Shelf } from '../shelf.ts';
import { type Overlay, openOverlay } from './open-overlay.ts';

/** The overlays of the slides that are served. */
export interface OverlayShelf {
  /** Names, in the order given. */
  list(slideId: string): readonly string[];
  /** Path without links; undefined where the slide has no such overlay. */
  find(slideId: string, name: string): string | undefined;
  readonly open: Shelf<string, Overlay>;
}

/** @throws OptionError for an overlay of no slide that is served, or of a name that is there already; SourceError */
export async function createOverlayShelf(
  overlays: readonly OverlayInput[],
  { slides }: SlideCollection,
  maxOpen: number,
): Promise<OverlayShelf> {
  const paths = new Map<string, Map<string, string>>();
  for (const { slide, name, path } of overlays) {
    const served =
      slides.get(slide) ?? [...slides.values()].find((one) => one.path === slide || one.path === resolve(slide));
    if (!served) throw new OptionError('overlays', 'slides that are served, by id or path', slide);
    const own = paths.get(served.id) ?? new Map<string, string>();
    if (own.has(name)) throw new OptionError('overlays', 'another name for each overlay of a slide', name);
    const real = await realpath(path).catch((cause: unknown) => {
      throw new SourceError(path, 'the overlay can not be read', { cause });
    });
    paths.set(served.id, own.set(name, real));
  }
  return {
    list: (slideId) => [...(paths.get(slideId)?.keys() ?? [])],
    find: (slideId, name) => paths.get(slideId)?.get(name),
    open: createShelf(maxOpen, openOverlay),
  };
}
