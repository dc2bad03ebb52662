import { computeBoundingBox } from '../../geometry/kernels/bounding-box.ts';
import { computeRingArea } from '../../geometry/kernels/ring-area.ts';
import { findSelfCrossing } from '../../geometry/kernels/self-crossing.ts';
import type { Polygon, Ring } from '../../geometry/polygon.ts';
import { checkNumber } from '../../utils/options.ts';
import type { AnnotationRegion, AnnotationSet } from './annotation.ts';
import { dropRepeated, isFlat } from './repair-ring.ts';

export type TopologyProblem =
  | 'self-intersection'
  | 'not-checked'
  | 'repeated-vertices'
  | 'zero-area'
  | 'tiny'
  | 'out-of-bounds'
  | 'partly-out-of-bounds'
  | 'duplicate';

/** Something odd about a region. */
export interface TopologyFinding {
  readonly problem: TopologyProblem;
  /** Layer and number of the region in it, from 0, and its identity in the file where it has one. */
  readonly layer: string;
  readonly index: number;
  readonly id: string | undefined;
  /** One sentence, with numbers. */
  readonly detail: string;
  /** Whether `repair` mended it. */
  readonly repaired: boolean;
}

export interface TopologyOptions {
  /** Level-0 pixels of the slide; without it nothing is out of bounds. */
  readonly slide?: { readonly width: number; readonly height: number } | undefined;
  /** Regions below this area are `tiny`, level-0 pixels. Default 4. */
  readonly minArea?: number | undefined;
  /**
   * Drops vertices that repeat the one before them, and rings without an area. Nothing else is ever changed. Default false.
   */
  readonly repair?: boolean | undefined;
}

export interface CheckedAnnotations {
  /** The annotations as they were given, or repaired. */
  readonly set: AnnotationSet;
  readonly findings: readonly TopologyFinding[];
}

export const TOPOLOGY_DEFAULTS = { minArea: 4, repair: false } as const;

/**
 * Looks for what makes masks go wrong: outlines that cross themselves (even-odd leaves gaps there), repeated vertices, no
 * area, specks, regions outside of the slide, and the same outline twice in a layer.
 * Time: about n log n in the vertices of usual outlines; an outline drawn to be slow is `not-checked`.
 * @throws OptionError
 */
export function checkTopology(set: AnnotationSet, options: TopologyOptions = {}): CheckedAnnotations {
  const minArea = checkNumber('minArea', options.minArea ?? TOPOLOGY_DEFAULTS.minArea, { min: 0 });
  const repair = options.repair ?? TOPOLOGY_DEFAULTS.repair;
  const findings: TopologyFinding[] = [];
  const layers = set.layers.map((layer) => {
    const seen = new Map<string, number>();
    const regions = layer.regions.flatMap((region, index) => {
      const note = (problem: TopologyProblem, detail: string, mended = false) =>
        findings.push({ problem, layer: layer.name, index, id: region.id ?? region.name, detail, repaired: mended });
      const polygons = region.polygons.flatMap((polygon) => checkPolygon(polygon, { note, minArea, repair }));
      checkBounds(region, { note, slide: options.slide });
      checkDuplicate(region, { note, index, seen });
      const emptied = repair && region.polygons.length > 0 && polygons.length === 0;
      return emptied ? [] : [repair ? { ...region, polygons } : region];
    });
    return { name: layer.name, color: layer.color, attributes: layer.attributes, regions };
  });
  return { set: repair ? { ...set, layers } : set, findings };
}

type Note = (problem: TopologyProblem, detail: string, mended?: boolean) => void;

/** The polygon, repaired where asked; none where it has no area and is dropped. */
function checkPolygon(
  polygon: Polygon,
  { note, minArea, repair }: { note: Note; minArea: number; repair: boolean },
): Polygon[] {
  const rings = [polygon.exterior, ...polygon.holes].map((ring, k) => {
    const part = k === 0 ? 'outline' : `hole ${k}`;
    const { ring: clean, dropped } = dropRepeated(ring);
    if (dropped > 0)
      note('repeated-vertices', `${part}: ${dropped} of ${ring.length / 2} vertices repeat another`, repair);
    if (isFlat(clean)) {
      note('zero-area', `${part}: ${clean.length / 2} vertices on one line have no area`, repair);
      return undefined;
    }
    const crossed = checkCrossing(clean, part, note);
    // The signed area of an outline that crosses itself says nothing.
    if (k === 0 && !crossed) checkArea(clean, { part, note, minArea });
    return repair ? clean : ring;
  });
  const [exterior, ...holes] = rings;
  if (!exterior) return [];
  return [{ exterior, holes: holes.filter((hole) => hole !== undefined) }];
}

function checkArea(ring: Ring, { part, note, minArea }: { part: string; note: Note; minArea: number }): void {
  const area = Math.abs(computeRingArea(ring));
  if (area >= minArea) return;
  // Halves that meet at a vertex only, and run around the other way, make nothing of each other's areas.
  const touching = findSelfCrossing(ring, { touching: true });
  const pair = touching === 'unknown' ? undefined : touching;
  if (pair)
    note(
      'self-intersection',
      `${part}: edge ${pair[0]} meets edge ${pair[1]} near ${formatAt(ring, pair[0])}, and parts of it cancel out`,
    );
  const { left, top, right, bottom } = computeBoundingBox(ring);
  if (!pair || (right - left) * (bottom - top) < minArea)
    note('tiny', `${part}: ${formatArea(area)} pixels, less than ${minArea}`);
}

/** Whether something was noted. */
function checkCrossing(ring: Ring, part: string, note: Note): boolean {
  const crossing = findSelfCrossing(ring);
  if (crossing === undefined) return false;
  if (crossing === 'unknown')
    note('not-checked', `${part}: too many of its ${ring.length / 2} edges lie together to look for crossings`);
  else
    note(
      'self-intersection',
      `${part}: edge ${crossing[0]} meets edge ${crossing[1]} near ${formatAt(ring, crossing[0])}`,
    );
  return true;
}

function checkBounds(
  { polygons, points }: AnnotationRegion,
  { note, slide }: { note: Note; slide: TopologyOptions['slide'] },
): void {
  if (!slide) return;
  const boxes = [...polygons.map(({ exterior }) => exterior), ...(points ? [points] : [])]
    .filter((ring) => ring.length > 0)
    .map(computeBoundingBox);
  const out = boxes.filter(
    (box) => box.left >= slide.width || box.top >= slide.height || box.right <= 0 || box.bottom <= 0,
  );
  const size = `${slide.width} x ${slide.height}`;
  if (boxes.length > 0 && out.length === boxes.length) {
    note(
      'out-of-bounds',
      `it lies outside of the slide of ${size} pixels: another slide, or another frame of coordinates`,
    );
    return;
  }
  const part = boxes.some((box) => box.left < 0 || box.top < 0 || box.right > slide.width || box.bottom > slide.height);
  if (part) note('partly-out-of-bounds', `it leaves the slide of ${size} pixels`);
}

/** An outline that another region of the layer has, too. */
function checkDuplicate(
  region: AnnotationRegion,
  { note, index, seen }: { note: Note; index: number; seen: Map<string, number> },
): void {
  if (region.polygons.length === 0) return;
  const key = `${region.negative} ${region.polygons.map(({ exterior }) => signRing(exterior)).join(' ')}`;
  const first = seen.get(key);
  if (first === undefined) seen.set(key, index);
  else note('duplicate', `the same outline as region number ${first} of its layer`);
}

/** Equal for rings with the same edges, wherever they begin and whichever way they run. */
function signRing(ring: Ring): string {
  const { left, top, right, bottom } = computeBoundingBox(ring);
  let sum = 0;
  let before = hashVertex(ring, ring.length - 2);
  for (let k = 0; k < ring.length; k += 2) {
    const here = hashVertex(ring, k);
    sum = (sum + Math.imul(before ^ here, (before + here) | 1)) | 0;
    before = here;
  }
  return [ring.length, left, top, right, bottom, sum].join(',');
}

/** To 1/1024 pixel. */
function hashVertex(ring: Ring, k: number): number {
  const x = Math.round((ring[k] ?? 0) * 1024) | 0;
  const y = Math.round((ring[k + 1] ?? 0) * 1024) | 0;
  const mixed = Math.imul(Math.imul(x, 0x9e3779b1) + y, 0x85ebca6b);
  return mixed ^ (mixed >>> 15);
}

function formatArea(area: number): string {
  return area.toPrecision(3);
}

function formatAt(ring: Ring, edge: number): string {
  return `${Math.round(ring[edge * 2] ?? 0)}, ${Math.round(ring[edge * 2 + 1] ?? 0)}`;
}
