import { createBoundedGrid } from '../../geometry/kernels/bounded-grid.ts';
import { visitBoxGrid } from '../../geometry/kernels/box-grid.ts';
import { createEdgeGrid, type EdgeGrid, ringsCross } from '../../geometry/kernels/ring-crossings.ts';
import { locatePoint } from '../../geometry/locate-point.ts';
import type { Polygon, Ring } from '../../geometry/polygon.ts';
import { createRingIndex } from '../../geometry/ring-index.ts';
import { AnnotationError } from '../../utils/errors.ts';
import { describeRegion } from './class-map.ts';
import type { MaskPiece } from './mask-piece.ts';

/**
 * Refuses regions of different labels that have an area in common. Regions that share edges or corners have none.
 * @throws AnnotationError that names two such regions
 */
export function checkConflicts(source: string, pieces: readonly MaskPiece[]): void {
  const positives = pieces.filter(({ negative }) => !negative);
  if (positives.length < 2) return;
  const boxes = Float64Array.from(positives.flatMap(({ box }) => [box.left, box.top, box.right, box.bottom]));
  const across = Math.min(256, Math.ceil(Math.sqrt(positives.length)));
  const grid = createBoundedGrid(boxes, across);
  const edges = new Map<MaskPiece, EdgeGrid>();
  for (const [k, piece] of positives.entries()) {
    visitBoxGrid(grid, piece.box, (other) => {
      const against = positives[other];
      if (other <= k || against === undefined || against.label === piece.label) return false;
      if (!haveCommonArea(piece, against, edges)) return false;
      throw new AnnotationError(
        source,
        `overlaps ${describeRegion(against.region)}, and their labels ${piece.label} and ${against.label} differ`,
        { element: describeRegion(piece.region), hint: 'say which wins: --conflict order or max (library: conflict)' },
      );
    });
  }
}

function haveCommonArea(a: MaskPiece, b: MaskPiece, edges: Map<MaskPiece, EdgeGrid>): boolean {
  if (!(a.box.left < b.box.right && b.box.left < a.box.right)) return false;
  if (!(a.box.top < b.box.bottom && b.box.top < a.box.bottom)) return false;
  const grid = edges.get(a) ?? createEdgeGrid(a.polygon.exterior);
  edges.set(a, grid);
  if (ringsCross(grid, b.polygon.exterior)) return true;
  return liesIn(a.polygon, b.polygon) || liesIn(b.polygon, a.polygon);
}

/** Of outlines that don't cross: whether the one lies in the other and in none of its holes. */
function liesIn(inner: Polygon, outer: Polygon): boolean {
  const where = locateRing(inner.exterior, outer.exterior);
  return where !== 'outside' && !outer.holes.some((hole) => locateRing(inner.exterior, hole) === 'inside');
}

/** By the first vertex, or else the first middle of an edge, that does not lie on the outline: `edge` for equal ones. */
function locateRing(ring: Ring, outer: Ring): 'inside' | 'outside' | 'edge' {
  const index = createRingIndex(outer);
  for (let k = 0; k < ring.length; k += 2) {
    const next = (k + 2) % ring.length;
    const [x, y] = [ring[k] ?? 0, ring[k + 1] ?? 0];
    const vertex = locatePoint(index, x, y);
    if (vertex !== 'edge') return vertex;
    const middle = locatePoint(index, (x + (ring[next] ?? 0)) / 2, (y + (ring[next + 1] ?? 0)) / 2);
    if (middle !== 'edge') return middle;
  }
  return 'edge';
}
