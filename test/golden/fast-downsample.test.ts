import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createRaster, type Raster } from '../../src/io/raster.ts';
import { planPatches, readPatches, streamPatches } from '../../src/preprocessing/extract-patches.ts';
import { openSlide } from '../../src/slide/open-slide.ts';
import type { Slide } from '../../src/slide/slide.ts';
import { describeWithShared, sharedPath, skipLoudly } from '../support/shared-data.ts';
import { decodeWithSharp, hasPythonOracle, joinStream, runPythonOracle } from './jpeg-decode-support.ts';

// The oracle is Pillow's draft mode, libjpeg-turbo's scaled decode, of each stored tile by itself; tiles through which the
// level's edge runs in the middle of a reduced pixel are decoded in full by libjpeg-turbo and averaged here in a plain loop.
if (hasPythonOracle) describeWithShared('fast downsampling against libjpeg-turbo', compareSlides);
else skipLoudly('fast downsampling against libjpeg-turbo', 'python3 with PIL, numpy and cv2');

function compareSlides(): void {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'slideloom-fast-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  // RGB tiles of 240, and YCbCr 4:2:0 of 256; 2220 x 2967 pixels: the bottom edge is ragged at each scale.
  it.each(['CMU-1-Small-Region.svs', 'CMU-1-Small-Region.jpeg.tiff'])('%s: difference 0', async (name) => {
    await using slide = await openSlide(sharedPath('data', 'wsi', name), { mpp: 0.25 });
    const draft = await decodeTiles(slide, mkdtempSync(join(folder, 'tiles-')));
    for (const scale of [2, 4, 8] as const) {
      const level = await composeLevel(slide, scale, draft);
      const plan = planPatches(slide, undefined, { size: 200, mpp: 0.25 * scale, edge: 'pad', fastDownsample: true });
      let compared = 0;
      for await (const { patch, pixels } of streamPatches(slide, plan, { workers: 2 })) {
        const expected = crop(level, { x: patch.x / scale, y: patch.y / scale, size: 200 });
        expect(Buffer.compare(pixels as Uint8Array, expected), `1/${scale}: ${patch.x}, ${patch.y}`).toBe(0);
        compared++;
      }
      expect(compared).toBe(Math.ceil(2220 / scale / 200) * Math.ceil(2967 / scale / 200));
    }
  });

  // Measured: 0.11, 0.08, 0.06 (RGB) and 0.47, 0.40, 0.23 (YCbCr 4:2:0); between steps 1.2 to 1.5.
  it.each([
    ['CMU-1-Small-Region.svs', 2, 0.2],
    ['CMU-1-Small-Region.svs', 4, 0.2],
    ['CMU-1-Small-Region.svs', 8, 0.2],
    ['CMU-1-Small-Region.svs', 3.2, 1.5],
    ['CMU-1-Small-Region.jpeg.tiff', 2, 0.6],
    ['CMU-1-Small-Region.jpeg.tiff', 4, 0.6],
    ['CMU-1-Small-Region.jpeg.tiff', 8, 0.6],
  ])('%s at 1/%d is within %d levels of the exact average, on average', async (name, step, most) => {
    await using slide = await openSlide(sharedPath('data', 'wsi', name), { mpp: 0.25 });
    const options = { size: 128, mpp: 0.25 * step };
    const exact = new Map<number, Uint8Array>();
    for await (const { patch, raster } of readPatches(slide, planPatches(slide, undefined, options)))
      exact.set(patch.index, raster.data);
    let sum = 0;
    let count = 0;
    for await (const { patch, raster } of readPatches(
      slide,
      planPatches(slide, undefined, { ...options, fastDownsample: true }),
    )) {
      const other = exact.get(patch.index) ?? new Uint8Array();
      for (const [i, value] of raster.data.entries()) sum += Math.abs(value - (other[i] ?? NaN));
      count += raster.data.length;
    }
    expect(sum / count).toBeLessThan(most);
    // Fast it was: the very pixels of an average would be an option without effect.
    expect(sum).toBeGreaterThan(0);
  });
}

interface DraftTile {
  readonly jpeg: Uint8Array;
  readonly draft: Map<number, Raster>;
}

/** Every stored tile as a JPEG that stands alone, and Pillow's drafts of it; by "col_row". */
async function decodeTiles(slide: Slide, folder: string): Promise<Map<string, DraftTile>> {
  const layout = await slide.getTileLayout?.(0);
  if (!layout) throw new Error('the slide is no file of tiles');
  const { columns, rows, parameters } = layout;
  const tiles = new Map<string, DraftTile>();
  for (let i = 0; i < columns * rows; i++) {
    const [col, row] = [i % columns, Math.floor(i / columns)];
    const tile = await slide.readTile(0, col, row);
    if (!tile) throw new Error(`no tile ${col}, ${row}`);
    const jpeg = joinStream(tile.data, parameters.jpegTables, parameters.photometric === 2);
    writeFileSync(join(folder, `${col}_${row}.jpg`), jpeg);
    tiles.set(`${col}_${row}`, { jpeg, draft: new Map() });
  }
  const listed = JSON.parse(runPythonOracle('draft', folder)) as Listed[];
  for (const { jpeg, scale, raw, width, height } of listed) {
    const data = readFileSync(join(folder, raw));
    tiles.get(jpeg.replace('.jpg', ''))?.draft.set(scale, { width, height, channels: 3, data });
  }
  return tiles;
}

interface Listed {
  readonly jpeg: string;
  readonly scale: number;
  readonly raw: string;
  readonly width: number;
  readonly height: number;
}

/** The level at 1/scale, put together by hand. */
async function composeLevel(slide: Slide, scale: number, tiles: Map<string, DraftTile>): Promise<Raster> {
  const { tileWidth, tileHeight } = slide.levels[0] ?? { tileWidth: 0, tileHeight: 0 };
  const level = createRaster(Math.ceil(slide.width / scale), Math.ceil(slide.height / scale));
  for (const [place, { jpeg, draft }] of tiles) {
    const [col = 0, row = 0] = place.split('_').map(Number);
    const inside = {
      width: Math.min(tileWidth, slide.width - col * tileWidth),
      height: Math.min(tileHeight, slide.height - row * tileHeight),
    };
    const ragged = inside.width % scale !== 0 || inside.height % scale !== 0;
    const tile = ragged ? average(await decodeWithSharp(jpeg), scale, inside) : draft.get(scale);
    if (!tile) throw new Error(`no draft of ${place}`);
    const left = (col * tileWidth) / scale;
    const top = (row * tileHeight) / scale;
    for (let y = 0; y < tile.height && top + y < level.height; y++) {
      for (let x = 0; x < tile.width && left + x < level.width; x++) {
        for (let c = 0; c < 3; c++)
          level.data[((top + y) * level.width + left + x) * 3 + c] = tile.data[(y * tile.width + x) * 3 + c]!;
      }
    }
  }
  return level;
}

/** Means of scale x scale pixels, white beyond `inside`. */
function average({ width, data }: Raster, scale: number, inside: { width: number; height: number }): Raster {
  const result = createRaster(Math.ceil(inside.width / scale), Math.ceil(inside.height / scale));
  for (let i = 0; i < result.data.length; i++) {
    const [c, x, y] = [i % 3, Math.floor(i / 3) % result.width, Math.floor(i / 3 / result.width)];
    let sum = 0;
    for (let k = 0; k < scale * scale; k++) {
      const [u, v] = [x * scale + (k % scale), y * scale + Math.floor(k / scale)];
      sum += u < inside.width && v < inside.height ? data[(v * width + u) * 3 + c]! : 255;
    }
    result.data[i] = Math.floor(sum / (scale * scale) + 0.5);
  }
  return result;
}

/** A square of the level; white outside. */
function crop(level: Raster, { x, y, size }: { x: number; y: number; size: number }): Uint8Array {
  const pixels = new Uint8Array(size * size * 3).fill(255);
  for (let j = 0; j < size && y + j < level.height; j++) {
    const from = ((y + j) * level.width + x) * 3;
    pixels.set(level.data.subarray(from, from + Math.min(size, level.width - x) * 3), j * size * 3);
  }
  return pixels;
}
