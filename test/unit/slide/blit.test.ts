import { describe, expect, it } from 'vitest';
import { createRaster, type Raster } from '../../../src/io/raster.ts';
import { blitRaster } from '../../../src/slide/blit.ts';

/** 1 .. 9 as pixels of one grey channel, or of three equal ones. */
function createTile(channels: 1 | 3): Raster {
  const data = Uint8Array.from({ length: 9 * channels }, (_, i) => Math.floor(i / channels) + 1);
  return { width: 3, height: 3, channels, data };
}

/** The red channel as text: `.` is white. */
function show({ width, height, data }: Raster): string[] {
  const cell = (x: number, y: number) => {
    const at = (y * width + x) * 3;
    expect([data[at + 1], data[at + 2]]).toEqual([data[at], data[at]]);
    return data[at] === 255 ? '.' : String(data[at]);
  };
  return Array.from({ length: height }, (_, y) => Array.from({ length: width }, (_, x) => cell(x, y)).join(''));
}

describe.each([1, 3] as const)('blitRaster with %i channels', (channels) => {
  const cases: [string, { x: number; y: number }, { width: number; height: number } | undefined, string[]][] = [
    ['in the middle', { x: 1, y: 1 }, undefined, ['.....', '.123.', '.456.', '.789.', '.....']],
    ['over the top left corner', { x: -2, y: -1 }, undefined, ['6....', '9....', '.....', '.....', '.....']],
    ['over the bottom right corner', { x: 3, y: 4 }, undefined, ['.....', '.....', '.....', '.....', '...12']],
    ['beyond the right side', { x: 5, y: 0 }, undefined, ['.....', '.....', '.....', '.....', '.....']],
    ['beyond the left side', { x: -3, y: 0 }, undefined, ['.....', '.....', '.....', '.....', '.....']],
    ['above', { x: 0, y: -3 }, undefined, ['.....', '.....', '.....', '.....', '.....']],
    ['below', { x: 0, y: 5 }, undefined, ['.....', '.....', '.....', '.....', '.....']],
    ['without its padding', { x: 1, y: 1 }, { width: 2, height: 1 }, ['.....', '.12..', '.....', '.....', '.....']],
    ['all padding', { x: 1, y: 1 }, { width: -1, height: 3 }, ['.....', '.....', '.....', '.....', '.....']],
  ];
  it.each(cases)('%s', (_what, at, limit, wanted) => {
    const target = createRaster(5, 5);
    blitRaster(createTile(channels), target, at, limit);
    expect(show(target)).toEqual(wanted);
  });
});
