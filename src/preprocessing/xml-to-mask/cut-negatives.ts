import type { MaskShape } from './annotation.ts';
import { type BoxSearch, createBoxSearch } from './box-search.ts';
import { createHoleCollector, type HoleCollector } from './hole-collector.ts';
import type { MaskPiece } from './mask-piece.ts';
import type { NoticeList } from './notices.ts';

/**
 * Shapes of groups that are painted one after another, each in its order. A negative piece clears what was painted, and
 * may clear only its own group: where another group lies below it, it becomes a hole of the piece that it lies in. Where it
 * lies in none (it leaves its region, or two regions overlap there) it clears all, and a notice says so.
 */
export function cutNegatives(groups: readonly (readonly MaskPiece[])[], notices: NoticeList): MaskShape[] {
  const shapes: MaskShape[] = [];
  const below: BoxSearch[] = [];
  for (const group of groups) {
    const cutting = group.some(({ negative }) => negative);
    const search = createBoxSearch(group.map(({ polygon }) => polygon.exterior));
    const added = new Map<number, HoleCollector>();
    const done = new Set<number>();
    for (const [k, piece] of cutting && below.length > 0 ? group.entries() : []) {
      if (!piece.negative || !below.some((other) => other.findMeeting(piece.polygon.exterior).length > 0)) continue;
      if (addHole(group, { k, search, added })) done.add(k);
      else
        notices.add(
          'cut out of other layers too, since it does not lie inside one region of its own',
          piece.region.id ?? piece.region.name,
        );
    }
    for (const [k, piece] of group.entries()) if (!done.has(k)) shapes.push(toShape(piece, added.get(k)));
    below.push(search);
  }
  return shapes;
}

function toShape({ polygon, label, negative }: MaskPiece, added: HoleCollector | undefined): MaskShape {
  return { polygon: added?.build() ?? polygon, label: negative ? 0 : label };
}

/**
 * Makes negative piece `k` a hole of the one before it that it lies in. Exact under the even-odd rule: it lies inside, and
 * meets none of its holes and nothing else that is painted before it.
 */
function addHole(
  group: readonly MaskPiece[],
  { k, search, added }: { k: number; search: BoxSearch; added: Map<number, HoleCollector> },
): boolean {
  const hole = group[k]?.polygon;
  if (!hole || hole.holes.length > 0) return false;
  const near = search.findMeeting(hole.exterior).filter((other) => other < k);
  const [only = -1, ...others] = near;
  const outer = group[only];
  if (!outer || others.length > 0 || outer.negative) return false;
  const collector = added.get(only) ?? createHoleCollector(outer.polygon);
  added.set(only, collector);
  return collector.add(hole.exterior);
}
