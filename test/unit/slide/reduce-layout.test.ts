import { describe, expect, it } from 'vitest';
import { chooseReduction, halveLayout, reduceLayout } from '../../../src/slide/band/reduce-layout.ts';
import type { TileLayout } from '../../../src/slide/tile-layout.ts';

const PARAMETERS = {
  width: 240,
  height: 240,
  fullHeight: 240,
  samples: 3,
  bitsPerSample: 8,
  photometric: 6,
  predictor: 1,
  extraSample: 0,
  jpegTables: undefined,
};
const LAYOUT: TileLayout = {
  path: 'slide',
  level: 0,
  width: 1003,
  height: 720,
  tileWidth: 240,
  tileHeight: 240,
  columns: 5,
  rows: 3,
  compression: 7,
  strips: false,
  maxTileBytes: 1000,
  offsets: new Float64Array(15),
  counts: new Float64Array(15),
  parameters: PARAMETERS,
};
const at = (x: number, y = x) => ({ x, y });

describe('the scale of a reduced decode', () => {
  it('is the largest that the step holds on both axes, within the tolerance of levels', () => {
    const steps = [1, 1.98, 1.991, 2, 3.9, 3.99, 4, 7.9, 8, 64];
    expect(steps.map((step) => chooseReduction(LAYOUT, at(step)))).toEqual([1, 1, 2, 2, 2, 4, 4, 4, 8, 8]);
    expect(chooseReduction(LAYOUT, at(8, 2.5))).toBe(2);
    expect(chooseReduction(LAYOUT, at(1.5, 8))).toBe(1);
  });

  it('divides the stored tiles', () => {
    const sized = (width: number, height: number) => ({ ...LAYOUT, parameters: { ...PARAMETERS, width, height } });
    expect(chooseReduction(sized(100, 240), at(8))).toBe(4);
    expect(chooseReduction(sized(240, 34), at(8))).toBe(2);
    expect(chooseReduction(sized(241, 240), at(8))).toBe(1);
  });

  it('is 1 for what the decoder of bands leaves to others', () => {
    expect(chooseReduction({ ...LAYOUT, compression: 5 }, at(4))).toBe(1);
    expect(chooseReduction({ ...LAYOUT, strips: true }, at(4))).toBe(1);
    for (const other of [{ samples: 1, photometric: 1 }, { bitsPerSample: 12 }, { photometric: 5 }])
      expect(chooseReduction({ ...LAYOUT, parameters: { ...PARAMETERS, ...other } }, at(4))).toBe(1);
  });
});

it('a reduced layout has pixels for the whole level, and the tiles of the stored one', () => {
  const { width, height, tileWidth, tileHeight, columns, rows, reduction, parameters } = reduceLayout(LAYOUT, 8);
  expect([width, height, tileWidth, tileHeight, columns, rows]).toEqual([126, 90, 30, 30, 5, 3]);
  expect(reduction).toEqual({ scale: 8, width: 1003, height: 720 });
  expect(parameters).toBe(PARAMETERS);
});

describe('a halved layout', () => {
  it('has means of 2 x 2 pixels for the whole level', () => {
    const { width, height, tileWidth, tileHeight, reduction } = halveLayout(LAYOUT) ?? LAYOUT;
    expect([width, height, tileWidth, tileHeight]).toEqual([502, 360, 120, 120]);
    expect(reduction).toEqual({ scale: 2, mean: true, width: 1003, height: 720 });
  });

  it('is none of tiles that are no JPEG, are reduced already, or whose colours are converted before they are averaged', () => {
    expect(halveLayout({ ...LAYOUT, compression: 5 })).toBeUndefined();
    expect(halveLayout(reduceLayout(LAYOUT, 2))).toBeUndefined();
    expect(halveLayout({ ...LAYOUT, colors: new Uint8Array(new SharedArrayBuffer(3)) })).toBeUndefined();
    expect(halveLayout({ ...LAYOUT, parameters: { ...PARAMETERS, width: 241 } })).toBeUndefined();
  });
});
