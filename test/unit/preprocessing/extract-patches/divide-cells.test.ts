import { describe, expect, it } from 'vitest';
import { shareTiles } from '../../../../src/preprocessing/extract-patches/cell-bands.ts';
import { divideCells } from '../../../../src/preprocessing/extract-patches/divide-cells.ts';
import type { PatchSampling } from '../../../../src/preprocessing/extract-patches/patch-sampling.ts';

const TILES = { tileWidth: 256, tileHeight: 256 };
const SIZE = 512;
const PATCH_BYTES = SIZE * SIZE * 3;

describe('windows share tiles', () => {
  const at = (x: number, y: number, side = SIZE) => {
    return { x, y, width: side, height: side, offsetX: 0, offsetY: 0, step: undefined };
  };

  it('where one lies under two of them', () => {
    expect(shareTiles(TILES, [at(0, 0), at(512, 0), at(0, 512), at(-512, 0)])).toBe(false);
    expect(shareTiles(TILES, [at(0, 0), at(511, 0)])).toBe(true);
    expect(shareTiles(TILES, [at(1, 1, 255), at(0, 256), at(10, 250, 7)])).toBe(true);
    expect(shareTiles(TILES, [at(5, 5, 8), at(100, 100, 8)])).toBe(true);
    expect(shareTiles(TILES, [at(-1, 0), at(-600, 0)])).toBe(true);
  });
});

describe('the jobs of a stream', () => {
  const divide = (step: number, sampling: PatchSampling | undefined) => {
    const patches = Array.from({ length: 23 }, (_, index) => ({ index, x: index * step, y: 0, tissueFraction: 1 }));
    const jobs = [
      ...divideCells([{ patches }, { patches: patches.slice(0, 2) }], {
        sampling,
        size: SIZE,
        patchBytes: PATCH_BYTES,
      }),
    ];
    expect(jobs.flat()).toEqual([...patches, ...patches.slice(0, 2)]);
    return jobs.map(({ length }) => length);
  };
  const sampling = { layout: TILES, downsample: { x: 1, y: 1 }, step: undefined } as unknown as PatchSampling;

  it('are equal shares of a cell: of 4 MiB at most where no tile is shared, of 8 elsewhere', () => {
    expect(divide(SIZE, sampling)).toEqual([5, 5, 5, 5, 3, 2]);
    expect(divide(SIZE - 1, sampling)).toEqual([8, 8, 7, 2]);
    expect(divide(SIZE, undefined)).toEqual([8, 8, 7, 2]);
  });
});
