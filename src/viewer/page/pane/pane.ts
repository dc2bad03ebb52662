import type { ReadonlySignal, Signal } from '@preact/signals';
import type OpenSeadragon from 'openseadragon';
import type { SlideFacts } from '../../contract.ts';
import type { PaneSpec } from './pane-spec.ts';
import type { Box, Place, Sight } from './places.ts';
import type { TileSource } from './tile-source.ts';

export type { PaneSpec } from './pane-spec.ts';
export type { Box, Place, Sight } from './places.ts';

/** A slide on the screen. The frame opens and closes it; parts attach to it. */
export interface Pane {
  readonly spec: PaneSpec;
  readonly facts: SlideFacts;
  /** OpenSeadragon's, for what is not offered here. One unit of its viewport is the slide's width. */
  readonly viewer: OpenSeadragon.Viewer;
  /** Holds the canvas; events bubble to it. */
  readonly element: HTMLElement;
  /** Changes with each frame in which the slide moves; x, y are the level-0 pixel in the middle. */
  readonly sight: ReadonlySignal<Sight>;
  /** Level-0 pixel under the pointer; null where there is none. */
  readonly pointer: ReadonlySignal<Place | null>;
  /** Tiles that could not be read since it was opened. */
  readonly failures: ReadonlySignal<number>;
  /** Whether tiles of what is seen are still on their way. */
  readonly loading: ReadonlySignal<boolean>;
  /** The name of the tool that the pointer works for, by which tools know of each other; null: none. */
  readonly tool: Signal<string | null>;
  /** From CSS pixels of `element` to level-0 pixels. */
  toSlide(place: Place): Place;
  /** From level-0 pixels to CSS pixels of `element`. */
  toElement(place: Place): Place;
  /** What is left out stays. `at once` skips the animation. */
  moveTo(change: Partial<Omit<Sight, 'width' | 'height'>>, atOnce?: boolean): void;
  /** Shows a box of level-0 pixels as large as it fits. */
  fit(box: Box, atOnce?: boolean): void;
  /** Lays a pyramid over the slide (or under what has a greater `order`). */
  addPicture(options: PictureOptions): PanePicture;
  /** What lies in it now, the lowest first. */
  listPictures(): readonly ShownPicture[];
}

export interface PictureOptions {
  readonly source: TileSource;
  /** Level-0 pixels that it covers. */
  readonly box: Box;
  /** The slide has 0; greater lies above. */
  readonly order: number;
  readonly opacity?: number;
  /** As in CSS. */
  readonly blend?: 'source-over' | 'multiply' | 'screen' | 'lighter';
}

/** A pyramid as it is shown. */
export type ShownPicture = Required<PictureOptions>;

/** A pyramid that lies in a pane. */
export interface PanePicture {
  setOpacity(opacity: number): void;
  setOrder(order: number): void;
  remove(): void;
  /** OpenSeadragon's; undefined until it is in place. */
  readonly image: OpenSeadragon.TiledImage | undefined;
}
