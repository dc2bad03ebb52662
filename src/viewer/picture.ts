import type { PictureFormat, PictureSource } from './render/picture-job.ts';
import type { SlideView } from './slide-view.ts';
import type { StainColors } from './views/stain-plan.ts';

/** Who asks, and until when. */
export interface Asker {
  readonly client: string;
  readonly signal: AbortSignal;
}

/** A tile of the Deep Zoom grid. */
export interface TileAt {
  readonly level: number;
  readonly col: number;
  readonly row: number;
}

/** A region inside a picture, in its own finest pixels, and the size at which it is shown. */
export interface PicturePart {
  readonly region: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
  readonly size: { readonly width: number; readonly height: number };
  readonly format: PictureFormat['format'];
}

/** What a picture is of, before it is made: its key is all that it depends on beside the slide's version. */
export interface Picture {
  readonly key: string;
  /** Where it is kept. */
  find(): Uint8Array | undefined;
  make(asker: Asker): Promise<Uint8Array>;
}

/** Other colours for a slide's pictures. */
export interface Recolor {
  /** What they depend on beside the slide's version. */
  readonly key: unknown;
  /** @throws StainError where the slide has no stains; what reading it throws */
  findColors(asker: Asker): Promise<StainColors>;
}

/** What can be asked for. */
export interface PictureMenu {
  /** Undefined where the grid has no such tile. */
  getTile(view: SlideView, at: TileAt, format: PictureFormat['format'], recolor?: Recolor): Picture | undefined;
  getPicture(view: SlideView, source: PictureSource, format: PictureFormat['format'], recolor?: Recolor): Picture;
  /** Of the overlay at that path: a PNG. Making it throws RequestError 404 where its grid has no such tile. */
  getOverlayTile(path: string, version: string, at: TileAt): Picture;
  /** Of the same: PNG, or JPEG on white; see `readOverlayPart`. */
  getOverlayPart(path: string, version: string, part: PicturePart): Picture;
}
