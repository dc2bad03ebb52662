import { createEdgeGrid, ringsCross } from '../../../geometry/kernels/ring-crossings.ts';
import { findSelfCrossing } from '../../../geometry/kernels/self-crossing.ts';
import type { Ring } from '../../../geometry/polygon.ts';
import { getVertex, MIN_VERTICES, type Point, type Shape } from './drawing.ts';
import { holdsPoint } from './kernels/holds-point.ts';
import { computeShapeArea } from './measure-shape.ts';

/** Something about a shape of which masks and areas come out wrong. */
export interface ShapeProblem {
  /** Such a shape can't be saved; what only warns can. */
  readonly fatal: boolean;
  /** A sentence for people. */
  readonly text: string;
  /** Near to where it is, level-0 pixels. */
  readonly at: Point;
}

export function checkShape(shape: Shape, slide: { readonly width: number; readonly height: number }): ShapeProblem[] {
  const [outline, ...holes] = shape.rings;
  if (!outline) return [];
  const problems = shape.rings.flatMap((ring, k) => checkRing(ring, k === 0 ? 'The outline' : `Hole ${k}`));
  if (problems.some(({ fatal }) => fatal)) return problems;
  const grid = createEdgeGrid(outline);
  for (const [k, hole] of holes.entries()) {
    const at = getVertex(hole, 0);
    const leaves = !holdsPoint(outline, at.x, at.y) || ringsCross(grid, hole);
    if (leaves) problems.push({ fatal: false, text: `Hole ${k + 1} leaves the outline.`, at });
    const other = holes.findIndex((one, j) => j < k && ringsCross(createEdgeGrid(one), hole));
    if (other >= 0) problems.push({ fatal: false, text: `Hole ${k + 1} crosses hole ${other + 1}.`, at });
  }
  if (outline.some((value, k) => value < 0 || value > (k % 2 === 0 ? slide.width : slide.height)))
    problems.push({ fatal: false, text: 'It leaves the slide.', at: getVertex(outline, 0) });
  return problems;
}

function checkRing(ring: Ring, called: string): ShapeProblem[] {
  const at = getVertex(ring, 0);
  if (ring.length / 2 < MIN_VERTICES) return [{ fatal: true, text: `${called} has fewer than three corners.`, at }];
  const crossing = findSelfCrossing(ring);
  if (Array.isArray(crossing))
    return [{ fatal: isFlat(ring), text: `${called} crosses itself.`, at: getVertex(ring, crossing[0]) }];
  if (isFlat(ring)) return [{ fatal: true, text: `${called} has no area.`, at }];
  return [];
}

function isFlat(ring: Ring): boolean {
  return computeShapeArea({ key: 0, kind: null, rings: [ring] }) === 0;
}
