import type { Polygon } from '../../../geometry/polygon.ts';
import type { Slide } from '../../../slide/slide.ts';
import type { PatchGeometry } from '../patch-plan.ts';
import type { Axis } from './axis.ts';

/** What a plan needs to know of a slide. */
export type PlanSlide = Pick<Slide, 'name' | 'width' | 'height' | 'levels' | 'mpp'> &
  Partial<Pick<Slide, 'objectivePower'>>;

/** Every pair of an x and a y, level-0 pixels. */
export interface GridBlock {
  readonly xs: Axis;
  readonly ys: Axis;
  /** Which axis runs fastest: `rows` is row by row (x fastest), `columns` column by column. */
  readonly order: 'rows' | 'columns';
  /** Index of the polygon whose grid it is; undefined for a grid of the whole slide. */
  readonly polygon: number | undefined;
}

/** Offsets from a patch's corner to the points that the point rules ask about, level-0 pixels. */
export interface TestPoints {
  readonly center: { readonly x: number; readonly y: number };
  /** From the centre to each of the four points, along each axis. */
  readonly quarter: { readonly x: number; readonly y: number };
  /** Where a patch must not lie in a hole; the centre before any rounding. */
  readonly holeCenter: { readonly x: number; readonly y: number };
}

/** A geometry, and all positions that it has on a slide, before tissue is looked at. */
export interface PatchGridLayout {
  readonly geometry: PatchGeometry;
  readonly points: TestPoints;
  readonly blocks: readonly GridBlock[];
  /** The polygons as the polygon rules see them. */
  readonly polygons: readonly Polygon[] | undefined;
}
