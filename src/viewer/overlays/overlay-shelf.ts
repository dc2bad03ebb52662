import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import { OptionError, SourceError } from '../../utils/errors.ts';
import type { SlideCollection } from '../collection.ts';
import type { OverlayInput } from '../options.ts';
import { createShelf } from '../shelf.ts';
import { openDziOverlay } from './open-dzi-overlay.ts';
import { type Overlay, openOverlay } from './open-overlay.ts';

/** An overlay's file, as it is. */
export interface OverlayFile {
  /** Without links. */
  readonly path: string;
  readonly version: string;
}

/** The overlays of the slides that are served. */
export interface OverlayShelf {
  /** Those given with a name, in the order given; paths are without links. */
  list(slideId: string): readonly { readonly name: string; readonly path: string }[];
  /** Lends an overlay, of these or any. @throws SourceError, TiffError, UnsupportedFormatError; what `work` throws */
  use<T>(file: OverlayFile, work: (overlay: Overlay) => Promise<T> | T): Promise<T>;
  close(): Promise<void>;
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
  const shelf = createShelf(maxOpen, (path: string) =>
    /\.dzi$/i.test(path) ? openDziOverlay(path) : openOverlay(path),
  );
  return {
    list: (slideId) => [...(paths.get(slideId) ?? [])].map(([name, path]) => ({ name, path })),
    // A file that took the place of another is opened anew.
    use: ({ path, version }, work) => shelf.use(`${version} ${path}`, path, work),
    close: () => shelf.close(),
  };
}
