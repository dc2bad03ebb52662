import { computeBoundingBox } from '../../geometry/kernels/bounding-box.ts';
import { computeRingArea } from '../../geometry/kernels/ring-area.ts';
import type { Polygon } from '../../geometry/polygon.ts';
import { AnnotationError } from '../../utils/errors.ts';
import { checkChoice } from '../../utils/options.ts';
import type { AnnotationRegion, AnnotationSet, MaskShape } from './annotation.ts';
import { type ClassMapOptions, createClassMap, describeRegion } from './class-map.ts';
import { cutNegatives } from './cut-negatives.ts';
import { checkConflicts } from './find-conflict.ts';
import type { MaskLabel } from './mask-job.ts';
import type { MaskPiece } from './mask-piece.ts';
import { createNoticeList } from './notices.ts';

export const PAINT_ORDERS = ['area', 'layers', 'file', 'classes'] as const;
export type PaintOrder = (typeof PAINT_ORDERS)[number];
export const CONFLICT_RULES = ['order', 'max', 'error'] as const;
export type ConflictRule = (typeof CONFLICT_RULES)[number];

export interface MaskShapeOptions extends ClassMapOptions {
  /**
   * In which order regions of a layer are painted, later ones over earlier ones; layers follow one another as in the file.
   * `area` (default): the large before the small, so that an island in a hole survives, whatever the file's order.
   * `layers`: what is drawn, then all that is cut out. `file`: as drawn.
   * `classes`: class by class as `classes` lists them, each in order of area; layers make no difference. So ASAP paints.
   */
  readonly order?: PaintOrder | undefined;
  /** Where classes overlap: the later painted wins (default), the greater label wins, or an error. */
  readonly conflict?: ConflictRule | undefined;
}

/** Level-0 pixels; slides have some hundred thousand. */
const MOST_COORDINATE = 2 ** 32;

/** What a mask is painted from. */
export interface MaskShapes {
  /** In the order of painting. */
  readonly shapes: readonly MaskShape[];
  /** By value. */
  readonly labels: readonly MaskLabel[];
  /** What was left out: points, lines, classes without a label. */
  readonly notices: readonly string[];
}

/**
 * What a set of annotations says about pixels: polygons with labels in the order in which they are painted. What is
 * negative is cut out of its own layer only.
 * @throws OptionError; AnnotationError for too many classes, for a class without a label and for an overlap of classes,
 *   where these are asked to be errors
 */
export function createMaskShapes(set: AnnotationSet, options: MaskShapeOptions = {}): MaskShapes {
  const order = checkChoice('order', options.order ?? 'area', PAINT_ORDERS);
  const conflict = checkChoice('conflict', options.conflict ?? 'order', CONFLICT_RULES);
  const notices = createNoticeList();
  const classMap = createClassMap(set, options);
  const pieces: MaskPiece[] = [];
  for (const [layer, { regions }] of set.layers.entries())
    for (const region of regions) {
      if (region.polygons.length === 0) {
        notices.add(`not painted: a ${region.kind} has no area`, region.id ?? region.name);
        continue;
      }
      const label = classMap.find(layerOf(set, layer), region);
      if (label === undefined) continue;
      for (const polygon of region.polygons)
        pieces.push(checkPiece(createPiece(polygon, { label, region, layer }), set.source));
    }
  for (const [name, count] of classMap.skipped)
    notices.add(`not painted: ${count} ${count === 1 ? 'region' : 'regions'} of class "${name}", which has no label`);
  if (conflict === 'error') checkConflicts(set.source, pieces);
  const groups = sortGroups(groupPieces(pieces, { order, conflict }), { order, conflict, options });
  const shapes = cutNegatives(
    groups.map((group) => sortPieces(group, order)),
    notices,
  );
  return { shapes, labels: classMap.labels, notices: notices.list() };
}

function layerOf(set: AnnotationSet, index: number): AnnotationSet['layers'][number] {
  return set.layers[index] ?? { name: '', attributes: new Map(), regions: [] };
}

function createPiece(
  polygon: Polygon,
  { label, region, layer }: { label: number; region: AnnotationRegion; layer: number },
): MaskPiece {
  const { exterior } = polygon;
  const { negative } = region;
  const area = Math.abs(computeRingArea(exterior));
  return { polygon, label, negative, region, layer, area, box: computeBoundingBox(exterior) };
}

/** @throws AnnotationError for coordinates that no slide has: damage, or other units */
function checkPiece(piece: MaskPiece, source: string): MaskPiece {
  const { left, top, right, bottom } = piece.box;
  if (Math.max(-left, -top, right, bottom) <= MOST_COORDINATE) return piece;
  throw new AnnotationError(source, `its coordinates reach from ${left}, ${top} to ${right}, ${bottom}`, {
    element: describeRegion(piece.region),
    hint: 'the file is damaged, or its coordinates are no pixels: take the region out of it',
  });
}

interface Choice {
  readonly order: PaintOrder;
  readonly conflict: ConflictRule;
}

/** Pieces that are painted together: of a layer, or of a class (and then of a layer, as cutting out stays in one). */
function groupPieces(pieces: readonly MaskPiece[], { order, conflict }: Choice): MaskPiece[][] {
  const groups = new Map<string, MaskPiece[]>();
  for (const piece of pieces) {
    const key = order === 'classes' || conflict === 'max' ? `${piece.label} ${piece.layer}` : `${piece.layer}`;
    const group = groups.get(key);
    if (group) group.push(piece);
    else groups.set(key, [piece]);
  }
  return [...groups.values()];
}

/** Sorting is stable: equals stay in the file's order. */
function sortGroups(
  groups: MaskPiece[][],
  { order, conflict, options }: Choice & { options: MaskShapeOptions },
): MaskPiece[][] {
  const labelOf = (group: MaskPiece[]) => group[0]?.label ?? 0;
  if (conflict === 'max') return groups.sort((a, b) => labelOf(a) - labelOf(b));
  if (order !== 'classes') return groups;
  const listed = Object.values(options.classes ?? {});
  // Without a list labels are numbered as classes occur; what only `unmapped` names comes last.
  const rank = (group: MaskPiece[]) => {
    const at = listed.indexOf(labelOf(group));
    return at < 0 ? listed.length + labelOf(group) : at;
  };
  return groups.sort((a, b) => rank(a) - rank(b));
}

function sortPieces(group: readonly MaskPiece[], order: PaintOrder): MaskPiece[] {
  if (order === 'file') return [...group];
  const signs = (a: MaskPiece, b: MaskPiece) => Number(a.negative) - Number(b.negative);
  if (order === 'layers') return group.toSorted(signs);
  return group.toSorted((a, b) => b.area - a.area || signs(a, b));
}
