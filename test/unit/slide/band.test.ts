import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Band, type BandTileReader, type BandWindow, computeBandShape } from '../../../src/slide/band/band.ts';
import type { TileLayout } from '../../../src/slide/tile-layout.ts';

const LAYOUT: TileLayout = {
  path: 'slide',
  level: 0,
  width: 100,
  height: 70,
  tileWidth: 16,
  tileHeight: 12,
  columns: 7,
  rows: 6,
  compression: 1,
  strips: false,
  maxTileBytes: 1000,
  offsets: new Float64Array(42),
  counts: new Float64Array(42),
  parameters: {
    width: 16,
    height: 12,
    fullHeight: 12,
    samples: 3,
    bitsPerSample: 8,
    photometric: 2,
    predictor: 1,
    extraSample: 0,
    jpegTables: undefined,
  },
};

/** Red is x, green is y, blue 7; tiles past the edge hold 99, which must never be seen. */
function paintPixel(bytes: Uint8Array, at: number, { x, y }: { x: number; y: number }): void {
  const inside = x < LAYOUT.width && y < LAYOUT.height;
  bytes.set(inside ? [x, y, 7] : [99, 99, 99], at);
}

function createBand(
  extent: { left: number; right: number; height: number },
  options: { bad?: string; late?: boolean } = {},
) {
  const { bytes: length } = computeBandShape(LAYOUT, extent);
  const address = 5;
  const bytes = new Uint8Array(length + address + 5).fill(1);
  const read: string[] = [];
  const tiles: BandTileReader = {
    readTile({ col, row, address: at, pitch }) {
      read.push(`${col}/${row}`);
      if (options.bad === `${col}/${row}`) throw new Error('noise');
      for (let j = 0; j < 12; j++) {
        for (let i = 0; i < 16; i++) paintPixel(bytes, at + j * pitch + i * 3, { x: col * 16 + i, y: row * 12 + j });
      }
      return options.late ? Promise.resolve(true) : true;
    },
  };
  const band = new Band(LAYOUT, extent, { memory: { bytes: () => bytes, address, length }, tiles });
  return { band, bytes, read };
}

function expectPixels(band: Band, bytes: Uint8Array, { x, y, width, height }: BandWindow): void {
  for (let j = y; j < y + height; j++) {
    for (let i = x; i < x + width; i++) {
      const at = band.locate(i, j);
      const outside = i < 0 || j < 0 || i >= LAYOUT.width || j >= LAYOUT.height;
      const expected = outside ? [255, 255, 255] : [i, j, 7];
      if (bytes[at] !== expected[0] || bytes[at + 1] !== expected[1] || bytes[at + 2] !== expected[2]) {
        expect([i, j, ...bytes.subarray(at, at + 3)]).toEqual([i, j, ...expected]);
      }
    }
  }
}

describe('a band', () => {
  it('shows the level, and white around it, for any windows in any order', () => {
    const window = fc.record({ x: fc.integer({ min: -20, max: 80 }), y: fc.integer({ min: -30, max: 90 }) });
    fc.assert(
      fc.property(fc.array(window, { minLength: 1, maxLength: 8 }), fc.boolean(), (windows, sorted) => {
        const { band, bytes } = createBand({ left: -20, right: 120, height: 25 });
        if (sorted) windows.sort((a, b) => a.y - b.y);
        for (const at of windows) {
          const whole = { ...at, width: 30, height: 25 };
          expect(band.cover(whole)).toEqual([]);
          expectPixels(band, bytes, whole);
        }
        expect([...bytes.subarray(0, 5), ...bytes.subarray(-5)]).toEqual(new Array(10).fill(1));
      }),
    );
  });

  it('reads each tile once on the way down', () => {
    const { band, read } = createBand({ left: 0, right: 100, height: 20 });
    for (let y = 0; y < 60; y += 5) for (const x of [0, 33, 70]) band.cover({ x, y, width: 30, height: 20 });
    expect(new Set(read).size).toBe(read.length);
    expect(read.length).toBe(42);
  });

  it('names a bad tile for each window that touches it, and shows white there', () => {
    const { band, bytes, read } = createBand({ left: 0, right: 100, height: 20 }, { bad: '2/1' });
    expect(band.cover({ x: 0, y: 0, width: 32, height: 20 })).toEqual([]);
    const touched = band.cover({ x: 20, y: 5, width: 30, height: 10 });
    expect(touched).toMatchObject([{ col: 2, row: 1, error: new Error('noise') }]);
    expect(band.cover({ x: 32, y: 12, width: 16, height: 12 })).toHaveLength(1);
    expect(bytes.subarray(band.locate(32, 12), band.locate(32, 12) + 48)).toEqual(new Uint8Array(48).fill(255));
    expect(read.filter((tile) => tile === '2/1')).toHaveLength(1);
  });

  it('waits for tiles that come late', async () => {
    const { band, bytes } = createBand({ left: 0, right: 100, height: 20 }, { late: true });
    const window = { x: 3, y: 4, width: 60, height: 20 };
    const covered = band.cover(window);
    expect(covered).toBeInstanceOf(Promise);
    expect(await covered).toEqual([]);
    expectPixels(band, bytes, window);
  });
});
