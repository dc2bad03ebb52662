import { describe, expect, it } from 'vitest';
import type { MaskRule, MaskShape } from '../../../../src/preprocessing/xml-to-mask/annotation.ts';
import { createMaskRasterizer } from '../../../../src/preprocessing/xml-to-mask/rasterizer.ts';

const RULES: readonly MaskRule[] = ['pixel-centre', 'nonzero', 'all-touched', 'cv2'];

const ring = (...xy: number[]): Float64Array => Float64Array.from(xy);
const square = (left: number, top: number, right: number, bottom: number): Float64Array =>
  ring(left, top, right, top, right, bottom, left, bottom);
const shape = (exterior: Float64Array, label = 1, holes: Float64Array[] = []): MaskShape => ({
  polygon: { exterior, holes },
  label,
});
const grid = (width: number, height: number, x = 1, y = x) => ({ width, height, downsample: { x, y } });

/** The mask as text, a digit for each pixel. */
function draw(shapes: MaskShape[], width: number, height: number, rule: MaskRule = 'pixel-centre'): string[] {
  const target = new Uint8Array(width * height);
  const rasterizer = createMaskRasterizer(shapes, grid(width, height), { rule });
  const label = rasterizer.rasterize({ x: 0, y: 0, width, height }, target);
  if (label !== undefined) target.fill(label);
  return Array.from({ length: height }, (_, y) => target.subarray(y * width, (y + 1) * width).join(''));
}

describe('the mask rasteriser', () => {
  it('takes the pixels whose centre is inside, one on an edge from the left and from above', () => {
    expect(draw([shape(square(0.5, 0.5, 2.5, 1.5))], 4, 3)).toEqual(['1100', '0000', '0000']);
    expect(draw([shape(square(0.5, 0.5, 2.5, 1.5))], 4, 3, 'all-touched')).toEqual(['1110', '1110', '0000']);
    expect(draw([shape(square(0.5, 0.5, 2.5, 1.5))], 4, 3, 'cv2')).toEqual(['1110', '1110', '0000']);
  });

  it('paints later shapes over earlier ones, and label 0 erases', () => {
    const shapes = [shape(square(0, 0, 4, 4), 1), shape(square(1, 1, 4, 4), 2), shape(square(2, 2, 3, 3), 0)];
    expect(draw(shapes, 5, 4)).toEqual(['11110', '12220', '12020', '12220']);
    expect(draw([...shapes, shape(square(0, 0, 5, 4), 3)], 5, 4)).toEqual(['33333', '33333', '33333', '33333']);
  });

  it('keeps holes in all rules, islands in holes too', () => {
    const rings = [square(1, 1, 6, 6), square(2, 2, 5, 5), square(3, 3, 4, 4)] as const;
    const wanted = ['0000000', '0111110', '0100010', '0101010', '0100010', '0111110', '0000000'];
    for (const rule of ['pixel-centre', 'nonzero', 'all-touched'] as const)
      expect(draw([shape(rings[0], 1, [rings[1], rings[2]])], 7, 7, rule), rule).toEqual(wanted);
    const [, second] = draw([shape(square(0, 0, 6, 6), 1, [square(2, 2, 4, 4)])], 7, 7, 'cv2');
    expect(second).toBe('1111111');
  });

  it('fills what an outline winds around twice by nonzero only', () => {
    const twice = ring(0, 0, 4, 0, 4, 4, 0, 4, 0, 0, 3, 0, 3, 3, 0, 3);
    expect(draw([shape(twice)], 4, 4)).toEqual(['0001', '0001', '0001', '1111']);
    expect(draw([shape(twice)], 4, 4, 'nonzero')).toEqual(['1111', '1111', '1111', '1111']);
  });

  it('scales each axis by its own downsample', () => {
    const rasterizer = createMaskRasterizer([shape(square(8, 8, 24, 24))], grid(6, 6, 8, 4), { rule: 'pixel-centre' });
    const target = new Uint8Array(36);
    expect(rasterizer.rasterize({ x: 0, y: 0, width: 6, height: 6 }, target)).toBe(undefined);
    expect([...target].map((value, i) => (value === 0 ? -1 : i)).filter((i) => i >= 0)).toEqual([
      13, 14, 19, 20, 25, 26, 31, 32,
    ]);
  });

  it.each<[string, Float64Array, string]>([
    ['no vertex', ring(), '0'],
    ['one vertex', ring(2.5, 2.5), '0'],
    ['one vertex, many times', ring(2, 2, 2, 2, 2, 2), '0'],
    ['two vertices', ring(1, 1, 4, 4), '0'],
    ['vertices on a line', ring(1, 2, 3, 2, 5, 2), '0'],
    ['no height', square(1, 2, 4, 2), '0'],
    ['all of it outside', square(20, 20, 30, 30), '0'],
    ['all of it before the origin', square(-9, -9, -1, -1), '0'],
    ['all around the mask', square(-1e9, -1e9, 1e9, 1e9), '1'],
    ['far out', ring(-1e9, -1e9, 1e9, -1e9, 1e9, 1e9, -1e9, 1e9, -1e9, 3e8), '1'],
  ])('a shape with %s', (_, exterior, wanted) => {
    for (const rule of ['pixel-centre', 'nonzero'] as const)
      expect(draw([shape(exterior)], 6, 6, rule).join(''), rule).toBe(wanted.repeat(36));
  });

  it('draws what has no area by cv2, as OpenCV does', () => {
    expect(draw([shape(ring(1, 1))], 3, 3, 'cv2')).toEqual(['000', '010', '000']);
    expect(draw([shape(ring(0, 0, 2, 2))], 3, 3, 'cv2')).toEqual(['100', '010', '001']);
    expect(draw([shape(ring(0, 1, 2, 1))], 3, 3, 'cv2')).toEqual(['000', '111', '000']);
  });

  it('names the label of a uniform box and leaves its target alone', () => {
    const big = square(0, 0, 2000, 1000);
    const rasterizer = createMaskRasterizer([shape(big, 3), shape(square(1000, 0, 2000, 1000), 4)], grid(3000, 1000), {
      rule: 'pixel-centre',
    });
    const target = new Uint8Array(64 * 64).fill(9);
    const ask = (x: number, y: number) => rasterizer.rasterize({ x, y, width: 64, height: 64 }, target);
    expect([ask(2500, 100), ask(100, 100), ask(1500, 100), ask(936, 0), ask(1000, 0)]).toEqual([0, 3, 4, 3, 4]);
    expect(target.every((value) => value === 9)).toBe(true);
    expect(ask(960, 0)).toBe(undefined);
    expect(target[39]).toBe(3);
    expect(target[40]).toBe(4);
  });

  it('paints where the target does not begin at a word', () => {
    const memory = new Uint8Array(1000).fill(9);
    const rasterizer = createMaskRasterizer([shape(square(3, 1, 27, 9))], grid(30, 10), { rule: 'pixel-centre' });
    expect(rasterizer.rasterize({ x: 0, y: 0, width: 30, height: 10 }, memory.subarray(3, 303))).toBe(undefined);
    expect(memory.filter((value) => value === 1).length).toBe(24 * 8);
    expect([...memory.subarray(0, 3), ...memory.subarray(303, 306)]).toEqual([9, 9, 9, 9, 9, 9]);
  });

  it('needs no more memory where millions of edges cross the rows', () => {
    // 400 lines down 6000 rows: 2.4 million crossings, in boxes that are halved.
    const comb = Array.from({ length: 200 }, (_, i) => i * 0.3).flatMap((x) => [
      x,
      -5,
      x,
      7000,
      x + 0.15,
      7000,
      x + 0.15,
      -5,
    ]);
    const shapes = [shape(Float64Array.from(comb))];
    const rasterizer = createMaskRasterizer(shapes, grid(64, 6000), { rule: 'pixel-centre' });
    const target = new Uint8Array(64 * 6000);
    rasterizer.rasterize({ x: 0, y: 0, width: 64, height: 6000 }, target);
    const row = new Uint8Array(64);
    rasterizer.rasterize({ x: 0, y: 17, width: 64, height: 1 }, row);
    expect(row.includes(0) && row.includes(1)).toBe(true);
    const all = Array.from({ length: 6000 }, (_, y) => y);
    expect(all.filter((y) => Buffer.compare(target.subarray(y * 64, y * 64 + 64), row) !== 0)).toEqual([]);
  });

  it.each(RULES)('%s of no shapes is 0', (rule) => {
    expect(draw([], 3, 2, rule)).toEqual(['000', '000']);
  });

  it('refuses what it can not paint', () => {
    const make = (shapes: MaskShape[], mask = grid(10, 10)) =>
      createMaskRasterizer(shapes, mask, { rule: 'pixel-centre' });
    expect(() => make([shape(square(0, 0, 1, 1), 256)])).toThrow(/`label`/);
    expect(() => make([shape(ring(0, 0, Number.NaN, 1, 1, 1))])).toThrow(/`shapes`/);
    expect(() => make([shape(ring(0, 0, Infinity, 1, 1, 1))])).toThrow(/`shapes`/);
    expect(() => createMaskRasterizer([shape(ring(0, 0, Number.NaN, 1))], grid(9, 9), { rule: 'cv2' })).toThrow(
      /`shapes`/,
    );
    expect(() => make([], grid(0, 10))).toThrow(/`grid`/);
    expect(() => make([], grid(10, 10, 0))).toThrow(/`downsample`/);
    const rasterizer = make([]);
    expect(() => rasterizer.rasterize({ x: 5, y: 0, width: 6, height: 1 }, new Uint8Array(9))).toThrow(/`box`/);
    expect(() => rasterizer.rasterize({ x: 0.5, y: 0, width: 6, height: 1 }, new Uint8Array(9))).toThrow(/`box`/);
    expect(() => rasterizer.rasterize({ x: 0, y: 0, width: 6, height: 2 }, new Uint8Array(9))).toThrow(/`target`/);
  });
});
