import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeImage } from '../../src/io/encode-image.ts';
import { runCohort } from '../../src/pipeline/run-cohort.ts';
import { resolveSlideInputs } from '../../src/pipeline/slide-inputs.ts';
import type { PlanOptions } from '../../src/preprocessing/extract-patches/options.ts';
import {
  createPatchPool,
  type ExtractOptions,
  extractPatches,
  planPatches,
  readPatches,
  streamPatches,
} from '../../src/preprocessing/extract-patches.ts';
import { detectTissue } from '../../src/preprocessing/tissue-detection.ts';
import { openSlide } from '../../src/slide/open-slide.ts';
import type { SlideOptions } from '../../src/slide/settings.ts';
import type { Slide } from '../../src/slide/slide.ts';
import { sha256 } from '../../src/utils/hash.ts';
import { writeJpegSlide } from '../support/jpeg-slide.ts';
import { hashStableContent, snapshotWrites } from '../support/snapshot-folder.ts';
import { createMatrixProfile, createTableProfile } from '../support/tiny-icc.ts';

const SRGB: SlideOptions = { mpp: 0.5, icc: 'srgb' };
let folder: string;
let jpeg: string;
let lzw: string;
let bare: string;
const held: Slide[] = [];
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'slideloom-icc-'));
  [jpeg, lzw, bare] = ['jpeg', 'lzw', 'bare'].map((name) => join(folder, `${name}.tif`)) as [string, string, string];
  const size = { width: 700, height: 500, tile: 128 };
  // A tile that is no baseline JPEG goes through the codec, one that is not stored is white.
  const kind = (col: number, row: number) =>
    col === 2 && row === 1 ? 'progressive' : row + col === 0 ? 'none' : 'baseline';
  await writeJpegSlide(jpeg, { ...size, kind, icc: createTableProfile() });
  await writeJpegSlide(lzw, { ...size, lzw: true, icc: createMatrixProfile() });
  await writeJpegSlide(bare, size);
  // While these are open their tables of colours need not be made again.
  for (const path of [jpeg, lzw]) held.push(await openSlide(path, SRGB));
  for (const slide of held) await slide.readThumbnail(10);
});
afterAll(() => {
  for (const slide of held) slide.close();
  rmSync(folder, { recursive: true, force: true });
});
const newFolder = () => mkdtempSync(join(folder, 'out-'));

async function extract(path: string, options: Partial<ExtractOptions>) {
  const out = newFolder();
  const result = await extractPatches(path, { out, overview: false, slide: SRGB, ...options });
  return { ...result, out, files: hashStableContent(out) };
}

async function stream(path: string, slideOptions: SlideOptions, plan: PlanOptions, settings = {}): Promise<string[]> {
  await using slide = await openSlide(path, slideOptions);
  const hashes: string[] = [];
  for await (const { patch, pixels } of streamPatches(slide, planPatches(slide, undefined, plan), settings))
    hashes[patch.index] = sha256(pixels as Uint8Array);
  return hashes;
}

async function read(path: string, slideOptions: SlideOptions, plan: PlanOptions): Promise<string[]> {
  await using slide = await openSlide(path, slideOptions);
  const hashes: string[] = [];
  for await (const { patch, raster } of readPatches(slide, planPatches(slide, undefined, plan)))
    hashes[patch.index] = sha256(raster.data);
  return hashes;
}

const plans: [string, PlanOptions][] = [
  ['as stored', { size: 100, mpp: 0.5, edge: 'pad' }],
  ['on tiles', { size: 128, level: 0 }],
  ['averaged', { size: 90, mpp: 1.17, edge: 'pad' }],
  ['averaged fast', { size: 60, mpp: 1.17, edge: 'pad', fastDownsample: true }],
];

describe('patches in sRGB', () => {
  it.each(plans)('are the same from workers and from one thread, whatever tiles are: %s', async (_name, plan) => {
    for (const path of [jpeg, lzw]) {
      const expected = await read(path, SRGB, plan);
      expect(await stream(path, SRGB, plan)).toEqual(expected);
      expect(await read(path, { mpp: 0.5 }, plan)).not.toEqual(expected);
    }
  });

  it('are the same where a worker has to open the slide itself, as a band would be too large', async () => {
    const plan = { size: 150, mpp: 8, edge: 'pad' } as const;
    for (const path of [jpeg, lzw]) {
      const expected = await read(path, SRGB, plan);
      for (const workers of [1, 2])
        expect(await stream(path, SRGB, plan, { workerMemory: 16 * 2 ** 20, workers })).toEqual(expected);
      expect(await read(path, { mpp: 0.5 }, plan)).not.toEqual(expected);
    }
  });

  it('and as stored take turns in one pool', async () => {
    const plan = { size: 100, mpp: 0.5 };
    await using pool = createPatchPool({ workers: 1 });
    const stored = await stream(jpeg, { mpp: 0.5 }, plan, { pool });
    const shown = await stream(jpeg, SRGB, plan, { pool });
    expect(shown).not.toEqual(stored);
    expect(await stream(jpeg, { mpp: 0.5 }, plan, { pool })).toEqual(stored);
  });

  it.each(['png', 'jpeg'] as const)('are the same bytes from 1 and 2 workers: %s', async (format) => {
    const options = { size: 100, mpp: 0.5, format };
    const one = await extract(jpeg, { ...options, workers: 1 });
    expect((await extract(jpeg, { ...options, workers: 2 })).files).toEqual(one.files);
    expect(one.record.options).toMatchObject({ icc: { target: 'srgb', profile: expect.any(String) } });
  });

  it('that lie on stored tiles are no copies of them', async () => {
    const options = { size: 128, level: 0, format: 'jpeg', quality: 95 } as const;
    const shown = await extract(jpeg, options);
    const copied = await extract(jpeg, { ...options, slide: { mpp: 0.5 } });
    await using slide = await openSlide(jpeg, SRGB);
    for await (const { x, y, path } of shown.readRecords()) {
      const { data } = await decodeImage(join(shown.out, path ?? ''));
      const expected = await slide.readRegion({ x, y, level: 0, width: 128, height: 128 });
      const mean = data.reduce((sum, value, i) => sum + Math.abs(value - (expected.data[i] ?? 0)), 0) / data.length;
      // What JPEG at quality 95 loses; the profile moves colours by 10 on average.
      expect(mean).toBeLessThan(3);
      // The tile that is not stored is white either way.
      if (x + y === 0) continue;
      const other = readFileSync(join(copied.out, path ?? ''));
      expect(readFileSync(join(shown.out, path ?? '')).equals(other)).toBe(false);
    }
  });

  it('are done when they are done, and replaced when the option changes', async () => {
    const out = newFolder();
    const run = (slide: SlideOptions) => extractPatches(jpeg, { out, size: 100, mpp: 0.5, slide });
    expect((await run(SRGB)).state).toBe('fresh');
    const written = snapshotWrites(join(out, 'images'));
    expect((await run(SRGB)).state).toBe('done');
    expect(snapshotWrites(join(out, 'images'))).toEqual(written);
    const shown = hashStableContent(join(out, 'images'));
    const plain = await run({ mpp: 0.5 });
    expect(plain.state).toBe('fresh');
    expect(plain.record.options).not.toHaveProperty('icc');
    expect(hashStableContent(join(out, 'images'))).not.toEqual(shown);
    await run(SRGB);
    expect(hashStableContent(join(out, 'images'))).toEqual(shown);
  });
});

describe('a run in sRGB', () => {
  it('finds tissue in the colours that are shown', async () => {
    await using stored = await openSlide(lzw, { mpp: 0.5 });
    await using shown = await openSlide(lzw, SRGB);
    // Half the pixels are about as saturated as that, and the profile makes them more so.
    const hsv = { hue: [0, 179], saturation: [90, 255], value: [0, 255] } as const;
    const options = { method: 'hsv', mpp: 0.5, hsv, kernelSize: 1, minAreaUm2: 0, minHoleUm2: 0 } as const;
    const [before, after] = [await detectTissue(stored, options), await detectTissue(shown, options)];
    expect(after.fraction - before.fraction).toBeGreaterThan(0.05);
  });

  it('goes through a slide without a profile with a notice, and records it', async () => {
    const out = newFolder();
    const slides = await resolveSlideInputs([bare, jpeg]);
    const work = { tissue: false, patches: { size: 100, mpp: 0.5, overview: false }, onBadTile: undefined } as const;
    const { rows, failed } = await runCohort({ ...work, slides, out, slide: SRGB });
    expect(failed).toBe(0);
    expect(rows.map(({ notices }) => notices)).toEqual([
      ['the slide has no ICC profile to apply: its pixels are as stored'],
      [],
    ]);
    const records = ['bare', 'jpeg'].map((id) =>
      JSON.parse(readFileSync(join(out, id, 'patches/record.json'), 'utf8')),
    );
    expect(records[0].options.icc).toEqual({ target: 'srgb', profile: null });
    expect(records[1].options.icc.profile).toMatch(/^[0-9a-f]{64}$/);
  });
});
