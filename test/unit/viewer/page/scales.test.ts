import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseSharpness } from '../../../../src/viewer/page/pane/choose-sharpness.ts';
import { formatMagnification, getMagnification, getScale } from '../../../../src/viewer/page/pane/magnification.ts';
import { chooseScaleBar } from '../../../../src/viewer/page/pane/scale-bar-length.ts';
import { chooseSlideLevels } from '../../../../src/viewer/page/pane/slide-levels.ts';
import { snapTile } from '../../../../src/viewer/page/pane/snap-tile.ts';

describe('the scale bar', () => {
  it('is a round length that fits, and longer than two fifths of it', () => {
    const positive = fc.double({ min: 1e-3, max: 1e3, noNaN: true });
    fc.assert(
      fc.property(positive, fc.integer({ min: 40, max: 400 }), (micronsPerPixel, most) => {
        const { pixels, label } = chooseScaleBar(micronsPerPixel, most);
        const [number = '', unit] = label.split(' ');
        const microns = Number(number) * (unit === 'mm' ? 1000 : 1);
        expect(pixels * micronsPerPixel).toBeCloseTo(microns, 9);
        expect(number.replace(/[0.]/g, '')).toMatch(/^[125]$/);
        expect(pixels).toBeLessThanOrEqual(most * (1 + 1e-9));
        expect(pixels).toBeGreaterThan(most * 0.4 * (1 - 1e-9));
      }),
    );
  });

  it('counts in microns below a millimetre', () => {
    expect(chooseScaleBar(0.25, 160)).toEqual({ pixels: 80, label: '20 µm' });
    expect(chooseScaleBar(10, 100)).toEqual({ pixels: 100, label: '1 mm' });
    expect(chooseScaleBar(0.005, 100).label).toBe('0.5 µm');
  });
});

describe('magnification', () => {
  it('is that of microns where they are known: 0.25 µm at 40x; else of the objective; else unknown', () => {
    expect(getMagnification({ mpp: { x: 0.5, y: 0.5, source: 'metadata' }, objective: 40 }, 0.5)).toBe(10);
    expect(getMagnification({ mpp: null, objective: 40 }, 0.25)).toBe(10);
    expect(getMagnification({ mpp: null, objective: null }, 1)).toBeNull();
    expect(getScale({ mpp: { x: 0.25, y: 0.25, source: 'metadata' }, objective: null }, 20)).toBe(0.5);
    expect([0.3123, 1.25, 19.96, 40].map(formatMagnification)).toEqual(['0.31×', '1.25×', '20×', '40×']);
  });
});

describe('levels that are asked for', () => {
  const choose = (width: number, height: number, deepZoom: { levels: number; stored: number[]; tileSize: number }) =>
    chooseSlideLevels({ width, height, deepZoom }).map(({ level, downsample }) => [level, downsample]);

  it('are those stored, and coarser ones to a single tile by steps of four', () => {
    expect(choose(50_000, 40_000, { levels: 17, stored: [12, 14, 16], tileSize: 256 })).toEqual([
      [8, 256],
      [10, 64],
      [12, 16],
      [14, 4],
      [16, 1],
    ]);
    expect(choose(2220, 2967, { levels: 13, stored: [12], tileSize: 240 }).map(([level]) => level)).toEqual([
      8, 10, 12,
    ]);
  });

  it('are all there is of an export, also without the finest', () => {
    const stored = Array.from({ length: 11 }, (_, level) => level);
    expect(choose(2220, 2967, { levels: 13, stored, tileSize: 240 })).toEqual([
      [8, 16],
      [9, 8],
      [10, 4],
    ]);
  });

  it('are one of a slide smaller than a tile', () => {
    expect(choose(100, 80, { levels: 8, stored: [], tileSize: 512 })).toEqual([[7, 1]]);
  });

  it('are shown shrunk rather than blurred', () => {
    expect(chooseSharpness([4, 2, 1])).toBeCloseTo(Math.SQRT1_2);
    expect(chooseSharpness([16, 4, 1])).toBeCloseTo(Math.SQRT2 / 4);
    expect(chooseSharpness([1])).toBeCloseTo(Math.SQRT1_2);
  });
});

describe('edges of tiles', () => {
  it('lie on pixels of the screen, where those of the neighbours lie', () => {
    const number = fc.double({ min: -5000, max: 5000, noNaN: true });
    fc.assert(
      fc.property(
        number,
        fc.double({ min: 20, max: 900, noNaN: true }),
        fc.constantFrom(1, 1.5, 2),
        (x, width, ratio) => {
          const one = snapTile({ x, y: x, width, height: width }, ratio);
          const next = snapTile({ x: x + width, y: x, width, height: width }, ratio);
          expect(one.x * ratio).toBeCloseTo(Math.round(one.x * ratio), 6);
          expect(one.x + one.width).toBeCloseTo(next.x, 6);
          expect(Math.abs(one.x - x) * ratio).toBeLessThanOrEqual(0.501);
        },
      ),
    );
  });

  it('stay where they are at 1:1, whatever springs leave over', () => {
    for (const rest of [-1e-7, 0, 1e-7])
      expect(snapTile({ x: 10.5 + rest, y: 3 + rest, width: 256, height: 256 }, 1)).toEqual({
        x: 11,
        y: 3,
        width: 256,
        height: 256,
      });
  });
});
