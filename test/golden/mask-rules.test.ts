import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import { beforeAll, expect, it } from 'vitest';
import type { Polygon } from '../../src/geometry/polygon.ts';
import { createMaskRasterizer, type MaskRasterizerOptions } from '../../src/preprocessing/xml-to-mask/rasterizer.ts';
import { describeWithShared, sharedPath } from '../support/shared-data.ts';

type Point = readonly [x: number, y: number];

interface Recorded {
  readonly id: string;
  readonly inputs: { readonly W: number; readonly H: number; readonly rings: readonly (readonly Point[])[] };
  readonly outputs: Readonly<Record<string, { readonly path: string }>>;
}

/** The first ring is the exterior, the rest are holes. */
function toPolygon([exterior = [], ...holes]: Recorded['inputs']['rings']): Polygon {
  return { exterior: Float64Array.from(exterior.flat()), holes: holes.map((ring) => Float64Array.from(ring.flat())) };
}

/** One outline of all rings, joined by lines that are walked there and back, which change no winding. */
function joinRings(rings: Recorded['inputs']['rings']): Polygon {
  const start = rings[0]![0]!;
  const path = rings.flatMap((ring) => [start, ...ring, ring[0]!, start]);
  return { exterior: Float64Array.from(path.flat()), holes: [] };
}

function paint({ inputs }: Recorded, polygon: Polygon, options: MaskRasterizerOptions): Uint8Array {
  const { W: width, H: height } = inputs;
  const rasterizer = createMaskRasterizer(
    [{ polygon, label: 255 }],
    { width, height, downsample: { x: 1, y: 1 } },
    options,
  );
  const target = new Uint8Array(width * height).fill(77);
  const label = rasterizer.rasterize({ x: 0, y: 0, width, height }, target);
  return label === undefined ? target : target.fill(label);
}

async function readMask(path: string): Promise<Uint8Array> {
  return new Uint8Array(await sharp(sharedPath('golden', path)).extractChannel(0).raw().toBuffer());
}

function findDifferent(ours: Uint8Array, theirs: Uint8Array): number[] {
  expect(ours.length).toBe(theirs.length);
  return [...ours.keys()].filter((i) => ours[i] !== theirs[i]);
}

/** Whether a line of the rings meets pixel (x, y), its sides and corners included; exact for multiples of 1/16. */
function isMet({ inputs }: Recorded, x: number, y: number): boolean {
  const corners = [0, 1].flatMap((right) => [0, 1].map((down): Point => [x + right, y + down]));
  return inputs.rings.some((ring) =>
    ring.some(([ax, ay], i) => {
      const [bx, by] = ring[(i + 1) % ring.length]!;
      const sides = corners.map(([px, py]) => (bx - ax) * (py - ay) - (px - ax) * (by - ay));
      const across = Math.max(ax, bx) >= x && Math.min(ax, bx) <= x + 1;
      const along = Math.max(ay, by) >= y && Math.min(ay, by) <= y + 1;
      return across && along && Math.min(...sides) <= 0 && Math.max(...sides) >= 0;
    }),
  );
}

describeWithShared('masks of the recorded polygons', () => {
  let recorded: Recorded[];
  beforeAll(() => {
    const { entries } = JSON.parse(readFileSync(sharedPath('golden', 'index.json'), 'utf8')) as { entries: Recorded[] };
    recorded = entries.filter(({ id }) => id.startsWith('poly__'));
    expect(recorded.length).toBe(19);
  });

  async function countDifferences(
    golden: string,
    draw: (one: Recorded) => Uint8Array,
  ): Promise<Record<string, number>> {
    const differences: Record<string, number> = {};
    for (const one of recorded) {
      const count = findDifferent(draw(one), await readMask(one.outputs[golden]!.path)).length;
      if (count > 0) differences[one.id] = count;
    }
    return differences;
  }

  it.each<[string, MaskRasterizerOptions]>([
    ['pixel_centre_evenodd', { rule: 'pixel-centre' }],
    ['cv2_fillPoly_trunc', { rule: 'cv2' }],
    ['cv2_fillPoly_trunc', { rule: 'cv2', coords: 'trunc' }],
    ['cv2_fillPoly_round', { rule: 'cv2', coords: 'round' }],
  ])('%s is what %o paints', async (golden, options) => {
    expect(await countDifferences(golden, (one) => paint(one, toPolygon(one.inputs.rings), options))).toEqual({});
  });

  it('a planted mistake shows', async () => {
    const draw = (one: Recorded) => paint(one, toPolygon(one.inputs.rings), { rule: 'cv2', coords: 'round' });
    expect(Object.keys(await countDifferences('cv2_fillPoly_trunc', draw))).toContain('poly__rect_half');
  });

  it('pixel_centre_nonzero, which lets holes wind like exteriors, is what nonzero paints of one outline', async () => {
    const draw = (one: Recorded) => paint(one, joinRings(one.inputs.rings), { rule: 'nonzero' });
    expect(await countDifferences('pixel_centre_nonzero', draw)).toEqual({});
  });

  // These three have an exterior that doesn't cross itself, where both rules mean the same.
  it('nonzero cuts out holes, whichever way they are drawn', async () => {
    for (const one of recorded.filter(({ id }) => /hole/.test(id))) {
      const wanted = await readMask(one.outputs['pixel_centre_evenodd']!.path);
      expect(findDifferent(paint(one, toPolygon(one.inputs.rings), { rule: 'nonzero' }), wanted), one.id).toEqual([]);
    }
  });

  // GDAL walks along lines in steps. Where one goes exactly through a corner or ends on a side, it takes on some slopes a
  // pixel that the line doesn't enter, on others not. We take a pixel for a line inside it, never for one on its border.
  it('rasterio_all_touched is what all-touched paints, and pixels of which lines touch only the border', async () => {
    const counts: Record<string, number> = {};
    for (const one of recorded) {
      const golden = one.outputs['rasterio_all_touched'];
      // GDAL refuses two points.
      if (golden === undefined) continue;
      const ours = paint(one, toPolygon(one.inputs.rings), { rule: 'all-touched' });
      const different = findDifferent(ours, await readMask(golden.path));
      if (different.length > 0) counts[one.id] = different.length;
      for (const i of different) {
        expect(ours[i]).toBe(0);
        const { W } = one.inputs;
        expect(isMet(one, i % W, Math.floor(i / W)), `${one.id}: pixel ${i % W}, ${Math.floor(i / W)}`).toBe(true);
      }
    }
    expect(counts).toEqual({ poly__triangle: 13, poly__figure8_shared_vertex: 10, poly__real_cmu_x16: 39 });
  });
});
