import type { MaskRule } from './annotation.ts';
import type { Canvas } from './kernels/canvas.ts';
import { crossCentres, keepCentreEdges } from './kernels/cross-centres.ts';
import { crossPixels, keepPixelEdges } from './kernels/cross-pixels.ts';
import type { Reach } from './kernels/edge-reach.ts';
import { drawLines } from './kernels/outline-lines.ts';
import { drawTouched } from './kernels/outline-touched.ts';
import type { PixelBox, RowCrossings } from './kernels/row-crossings.ts';
import type { EdgeList, FillRule, OutlinePlace, ShapePoints } from './kernels/row-spans.ts';

/** What a rule makes of edges. */
export interface EdgeRule {
  readonly reach: Reach;
  readonly fill: FillRule;
  /** Keeps the edges of the list that cross the box's columns at its left; returns their number. */
  readonly keep: (crossings: RowCrossings, shape: ShapePoints, count: number, box: PixelBox) => number;
  /** Writes where the kept edges cross rows. */
  readonly cross: (crossings: RowCrossings, shape: ShapePoints, kept: number, box: PixelBox) => void;
  /** Paints what the rule paints along the edges, whether it is inside or not. */
  readonly outline?: (canvas: Canvas, shape: ShapePoints, edges: EdgeList, place: OutlinePlace) => void;
}

const centres = { keep: keepCentreEdges, cross: crossCentres } as const;
const evenOdd: FillRule = { nonzero: false, closed: false };

export const EDGE_RULES: Readonly<Record<MaskRule, EdgeRule>> = {
  'pixel-centre': { ...centres, reach: 'centres', fill: evenOdd },
  nonzero: { ...centres, reach: 'centres', fill: { nonzero: true, closed: false } },
  'all-touched': { ...centres, reach: 'insides', fill: evenOdd, outline: drawTouched },
  cv2: {
    keep: keepPixelEdges,
    cross: crossPixels,
    reach: 'pixels',
    fill: { nonzero: false, closed: true },
    outline: drawLines,
  },
};
