import type { Box } from '../../../../geometry/polygon.ts';
import type { PatchStyle } from '../patches/patch-style.ts';
import type { Order } from '../patches/rank-patches.ts';
import type { PolygonStyle } from '../polygons/polygon-style.ts';
import type { TileFrame } from '../tile-frame.ts';

/** Where the worker finds a layer's files. Addresses are absolute: a worker's own place is another than the page's. */
export type LayerFiles =
  | { readonly kind: 'patches'; readonly boxes: string; readonly columns: readonly string[]; readonly count: number }
  | { readonly kind: 'polygons'; readonly file: string };

/** How a layer is drawn: of the same kind as its files. */
export type LayerStyle = ({ readonly kind: 'patches' } & PatchStyle) | ({ readonly kind: 'polygons' } & PolygonStyle);

/** What the page asks; `Answers` has what comes back. `layer` is a key of the page's choice, the same for the same files. */
export type Question = { readonly layer: string; readonly files: LayerFiles } & (
  | { readonly ask: 'load'; readonly column: number | null }
  | { readonly ask: 'draw'; readonly frame: TileFrame; readonly style: LayerStyle }
  | { readonly ask: 'find'; readonly x: number; readonly y: number; readonly hidden: readonly number[] }
  | { readonly ask: 'outline'; readonly item: number }
  | {
      readonly ask: 'rank';
      readonly column: number | null;
      readonly order: Order;
      readonly from: number;
      readonly count: number;
    }
  | { readonly ask: 'place'; readonly column: number | null; readonly order: Order; readonly item: number }
);

/** An `ImageBitmap`: named by what is used of it where there is no browser. */
export interface TilePicture {
  readonly width: number;
  readonly height: number;
  close(): void;
}

export interface Answers {
  /** Patches or polygons of the layer. */
  readonly load: number;
  /** Null where the tile is empty. */
  readonly draw: TilePicture | null;
  /** Positions in the layer's files: the smallest first, without those of hidden classes. */
  readonly find: readonly number[];
  /** To mark it; of a patch its corners. */
  readonly outline: ItemOutline;
  /** Items `from` on in this order, and their numbers (NaN without one). */
  readonly rank: readonly { readonly item: number; readonly value: number }[];
  /** Position of an item in this order. */
  readonly place: number;
}

export interface ItemOutline {
  /** Level-0 pixels. */
  readonly box: Box;
  /** x, y of level-0 pixels, with no more points than a screen needs. */
  readonly rings: readonly Float32Array[];
  /** Of a polygon. */
  readonly class: number;
  /** Level-0 pixels. */
  readonly area: number;
}

export type ToWorker =
  | { readonly kind: 'ask'; readonly job: number; readonly question: Question }
  | { readonly kind: 'cancel'; readonly job: number }
  | { readonly kind: 'forget'; readonly layer: string };

export type FromWorker =
  | { readonly job: number; readonly answer: Answers[keyof Answers] }
  | { readonly job: number; readonly error: string };
