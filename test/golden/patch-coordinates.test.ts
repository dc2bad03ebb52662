import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { Polygon } from '../../src/geometry/polygon.ts';
import type { PlanOptions } from '../../src/preprocessing/extract-patches/options.ts';
import type { PlanSlide } from '../../src/preprocessing/extract-patches/plan/patch-grid.ts';
import { planPatches } from '../../src/preprocessing/extract-patches/plan/plan-patches.ts';
import type { TissueResult } from '../../src/preprocessing/tissue-detection/tissue-mask.ts';
import { describeWithShared, sharedPath } from '../support/shared-data.ts';

// Tolerance of all of these: none. Same positions, same order, given the golden contours.

type Point = [number, number];
interface ClamContours {
  contours_level0: Point[][];
  holes_level0: Point[][][];
}
interface TridentContours {
  polygons: { exterior: Point[]; interiors: Point[][] }[];
}
interface Entry {
  id: string;
  area: string;
  // biome-ignore lint/suspicious/noExplicitAny: each method has its own parameters.
  params: Record<string, any>;
  inputs: { contours: string; width: number; height: number; level_dimensions: Point[]; level_downsamples: Point[] };
  values: { $file: string } | object;
}
interface Coords {
  count: number;
  h5: { coords: { data: Point[] } } | null;
}

const toRing = (points: Point[]) => Float64Array.from(points.flat());

/** Shapely closes its rings by repeating the first vertex; ours don't. */
function toOpenRing(points: Point[]): Float64Array {
  const [first, last] = [points[0], points.at(-1)];
  const closed = first && last && points.length > 1 && first[0] === last[0] && first[1] === last[1];
  return toRing(closed ? points.slice(0, -1) : points);
}

function toPolygons(contours: ClamContours | TridentContours): Polygon[] {
  if ('polygons' in contours)
    return contours.polygons.map((p) => ({ exterior: toOpenRing(p.exterior), holes: p.interiors.map(toOpenRing) }));
  return contours.contours_level0.map((exterior, i) => ({
    exterior: toRing(exterior),
    holes: (contours.holes_level0[i] ?? []).map(toRing),
  }));
}

function toTissue(polygons: Polygon[]): TissueResult {
  const mask = { width: 1, height: 1, data: Uint8Array.of(1), downsample: { x: 10_000, y: 10_000 } };
  return { status: 'ok', mask, polygons, fraction: 1, areaMm2: undefined };
}

function toSlide(width: number, height: number, levels: { size: Point; downsample: Point }[]): PlanSlide {
  return {
    name: 'golden',
    width,
    height,
    mpp: { x: 0.5, y: 0.5, source: 'metadata' },
    levels: levels.map(({ size, downsample }) => ({
      width: size[0],
      height: size[1],
      downsample: { x: downsample[0], y: downsample[1] },
      tileWidth: 256,
      tileHeight: 256,
      codec: 'jpeg',
    })),
  };
}

describeWithShared('patch coordinates of other tools', () => {
  const { entries } = JSON.parse(readFileSync(sharedPath('golden', 'index.json'), 'utf8')) as { entries: Entry[] };
  const byId = new Map(entries.map((entry) => [entry.id, entry]));

  function readValues<T>(entry: Entry): T {
    const { values } = entry;
    return ('$file' in values ? JSON.parse(readFileSync(sharedPath('golden', values.$file), 'utf8')) : values) as T;
  }
  const readPolygons = (entry: Entry) =>
    toPolygons(readValues(byId.get(entry.inputs.contours.replace('values of ', '')) as Entry));
  const starting = (prefix: string) => entries.filter((entry) => entry.id.startsWith(prefix));

  const rules = { four_pt: 'four-pt', four_pt_hard: 'four-pt-hard', center: 'center', basic: 'corner' } as const;

  it('has the goldens', () => {
    expect(starting('clam_coords').length).toBeGreaterThanOrEqual(20);
    expect(starting('trident_coords').length).toBe(16);
  });

  it.each(starting('clam_coords'))('$id: CLAM', (entry) => {
    const { params: p, inputs } = entry;
    const [[width, height]] = inputs.level_dimensions as [Point];
    const slide = toSlide(
      width,
      height,
      inputs.level_dimensions.map((size, i) => ({ size, downsample: inputs.level_downsamples[i] as Point })),
    );
    const options: PlanOptions = {
      grid: 'clam',
      level: p['patch_level'],
      size: p['patch_size'],
      stride: p['step_size'],
      edge: p['use_padding'] ? 'pad' : 'drop',
      tissueRule: rules[p['contour_fn'] as keyof typeof rules],
      roi: p['top_left'] && {
        left: p['top_left'][0],
        top: p['top_left'][1],
        right: p['bot_right'][0],
        bottom: p['bot_right'][1],
      },
    };
    const golden = readValues<Coords>(entry);
    const plan = planPatches(slide, toTissue(readPolygons(entry)), options);
    expect([...plan].map(({ x, y }) => [x, y])).toEqual(golden.h5?.coords.data ?? []);
    expect(plan.count()).toBe(golden.count);
  });

  it.each(starting('trident_coords'))('$id: TRIDENT', (entry) => {
    const { params: p, inputs } = entry;
    const plan = planPatches(toSlide(inputs.width, inputs.height, []), toTissue(readPolygons(entry)), {
      grid: 'trident',
      size: p['patch_size'],
      overlap: p['overlap'],
      // Magnifications as pixel sizes: 20x of this slide is 0.5 um/px.
      mpp: (0.5 * p['src_mag']) / p['target_mag'],
      tissueThreshold: p['min_tissue_proportion'],
    });
    const golden = readValues<Coords>(entry);
    expect([...plan].map(({ x, y }) => [x, y])).toEqual(golden.h5?.coords.data ?? []);
  });

  // tiatoolbox lays its grid out for the output boxes; where it grows the input box around them (tia_coords_2), only
  // the output boxes are patches of ours.
  it.each(starting('tia_coords'))('$id: tiatoolbox', (entry) => {
    const { params: p } = entry;
    const [width, height] = p['image_shape'] as Point;
    const [size] = (p['patch_output_shape'] ?? p['patch_input_shape']) as Point;
    const [stride] = p['stride_shape'] as Point;
    const slide = toSlide(width, height, [{ size: [width, height], downsample: [1, 1] }]);
    const plan = planPatches(slide, undefined, { level: 0, size, stride, edge: 'pad' });
    const { bounds } = readValues<{ bounds: number[][][] }>(entry);
    expect([...plan].map(({ x, y }) => [x, y, x + size, y + size])).toEqual(bounds.at(-1));
  });
});
