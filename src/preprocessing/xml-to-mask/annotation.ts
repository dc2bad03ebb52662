import type { Polygon } from '../../geometry/polygon.ts';
import type { PixelRuns } from './kernels/pixel-runs.ts';

/** What somebody has drawn on a slide, whatever program it was drawn with. Coordinates are level-0 pixels. */
export interface AnnotationSet {
  /** Name of the reader: aperio, asap, geojson, ndpa, halo, ncrf. */
  readonly format: string;
  /** File it was read from. */
  readonly source: string;
  readonly layers: readonly AnnotationLayer[];
  /** What was left out, and why: rulers, arrows, shapes without area ... */
  readonly notices: readonly string[];
}

/** Regions that belong together: a layer of ImageScope, a group of ASAP, all there is where a format has none. */
export interface AnnotationLayer {
  readonly name: string;
  /** Red, green, blue, 0..255. */
  readonly color?: readonly [red: number, green: number, blue: number] | undefined;
  readonly attributes: ReadonlyMap<string, string>;
  readonly regions: readonly AnnotationRegion[];
}

/** One drawn shape. */
export interface AnnotationRegion {
  readonly id?: string | undefined;
  /** Name or text that the user gave it. */
  readonly name?: string | undefined;
  /** Class by the file's own word: QuPath's classification, ASAP's group, ImageScope's layer name or value. */
  readonly className?: string | undefined;
  readonly color?: readonly [red: number, green: number, blue: number] | undefined;
  readonly kind: 'polygon' | 'rectangle' | 'ellipse' | 'spline' | 'point' | 'line';
  /** Whether it is cut out of its layer (ImageScope's NegativeROA). */
  readonly negative: boolean;
  /** Filled areas; none for points and lines. */
  readonly polygons: readonly Polygon[];
  /** Of points and lines: x0, y0, x1, y1 ... */
  readonly points?: Float64Array | undefined;
  readonly attributes: ReadonlyMap<string, string>;
  readonly measurements?: ReadonlyMap<string, number> | undefined;
}

/** A polygon that is painted into a mask. Shapes are painted in their order, later ones over earlier ones. */
export interface MaskShape {
  readonly polygon: Polygon;
  /** 1..255; 0 erases what is below. */
  readonly label: number;
}

/** Pixels of a mask: pixel (i, j) covers level-0 x from `i * downsample.x` to `(i + 1) * downsample.x`, and y likewise. */
export interface MaskGrid {
  readonly width: number;
  readonly height: number;
  readonly downsample: { readonly x: number; readonly y: number };
}

/**
 * Which pixels a polygon takes:
 * - `pixel-centre`: whose centre is inside, even-odd, half-open (a centre on an edge belongs to one side only);
 * - `nonzero`: the same with the winding number, so that self-overlaps stay filled; holes are cut out whichever way they are
 *   drawn;
 * - `all-touched`: that have a point of the polygon inside them; a shared side or corner does not count;
 * - `cv2`: as `cv2.fillPoly` with vertices cut to whole mask pixels: edges included.
 */
export type MaskRule = 'pixel-centre' | 'nonzero' | 'all-touched' | 'cv2';

/** Paints any part of a mask. Memory: the edges, and rows of the tile that is asked for. */
export interface MaskRasterizer {
  readonly grid: MaskGrid;
  /**
   * Labels of the pixels of a box of the mask, row by row without gaps, into `target`.
   * @returns the label where the whole box has one, and `target` may then be anything; undefined where it was painted
   */
  rasterize(box: { x: number; y: number; width: number; height: number }, target: Uint8Array): number | undefined;
  /**
   * The same as runs of equal labels, which are told from the edges where a box has one shape only. Where a rasteriser can't,
   * runs are found in the pixels.
   * @param into `runs` are written where undefined is returned; `spare` has room for the box
   * @returns the label where the whole box has one
   */
  findRuns?(
    box: { x: number; y: number; width: number; height: number },
    into: { readonly runs: PixelRuns; readonly spare: Uint8Array },
  ): number | undefined;
}
