import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { getThreadJpegDecoder } from '../../../../src/io/codec/decode-with-kernels.ts';
import { createKernels, type Kernels } from '../../../../src/io/kernels/wasm-kernels.ts';
import { createListPlan, type PatchCorner } from '../../../../src/preprocessing/extract-patches/list-plan.ts';
import { openPatchCutter } from '../../../../src/preprocessing/extract-patches/patch-cutter.ts';
import type { PatchPlan } from '../../../../src/preprocessing/extract-patches/patch-plan.ts';
import { planCells } from '../../../../src/preprocessing/extract-patches/plan-cells.ts';
import { openSlide } from '../../../../src/slide/open-slide.ts';
import type { Slide } from '../../../../src/slide/slide.ts';
import { sha256 } from '../../../../src/utils/hash.ts';
import { writeJpegSlide } from '../../../support/jpeg-slide.ts';

const MEMORY = 64 * 2 ** 20;
const CORNERS: PatchCorner[] = [
  [0, 0],
  [512, 256],
  [301, 77],
  [700, 520],
  [-64, -130],
];

let folder: string;
let path: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'slideloom-cutter-'));
  path = join(folder, 'slide.tif');
  const kinds = ['baseline', 'baseline', 'progressive', 'none', 'baseline'] as const;
  const kind = (col: number, row: number) => kinds[(col + 3 * row) % 5] ?? 'baseline';
  await writeJpegSlide(path, { width: 1003, height: 777, tile: 128, kind });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

// What runs on a machine without WebAssembly SIMD: regions of the plain twin instead of a band of the kernels.
describe('fast downsampling gives the same bytes with and without kernels', () => {
  it.each([2, 2.003, 2.7, 4, 5.5, 8])('at a step of %d', async (step) => {
    vi.spyOn(WebAssembly, 'validate').mockReturnValue(false);
    expect(getThreadJpegDecoder(1000).kind).toBe('twin');
    await using slide = await openSlide(path, { mpp: 0.25 });
    const plan = createListPlan(slide, CORNERS, { size: 60, mpp: 0.25 * step, fastDownsample: true });
    const banded = await cut(slide, plan, createKernels(MEMORY));
    expect(banded.sampling?.layout.reduction?.scale).toBe(step < 4 ? 2 : step < 8 ? 4 : 8);
    expect(banded.tilesRead).toBeGreaterThan(0);
    const plain = await cut(slide, plan, undefined);
    expect(plain.tilesRead).toBeUndefined();
    expect(plain.patches).toEqual(banded.patches);
    expect(new Set(plain.patches).size).toBe(CORNERS.length);
  });
});

describe('patches from bands', () => {
  // At even corners pixels of half the size are means of whole tiles; tiles of `shared` and `even` serve several patches.
  const apart: PatchCorner[] = [
    [0, 0],
    [256, 128],
    [512, 256],
    [896, 640],
  ];
  const places = {
    apart,
    shared: [...CORNERS, [40, 30]] as PatchCorner[],
    even: [...apart, [130, 2], [-64, -130]] as PatchCorner[],
  };

  it.each([
    ['apart', 1],
    ['shared', 1],
    ['apart', 2],
    ['shared', 2],
    ['even', 2],
    ['apart', 2.7],
  ] as const)("have the pixels of the slide's own regions: places %s, step %d", async (name, step) => {
    await using slide = await openSlide(path, { mpp: 0.25 });
    const plan = createListPlan(slide, places[name], {
      size: 60,
      ...(step === 1 ? { level: 0 } : { mpp: 0.25 * step }),
    });
    const { patches, tilesRead } = await cut(slide, plan, createKernels(MEMORY));
    expect(tilesRead).toBeGreaterThan(0);
    for (const [index, [x, y]] of places[name].entries()) {
      const region = { x, y, width: 60, height: 60 };
      const { data } =
        step === 1
          ? await slide.readRegion({ ...region, level: 0 })
          : await slide.readRegionAtDownsample({ ...region, downsample: { x: step, y: step } });
      expect(patches[index], `${x}, ${y}`).toBe(sha256(data));
    }
  });
});

async function cut(slide: Slide, plan: PatchPlan, kernels: Kernels | undefined) {
  const { sampling, banded, cells } = await planCells(slide, plan, MEMORY);
  const { identity } = slide;
  const output = { kind: 'pixels', layout: 'rgb', normalise: {} } as const;
  const { geometry } = plan;
  const fixed = { slidePath: path, slideOptions: {}, slideId: '', onBadTile: 'fail' } as const;
  const task = { ...fixed, identity, geometry, sampling, banded, output };
  await using cutter = await openPatchCutter(task, kernels);
  const patches: string[] = [];
  for (const { patches: corners } of cells) {
    for await (const { patch, block } of cutter.cut({ ...task, patches: corners })) {
      const rows = Array.from({ length: 60 }, (_, y) => block?.pixels.slice(y * block.pitch, y * block.pitch + 180));
      patches[patch.index] = sha256(Buffer.concat(rows.map((row) => row ?? new Uint8Array())));
    }
  }
  return { patches, tilesRead: cutter.tilesRead, sampling };
}
