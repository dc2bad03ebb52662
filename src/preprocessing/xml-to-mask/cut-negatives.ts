import { locatePoint } from '../../geometry/locate-point.ts';
import type { Box, Polygon, Ring } from '../../geometry/polygon.ts';
import { createRingIndex } from '../../geometry/ring-index.ts';
import type { MaskShape } from './annotation.ts';
import type { MaskPiece } from './create-mask-shapes.ts';
import { createEdgeGrid, ringsCross } from './kernels/ring-crossings.ts';
import type { NoticeList } from './notices.ts';

/**
 * Shapes of groups that are painted one after another, each in its order. A negative piece clears what was painted, and
 * may clear only its own group: where another group lies below it, it becomes a hole of the piece that it lies in. Where it
 * lies in none (it leaves its region, or two regions overlap there) it clears all, and a notice says so.
 */
export function cutNegatives(groups: readonly (readonly MaskPiece[])[], notices: NoticeList): MaskShape[] {
  const shapes: MaskShape[] = [];
  const below: Box[] = [];
  for (const group of groups) {
    const painted: { piece: MaskPiece; holes: Ring[] }[] = [];
    const flush = () => {
      for (const { piece, holes } of painted.splice(0)) shapes.push(toShape(piece, holes));
    };
    for (const piece of group) {
      if (!piece.negative) {
        painted.push({ piece, holes: [...piece.polygon.holes] });
        continue;
      }
      const alone = !below.some((box) => overlap(box, piece.box));
      if (!alone && addHole(painted, piece)) continue;
      if (!alone)
        notices.add(
          'cut out of other layers too, since it does not lie inside one region of its own',
          piece.region.id ?? piece.region.name,
        );
      painted.push({ piece, holes: [...piece.polygon.holes] });
    }
    flush();
    for (const { negative, box } of group) if (!negative) below.push(box);
  }
  return shapes;
}

function toShape({ polygon, label, negative }: MaskPiece, holes: readonly Ring[]): MaskShape {
  const whole: Polygon = holes.length === polygon.holes.length ? polygon : { exterior: polygon.exterior, holes };
  return { polygon: whole, label: negative ? 0 : label };
}

/** Exact under the even-odd rule: the piece lies in one region, and meets none of its holes and no other region. */
function addHole(painted: readonly { piece: MaskPiece; holes: Ring[] }[], negative: MaskPiece): boolean {
  const near = painted.filter(({ piece }) => overlap(piece.box, negative.box));
  const [only, ...others] = near;
  if (!only || others.length > 0 || only.piece.negative) return false;
  const { exterior } = negative.polygon;
  if (!isInside(exterior, only.piece.polygon.exterior)) return false;
  if (only.holes.some((hole) => overlap(boxOf(hole), negative.box))) return false;
  only.holes.push(exterior, ...negative.polygon.holes);
  return true;
}

function isInside(inner: Ring, outer: Ring): boolean {
  const index = createRingIndex(outer);
  for (let k = 0; k < inner.length; k += 2)
    if (locatePoint(index, inner[k] ?? 0, inner[k + 1] ?? 0) !== 'inside') return false;
  return !ringsCross(createEdgeGrid(outer), inner);
}

function boxOf(ring: Ring): Box {
  return createRingIndex(ring).box;
}

function overlap(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}
