/**
 * What the server says to the page, and what a static export holds: types alone, for both sides. Addresses are relative to the page's
 * own, and each can be a file, so that a folder on any web server answers like `slideloom view`. Numbers in binary files are
 * little-endian; coordinates are level-0 pixels from the slide's top left.
 */

/** `viewer.json`: the page as a whole. */
export interface PageFacts {
  readonly title: string;
  /** Of slideloom. */
  readonly version: string;
  /** Polygons may be drawn and saved. */
  readonly editable: boolean;
  /** A folder of files: nothing can be asked for that is not there. */
  readonly exported: boolean;
}

/** `cohort.json`: the slides, and what a run says of each. */
export interface CohortFacts {
  /** Columns of `values`, in order. */
  readonly columns: readonly { readonly name: string; readonly kind: 'text' | 'number' }[];
  readonly slides: readonly CohortSlide[];
}

export interface CohortSlide {
  readonly id: string;
  /** As the run says it (`done`, `failed`); null where there is no run. */
  readonly status: string | null;
  /** Why it failed. */
  readonly error: string | null;
  /** By column; null where there is nothing. */
  readonly values: Readonly<Record<string, string | number | null>>;
  /** It is in the list alone: its file is not where it was, or a static export could not be made of it. */
  readonly missing?: boolean;
}

/** `slides/ID/facts.json`: a slide. */
export interface SlideFacts {
  readonly id: string;
  readonly format: string;
  /** Level-0 pixels. */
  readonly width: number;
  readonly height: number;
  /** Microns per level-0 pixel; null where the slide says nothing. */
  readonly mpp: { readonly x: number; readonly y: number; readonly source: string } | null;
  readonly objective: number | null;
  readonly vendor: string | null;
  readonly background: 'bright' | 'dark';
  readonly levels: readonly {
    readonly width: number;
    readonly height: number;
    readonly downsample: { readonly x: number; readonly y: number };
    readonly tileWidth: number;
    readonly tileHeight: number;
    readonly codec: string;
  }[];
  readonly channels: readonly {
    readonly name: string;
    readonly bitDepth: number;
    readonly color: readonly number[] | null;
  }[];
  readonly associated: readonly string[];
  readonly overlays: readonly string[];
  /** What it can be shown as beside itself. */
  readonly views: readonly ViewFacts[];
  readonly version: string;
  /** The grid of the `.dzi`; `stored` are its levels that need no averaging: coarsest first. */
  readonly deepZoom: { readonly tileSize: number; readonly levels: number; readonly stored: readonly number[] };
}

/** `slides/ID/layers.json`: what lies over a slide, the lowest first. */
export interface LayerList {
  readonly layers: readonly LayerFacts[];
  /** Files that should be layers and can't be read. */
  readonly problems: readonly LayerProblem[];
}

export interface LayerProblem {
  readonly name: string;
  readonly title: string;
  /** Why, for people. */
  readonly message: string;
}

export type LayerFacts = PictureLayerFacts | PolygonLayerFacts | PatchLayerFacts;

interface NamedLayer {
  /** Names it in addresses and deep links. */
  readonly name: string;
  /** For people. */
  readonly title: string;
  /** Shown when the slide is opened. */
  readonly shown: boolean;
  /** Changes with what it is made of: `?v=` of its addresses. */
  readonly version: string;
  /** What of its file is not shown, for people. */
  readonly notices: readonly string[];
}

/** A pyramid: `slides/ID/overlays/NAME_files/LEVEL/COL_ROW.png`, Deep Zoom without overlap. */
export interface PictureLayerFacts extends NamedLayer {
  readonly kind: 'picture';
  readonly width: number;
  readonly height: number;
  /** Level-0 pixels of the slide to one of the layer; its last column and row may reach over the slide's edge. */
  readonly downsample: { readonly x: number; readonly y: number };
  readonly tileSize: number;
  readonly levels: number;
  /** Of masks: the classes. */
  readonly labels: readonly { readonly value: number; readonly name: string; readonly color: Color }[];
  /** Of heatmaps: what colours mean. */
  readonly legend: HeatLegend | null;
}

/** Red, green, blue: 0 to 255. */
export type Color = readonly [number, number, number];

export interface HeatLegend {
  /** What the numbers are: `attention`, a class. */
  readonly title: string;
  /** Colours from the least to the greatest, evenly spaced. */
  readonly colors: readonly Color[];
  /** Numbers at both ends, where colours go by number; null where they go by rank. */
  readonly range: readonly [number, number] | null;
}

/**
 * Outlines: `slides/ID/polygons/NAME.bin` (see `PolygonTable`), and `NAME.geojson`.
 */
export interface PolygonLayerFacts extends NamedLayer {
  readonly kind: 'polygons';
  /** Position in this list is the class of a polygon. */
  readonly classes: readonly { readonly name: string; readonly color: Color; readonly count: number }[];
  readonly polygons: number;
  readonly points: number;
  /** Drawn and saved here: it can be changed and saved again. */
  readonly drawn: boolean;
}

/**
 * `polygons/NAME.bin`: uint32 polygons P, rings R, points N, 0; uint32 class [P]; uint32 first ring [P + 1]; uint32 first point [R + 1];
 * float32 x, y [2 N]. The first ring of a polygon is its outline, the others are holes; rings are not closed by a repeated point.
 */
export interface PolygonTable {
  readonly classes: Uint32Array;
  readonly firstRings: Uint32Array;
  readonly firstPoints: Uint32Array;
  readonly points: Float32Array;
}

/**
 * Rectangles with numbers: `slides/ID/patches/NAME/boxes.bin` is float32 x, y, width, height of each; `columns/K.bin` float32 of
 * each (NaN where there is none); `rows/CHUNK.json` a `PatchRows` of the rows from CHUNK x `chunk` on.
 */
export interface PatchLayerFacts extends NamedLayer {
  readonly kind: 'patches';
  readonly count: number;
  /** Rows of a file of rows. */
  readonly chunk: number;
  /** Numbers by which patches can be coloured; `range` is null where none has a number. */
  readonly columns: readonly { readonly name: string; readonly range: readonly [number, number] | null }[];
  /** Column that is shown at first: tissue fraction, attention; null: outlines alone. */
  readonly shownColumn: number | null;
}

export interface PatchRows {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/**
 * A slide in other colours: `slides/ID/views/NAME_files/LEVEL/COL_ROW.jpg`, on the slide's own grid. `stain` is the whole slide with its
 * stains normalised, `channel` one channel of several as grey.
 */
export interface ViewFacts {
  /** Names it in addresses and deep links. */
  readonly name: string;
  /** For people: `Normalised (macenko)`, `DAPI`. */
  readonly title: string;
  readonly kind: 'stain' | 'channel';
  /** In which a channel is shown together with the others. */
  readonly color: Color | null;
  /** `?v=` of its addresses: changes with the slide, and with how colours are changed. */
  readonly version: string;
}

/** `slides/ID/views/NAME.json`: whether it can be shown. The slide's stains are looked for before it is answered. */
export interface ViewState extends ViewFacts {
  /** Why it has no tiles, as for a slide without tissue; null where it has. */
  readonly problem: string | null;
}
