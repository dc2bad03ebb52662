import { type StreamedRegion, streamAnnotations } from '../../../preprocessing/xml-to-mask/read-annotations.ts';
import type { AnnotatedSlide } from '../../../preprocessing/xml-to-mask/readers/reader.ts';
import { AnnotationError } from '../../../utils/errors.ts';
import type { Color, PolygonLayerFacts } from '../../contract.ts';
import { chooseColor } from '../../overlays/label-colors.ts';
import { growFloats, growIntegers } from '../growing-array.ts';
import { encodePolygonTable } from './polygon-table.ts';

/** Points that are kept, 8 bytes each: those of some million cells. */
export const MAX_POINTS = 25_000_000;

export interface PolygonSet extends Pick<PolygonLayerFacts, 'classes' | 'polygons' | 'points' | 'notices'> {
  /** `polygons/NAME.bin`. */
  readonly file: Uint8Array;
}

export interface ReadPolygonsOptions {
  /** The slide that was drawn on. */
  readonly slide: AnnotatedSlide;
  /** As of `readAnnotations`. */
  readonly coordsFrame?: 'raw' | 'bounds' | undefined;
  readonly maxPoints?: number | undefined;
}

/**
 * The areas of a file of annotations of any format, region by region: memory is that of the result. What is cut out of a layer
 * (ImageScope's NegativeROA) is a class of its own; points and lines are left out, and told.
 * @throws AnnotationError, SourceError
 */
export async function readPolygons(path: string, options: ReadPolygonsOptions): Promise<PolygonSet> {
  const { slide, coordsFrame, maxPoints = MAX_POINTS } = options;
  const notices: string[] = [];
  const classes = createClasses();
  const [ofPolygons, firstRings, firstPoints, points] = [growIntegers(), growIntegers(), growIntegers(), growFloats()];
  let without = 0;
  const regions = streamAnnotations(path, {
    ...{ slide, coordsFrame, onBadRegion: 'skip', reuse: true },
    onNotices: (told) => notices.push(...told),
    onLayers: (layers) => classes.setColors(layers),
  });
  for await (const { layer, region } of regions) {
    if (region.polygons.length === 0) without++;
    for (const { exterior, holes } of region.polygons) {
      ofPolygons.push(classes.count({ layer, region }));
      firstRings.push(firstPoints.length);
      for (const ring of [exterior, ...holes]) {
        firstPoints.push(points.length / 2);
        points.pushAll(ring);
      }
    }
    if (points.length / 2 > maxPoints)
      throw new AnnotationError(path, `more than ${maxPoints} points`, {
        hint: 'simplify them, or paint a mask of them (slideloom masks) and look at that',
      });
  }
  firstRings.push(firstPoints.length);
  firstPoints.push(points.length / 2);
  if (without > 0) notices.push(`left out: ${without} without an area (points, lines)`);
  const table = {
    classes: ofPolygons.finish(),
    firstRings: firstRings.finish(),
    firstPoints: firstPoints.finish(),
    points: points.finish(),
  };
  const counts = { polygons: table.classes.length, points: table.points.length / 2 };
  return { classes: classes.list(), ...counts, notices, file: encodePolygonTable(table) };
}

/** Classes as they occur, each with the colour that the file gives it first, or its layer, else one of its own. */
function createClasses() {
  const found = new Map<string, { index: number; layer: string; color: Color | undefined; count: number }>();
  const ofLayers = new Map<string, Color | undefined>();
  return {
    /** Counts a polygon in. @returns its class */
    count({ layer, region }: StreamedRegion): number {
      const name = nameClass(layer, region);
      const known = found.get(name) ?? { index: found.size, layer, color: region.color, count: 0 };
      known.count++;
      known.color ??= region.color;
      found.set(name, known);
      return known.index;
    },
    setColors(layers: readonly { readonly name: string; readonly color: Color | undefined }[]): void {
      for (const { name, color } of layers) ofLayers.set(name, color);
    },
    list: (): PolygonLayerFacts['classes'] =>
      [...found].map(([name, { index, layer, color, count }]) => ({
        name,
        color: color ?? ofLayers.get(layer) ?? chooseColor(index + 1),
        count,
      })),
  };
}

function nameClass(layer: string, { className, negative }: StreamedRegion['region']): string {
  const name = className || layer || 'no class';
  return negative ? `${name} (cut out)` : name;
}
