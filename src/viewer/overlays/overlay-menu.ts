import type { FairQueue } from '../fair-queue.ts';
import type { Asker, Picture, PictureMenu } from '../picture.ts';
import { refuseTile } from '../problem.ts';
import { encodeOverlayTile } from './encode-overlay-tile.ts';
import type { Overlay } from './open-overlay.ts';
import type { OverlayShelf } from './overlay-shelf.ts';
import { readOverlayPart } from './read-overlay-part.ts';

export interface OverlayTools {
  readonly queue: FairQueue;
  readonly overlays: OverlayShelf;
  /** Of JPEG, 1 to 100. */
  readonly quality: number;
}

/** @param keep a picture that is kept under the key when `draw` has made it */
export function createOverlayMenu(
  { queue, overlays, quality }: OverlayTools,
  keep: (key: string, draw: (asker: Asker) => Promise<Uint8Array>) => Picture,
): Pick<PictureMenu, 'getOverlayTile' | 'getOverlayPart'> {
  const prepare = (
    file: { readonly path: string; readonly version: string },
    key: unknown,
    draw: (overlay: Overlay, gone: AbortSignal) => Promise<Uint8Array>,
  ) =>
    keep(JSON.stringify([file.version, key]), ({ client, signal }) =>
      queue.run(client, () => overlays.use(file, (overlay) => draw(overlay, signal)), signal),
    );

  return {
    getOverlayTile: (path, version, at) =>
      prepare({ path, version }, at, async (overlay, gone) => {
        const tile = await overlay.readTile(at, gone);
        if (tile) return encodeOverlayTile(tile, { format: 'png', quality });
        throw refuseTile(at);
      }),
    getOverlayPart: (path, version, { region, size, format }) =>
      prepare({ path, version }, { region, size, format, quality }, async (overlay, gone) =>
        encodeOverlayTile(await readOverlayPart(overlay, { region, size }, gone), { format, quality }),
      ),
  };
}
