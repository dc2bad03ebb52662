import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findSelfCrossing } from '../../../../src/geometry/kernels/self-crossing.ts';
import type { AnnotationRegion, AnnotationSet } from '../../../../src/preprocessing/xml-to-mask/annotation.ts';
import { checkTopology, type TopologyOptions } from '../../../../src/preprocessing/xml-to-mask/check-topology.ts';

const region = (
  exterior: number[],
  holes: number[][] = [],
  facts: Partial<AnnotationRegion> = {},
): AnnotationRegion => ({
  ...{ id: '7', kind: 'polygon', negative: false, attributes: new Map() },
  polygons: [{ exterior: Float64Array.from(exterior), holes: holes.map((hole) => Float64Array.from(hole)) }],
  ...facts,
});
const set = (...regions: AnnotationRegion[]): AnnotationSet => ({
  ...{ format: 'aperio', source: 'a.xml', notices: [] },
  layers: [{ name: 'l', attributes: new Map(), regions }],
});
const check = (regions: AnnotationRegion[], options?: TopologyOptions) =>
  checkTopology(set(...regions), options).findings.map(({ problem, index, detail }) => [problem, index, detail]);
const SQUARE = [0, 0, 9, 0, 9, 9, 0, 9];

describe('checkTopology', () => {
  it('finds nothing in a plain polygon with a hole', () => {
    expect(check([region(SQUARE, [[2, 2, 4, 2, 4, 4]])], { slide: { width: 9, height: 9 } })).toEqual([]);
  });

  it('names layer, number and identity', () => {
    const { findings } = checkTopology(set(region(SQUARE), region([0, 0, 9, 9, 9, 0, 0, 9], [], { id: 'bow' })));
    expect(findings).toEqual([
      {
        ...{ problem: 'self-intersection', layer: 'l', index: 1, id: 'bow', repaired: false },
        detail: 'outline: edge 0 meets edge 2 near 0, 0',
      },
    ]);
  });

  it.each([
    [
      'repeated vertices',
      [0, 0, 0, 0, 9, 0, 9, 9, 9, 9, 0, 9, 0, 0],
      'repeated-vertices',
      'outline: 3 of 7 vertices repeat another',
    ],
    ['no area', [0, 0, 5, 5, 9, 9], 'zero-area', 'outline: 3 vertices on one line have no area'],
    ['one point', [3, 3, 3, 3, 3, 3], 'zero-area', 'outline: 0 vertices on one line have no area'],
    ['a speck', [0, 0, 1, 0, 1, 1], 'tiny', 'outline: 0.500 pixels, less than 4'],
    [
      'a spike that doubles back',
      [0, 0, 9, 0, 20, 0, 9, 0, 9, 9, 0, 9],
      'self-intersection',
      'outline: edge 1 meets edge 2 near 9, 0',
    ],
  ])('%s', (_name, ring, problem, detail) => {
    expect(check([region(ring)])).toContainEqual([problem, 0, detail]);
  });

  it('a bow tie whose halves meet at a vertex and cancel out is no speck', () => {
    expect(check([region([0, 0, 10, 10, 20, 20, 20, 0, 10, 10, 0, 20])])).toEqual([
      ['self-intersection', 0, 'outline: edge 0 meets edge 3 near 0, 0, and parts of it cancel out'],
    ]);
    // Halves that lie apart: the way between them is walked twice.
    expect(check([region([0, 0, 10, 0, 10, 10, 0, 0, -10, -10, -10, 0])]).map(([problem]) => problem)).toEqual([
      'self-intersection',
    ]);
    // One that is small all in all is both, a sliver is a speck alone, and halves of one sense are sound.
    expect(check([region([0, 0, 1, 1, 2, 1.5, 2, 0, 1, 1, 0, 1.5])]).map(([problem]) => problem)).toEqual([
      'self-intersection',
      'tiny',
    ]);
    expect(check([region([0, 0, 100, 0, 50, 0.01])]).map(([problem]) => problem)).toEqual(['tiny']);
    expect(check([region([0, 0, 10, 10, 20, 0, 20, 20, 10, 10, 0, 20])])).toEqual([]);
  });

  it('a hole without an area, and one that crosses itself', () => {
    expect(
      check([
        region(SQUARE, [
          [1, 1, 2, 2, 3, 3],
          [4, 4, 8, 8, 8, 4, 4, 8.5],
        ]),
      ]),
    ).toEqual([
      ['zero-area', 0, 'hole 1: 3 vertices on one line have no area'],
      ['self-intersection', 0, 'hole 2: edge 0 meets edge 2 near 4, 4'],
    ]);
  });

  it('what lies outside of the slide, or leaves it', () => {
    const slide = { width: 5, height: 100 };
    expect(check([region(SQUARE), region(SQUARE.map((v) => v + 50))], { slide }).map(([problem]) => problem)).toEqual([
      'partly-out-of-bounds',
      'out-of-bounds',
    ]);
  });

  it('the same outline twice, from another vertex and the other way round; a hole of the same outline is none', () => {
    const turned = [9, 9, 9, 0, 0, 0, 0, 9];
    expect(check([region(SQUARE), region(turned), region(SQUARE, [], { negative: true })])).toEqual([
      ['duplicate', 1, 'the same outline as region number 0 of its layer'],
    ]);
  });

  it('repairs only when asked, and only repeated vertices and what has no area', () => {
    const regions = [
      region([0, 0, 0, 0, 9, 0, 9, 9, 0, 9], [[1, 1, 2, 2, 3, 3]]),
      region([0, 0, 5, 5, 9, 9]),
      region([0, 0, 9, 9, 9, 0, 0, 9]),
    ];
    const given = set(...regions);
    expect(checkTopology(given).set).toBe(given);
    const { set: repaired, findings } = checkTopology(given, { repair: true });
    expect(
      repaired.layers[0]!.regions.map(({ polygons }) => [[...polygons[0]!.exterior], polygons[0]!.holes.length]),
    ).toEqual([
      [SQUARE, 0],
      [[0, 0, 9, 9, 9, 0, 0, 9], 0],
    ]);
    expect(findings.filter((finding) => finding.repaired).map(({ problem }) => problem)).toEqual([
      'repeated-vertices',
      'zero-area',
      'zero-area',
    ]);
  });
});

describe('findSelfCrossing', () => {
  /** Every pair of edges by itself, with integers: exact. */
  function crossesNaively(ring: Float64Array): boolean {
    const n = ring.length / 2;
    const at = (k: number) => [ring[(k % n) * 2]!, ring[(k % n) * 2 + 1]!] as const;
    const turn = (a: readonly number[], b: readonly number[], c: readonly number[]) =>
      Math.sign((b[0]! - a[0]!) * (c[1]! - a[1]!) - (b[1]! - a[1]!) * (c[0]! - a[0]!));
    for (let i = 0; i < n; i++)
      for (let j = i + 1; j < n; j++) {
        const [p, q, r, s] = [at(i), at(i + 1), at(j), at(j + 1)];
        if (turn(p, q, r) * turn(p, q, s) < 0 && turn(r, s, p) * turn(r, s, q) < 0) return true;
        if (turn(p, q, r) !== 0 || turn(p, q, s) !== 0) continue;
        const along = (k: number) =>
          Math.min(Math.max(p[k]!, q[k]!), Math.max(r[k]!, s[k]!)) -
          Math.max(Math.min(p[k]!, q[k]!), Math.min(r[k]!, s[k]!));
        if (along(0) > 0 || along(1) > 0) return true;
      }
    return false;
  }

  it('agrees with a comparison of all pairs', () => {
    const point = fc.tuple(fc.nat(12), fc.nat(12));
    const rings = fc
      .array(point, { minLength: 4, maxLength: 9 })
      .map((points) => points.filter(([x, y], k) => k === 0 || x !== points[k - 1]![0] || y !== points[k - 1]![1]))
      .filter(
        (points) => points.length >= 4 && (points[0]![0] !== points.at(-1)![0] || points[0]![1] !== points.at(-1)![1]),
      )
      .map((points) => Float64Array.from(points.flat()));
    fc.assert(
      fc.property(rings, (ring) => {
        expect(findSelfCrossing(ring, { pairs: 1e6 }) !== undefined).toBe(crossesNaively(ring));
      }),
      { numRuns: 2000 },
    );
  });

  it('takes a wobbly outline of 100,000 vertices, and gives up on edges that all lie together', () => {
    const wobbly = Float64Array.from({ length: 200_000 }, (_, k) => {
      const angle = (Math.floor(k / 2) * 2 * Math.PI) / 100_000;
      const radius = 20_000 + 900 * Math.sin(61 * angle);
      return k % 2 === 0 ? 50_000 + radius * Math.cos(angle) : 50_000 + radius * Math.sin(angle);
    });
    expect(findSelfCrossing(wobbly)).toBeUndefined();
    // A zigzag of long slanted edges, and back around them: the box of each is nearly all there is.
    const zigzag = Float64Array.from(
      [...Array.from({ length: 40_000 }, (_, k) => [k + (k % 2) * 1e5, (k % 2) * 1e5]), [0, 2e5]].flat(),
    );
    const before = process.memoryUsage().arrayBuffers;
    expect(findSelfCrossing(zigzag, { pairs: 100_000 })).toBe('unknown');
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64e6);
  });
});
