import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MaskGrid, MaskRule, MaskShape } from '../../src/preprocessing/xml-to-mask/annotation.ts';
import { paintWhole } from '../../src/preprocessing/xml-to-mask/paint-whole.ts';
import { createMaskRasterizer, type MaskRasterizerOptions } from '../../src/preprocessing/xml-to-mask/rasterizer.ts';
import { createShapeKernels } from '../../src/preprocessing/xml-to-mask/shape-kernels.ts';

const RULES: readonly MaskRasterizerOptions[] = [
  { rule: 'pixel-centre' },
  { rule: 'cv2', coords: 'trunc' },
  { rule: 'cv2', coords: 'round' },
];
const ONE = { x: 1, y: 1 } as const;

/** The mask by the rasteriser, without WebAssembly. */
function paintPlain(shapes: readonly MaskShape[], grid: MaskGrid, options: MaskRasterizerOptions): Uint8Array {
  const { width, height } = grid;
  const target = new Uint8Array(width * height);
  const label = createMaskRasterizer(shapes, grid, options).rasterize({ x: 0, y: 0, width, height }, target);
  return label === undefined ? target : target.fill(label);
}

function isTaken(shapes: readonly MaskShape[], grid: MaskGrid, { rule, coords = 'trunc' }: MaskRasterizerOptions) {
  const kernels = createShapeKernels(shapes, grid, { rule, coords: rule === 'cv2' ? coords : 'exact' });
  return kernels !== undefined && shapes.every(({ polygon }) => kernels.listPixels(polygon, () => {}));
}

function expectEqual(shapes: readonly MaskShape[], grid: MaskGrid, options: MaskRasterizerOptions): void {
  expect(Buffer.compare(paintWhole(shapes, grid, options), paintPlain(shapes, grid, options))).toBe(0);
}

const star = (vertices: number, { x, y, radius }: { x: number; y: number; radius: number }): Float64Array =>
  Float64Array.from({ length: vertices * 2 }, (_, i) => {
    const angle = (2 * Math.PI * (i >> 1)) / vertices;
    const r = radius * (0.7 + 0.3 * Math.sin(97 * angle));
    return i % 2 === 0 ? x + r * Math.cos(angle) : y + r * Math.sin(angle);
  });

/** Coordinates from all over, in eighths so that edges often go through centres and corners. */
const anyRing = (low: number, high: number) => {
  const eighths = fc.integer({ min: low * 8, max: high * 8 }).map((value) => value / 8);
  const any = fc.oneof(eighths, fc.double({ min: low, max: high, noNaN: true }));
  return fc.array(fc.tuple(any, any), { maxLength: 12 }).map((points) => Float64Array.from(points.flat()));
};
const anyShapes = (low: number, high: number) => {
  const ring = anyRing(low, high);
  const polygon = fc.record({ exterior: ring, holes: fc.array(ring, { maxLength: 2 }) });
  return fc.array(fc.record({ polygon, label: fc.integer({ min: 0, max: 255 }) }), { maxLength: 5 });
};

describe.each(RULES)('a whole mask by $rule ($coords), painted by the kernels', (options) => {
  it.each([
    { low: -10, high: 110, name: 'near the mask' },
    { low: -5000, high: 5000, name: 'far from it' },
    { low: -(2 ** 28), high: 2 ** 28, name: 'as far as the kernels can' },
  ])('has the plain rasteriser’s pixels, vertices $name', ({ low, high }) => {
    const side = fc.integer({ min: 1, max: 140 });
    const scale = fc.constantFrom({ x: 1, y: 1 }, { x: 1.5, y: 0.7 }, { x: 0.5, y: 3 });
    fc.assert(
      fc.property(anyShapes(low, high), side, side, scale, (shapes, width, height, downsample) => {
        const grid = { width, height, downsample };
        expect(isTaken(shapes, grid, options)).toBe(true);
        expectEqual(shapes, grid, options);
      }),
      { numRuns: 80 },
    );
  });

  it('has them where a shape takes several bands, and its runs several lists', () => {
    const grid = { width: 3001, height: 2900, downsample: ONE };
    const polygon = {
      exterior: star(4000, { x: 1490, y: 1400, radius: 1600 }),
      holes: [star(50, { x: 1200, y: 1500, radius: 300 })],
    };
    const shapes = [
      { polygon, label: 3 },
      { polygon: { exterior: star(200, { x: 700, y: 900, radius: 650 }), holes: [] }, label: 0 },
    ];
    expect(isTaken(shapes, grid, options)).toBe(true);
    expectEqual(shapes, grid, options);
    const moved = [
      { polygon: { ...polygon, exterior: polygon.exterior.map((value) => value + 1) }, label: 3 },
      ...shapes.slice(1),
    ];
    expect(Buffer.compare(paintWhole(moved, grid, options), paintPlain(shapes, grid, options))).not.toBe(0);
  });

  it('has them where the rasteriser has to take over: vertices out of reach, masks too wide or too large', () => {
    const near = { polygon: { exterior: star(9, { x: 20, y: 20, radius: 19 }), holes: [] }, label: 1 };
    const far = { polygon: { exterior: Float64Array.of(5, 5, 2 ** 30, 8, 9, 2 ** 31), holes: [] }, label: 2 };
    const grid = { width: 40, height: 40, downsample: ONE };
    expect(isTaken([near, far], grid, options)).toBe(false);
    expectEqual([near, far], grid, options);
    const wide = { width: 262_145, height: 30, downsample: ONE };
    expect(isTaken([near], wide, options)).toBe(false);
    expectEqual([near], wide, options);
    const large = { width: 2 ** 16, height: 2 ** 15, downsample: ONE };
    expect(isTaken([near], large, options)).toBe(false);
    expect(isTaken([near], { ...large, height: 2 ** 15 - 1 }, options)).toBe(true);
    const widest = { width: 262_144, height: 3, downsample: ONE };
    const teeth = Float64Array.from({ length: 262_144 * 2 }, (_, i) =>
      i % 2 === 0 ? i / 2 : (i >> 1) % 2 === 0 ? 0 : 3,
    );
    const comb = { polygon: { exterior: teeth, holes: [] }, label: 1 };
    expect(isTaken([comb], widest, options)).toBe(true);
    expectEqual([comb], widest, options);
  });

  it.each([Number.NaN, Infinity, -Infinity])('refuses a vertex at %d with the rasteriser’s words', (value) => {
    const shapes = [{ polygon: { exterior: Float64Array.of(1, 1, 9, value, 4, 8), holes: [] }, label: 1 }];
    const grid = { width: 10, height: 10, downsample: ONE };
    let words = '';
    try {
      paintPlain(shapes, grid, options);
    } catch (error) {
      words = (error as Error).message;
    }
    expect(words).toMatch(/vertices/);
    expect(() => paintWhole(shapes, grid, options)).toThrow(words);
  });
});

describe('a whole mask', () => {
  it.each(['nonzero', 'all-touched'] as const satisfies readonly MaskRule[])('by %s is the rasteriser’s', (rule) => {
    const shapes = [{ polygon: { exterior: star(100, { x: 50, y: 50, radius: 60 }), holes: [] }, label: 9 }];
    const grid = { width: 100, height: 90, downsample: ONE };
    expect(isTaken(shapes, grid, { rule })).toBe(false);
    expectEqual(shapes, grid, { rule });
  });

  it('refuses labels and sides that no mask has', () => {
    const polygon = { exterior: Float64Array.of(0, 0, 5, 0, 5, 5), holes: [] };
    const grid = { width: 10, height: 10, downsample: ONE };
    expect(() => paintWhole([{ polygon, label: 256 }], grid, { rule: 'cv2' })).toThrow(/label/);
    expect(() => paintWhole([{ polygon, label: 1 }], { ...grid, width: 0 }, { rule: 'cv2' })).toThrow(/grid/);
  });
});
