import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeImage } from '../../src/io/encode-image.ts';
import type { PatchStainOptions } from '../../src/preprocessing/extract-patches/stain-options.ts';
import {
  type ExtractOptions,
  type ExtractResult,
  extractPatches,
  planPatches,
  readPatches,
  streamPatches,
} from '../../src/preprocessing/extract-patches.ts';
import type { StainTarget } from '../../src/preprocessing/stain-normalization.ts';
import { createStainNormalizer, fitStainProfile } from '../../src/preprocessing/stain-normalization.ts';
import { openSlide } from '../../src/slide/open-slide.ts';
import type { Slide } from '../../src/slide/slide.ts';
import { createSyntheticSlide } from '../../src/slide/synthetic-slide.ts';
import { usePatchPool } from '../support/shared-pool.ts';
import { hashStableContent, snapshotWrites } from '../support/snapshot-folder.ts';
import { createTissue } from '../support/stain-tissue.ts';
import { buildTiff } from '../support/tiny-tiff.ts';

let folder: string;
let path: string;
let blank: string;
const target: StainTarget = { ...createTissue({ strength: [1.3, 0.8] }), channels: 3 };

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'slideloom-stained-'));
  path = join(folder, 'slide.svs');
  await createSyntheticSlide(path, { width: 1800, height: 1600, tileSize: 240, seed: 3, associatedImages: [] });
  blank = join(folder, 'blank.tif');
  const image = { width: 512, height: 512, tileWidth: 256, tileHeight: 256, samples: 3, photometric: 2 };
  const white = new Uint8Array(3 * 256 * 256).fill(250);
  writeFileSync(blank, buildTiff([{ ...image, chunks: [white, white, white, white] }]).bytes);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const out = () => mkdtempSync(join(folder, 'out-'));
const getPool = usePatchPool();
const cut = (slide: string | Slide, options: Partial<ExtractOptions>) => {
  const pool = options.workers === undefined ? getPool() : undefined;
  return extractPatches(slide, { out: out(), size: 220, overview: false, pool, ...options });
};

async function readRows(result: ExtractResult) {
  const rows = [];
  for await (const row of result.readRecords()) rows.push(row);
  return rows;
}

/** Holds each patch file against what the normaliser makes of the slide's own region. */
async function compare(slide: Slide, stain: PatchStainOptions, options: Partial<ExtractOptions>): Promise<number> {
  const result = await cut(slide, { ...options, stain });
  const own = stain.fit === 'patch' ? undefined : await fitStainProfile(slide, { method: stain.method ?? 'macenko' });
  const normalizer = await createStainNormalizer({ ...stain, fit: stain.fit, source: stain.source ?? own });
  let changed = 0;
  for (const { x, y, size, mpp, level, path: file, stain: outcome } of await readRows(result)) {
    const at = { x, y, width: size, height: size };
    const plain = await (level === undefined
      ? slide.readRegionAtMpp({ ...at, mpp: mpp ?? 0 })
      : slide.readRegion({ ...at, level }));
    const expected = normalizer.transform(plain);
    const { data } = await decodeImage(readFileSync(join(result.folder, file ?? '')));
    expect(Buffer.compare(data, expected.pixels), file).toBe(0);
    expect(outcome).toBe(expected.status === 'normalized' ? 'normalized' : `kept:${expected.reason}`);
    if (Buffer.compare(data, plain.data) !== 0) changed++;
  }
  return changed;
}

describe('patches of a run with stains normalised', () => {
  const cuts: [string, PatchStainOptions, Partial<ExtractOptions>][] = [
    ['of the slide, from bands', {}, { mpp: 0.5 }],
    ['overlapping', { target }, { mpp: 0.5, overlap: 100 }],
    ['resampled', { target }, { mpp: 0.77 }],
    [
      'larger than a band may be',
      { target },
      { mpp: 4, size: 300, workers: 2, workerMemory: 16 * 2 ** 20, edge: 'pad' },
    ],
    ['each by itself', { fit: 'patch', target }, { mpp: 0.5, overlap: 20 }],
    ['each by itself, resampled', { fit: 'patch' }, { mpp: 0.9 }],
    ['by a lasso', { method: 'macenko-staintools', target }, { level: 0, size: 500 }],
    ['by moments of colours', { method: 'reinhard', target }, { mpp: 0.77, size: 300 }],
    ['but for glass', { target, glass: 'keep' }, { mpp: 0.5, overlap: 30 }],
    ['but for glass, each by itself', { target, fit: 'patch', glass: 'keep', implausible: 'refuse' }, { mpp: 0.9 }],
    ['by moments, but for glass', { method: 'reinhard', target, glass: 'keep' }, { mpp: 0.77, size: 300 }],
    ['where neighbours count', { method: 'reinhard-histolab', target, fit: 'patch' }, { level: 0, size: 500 }],
  ];

  it.each(cuts)('have the pixels that the normaliser makes of the plain patch: %s', async (_, stain, options) => {
    await using slide = await openSlide(path);
    expect(await compare(slide, stain, options)).toBeGreaterThan(0);
  });

  it.each(['png', 'jpeg'] as const)('are the same bytes from 1, 2 and 4 workers: %s', async (format) => {
    const hashes = [];
    for (const workers of [1, 2, 4]) {
      const at = out();
      await cut(path, { out: at, mpp: 0.7, overlap: 40, format, workers, stain: { target }, slideId: 's' });
      hashes.push(hashStableContent(at));
    }
    expect(Object.keys(hashes[0] ?? {}).length).toBeGreaterThan(20);
    expect(hashes[1]).toEqual(hashes[0]);
    expect(hashes[2]).toEqual(hashes[0]);
  });

  it('are streamed and read as they are written', async () => {
    await using slide = await openSlide(path);
    const plan = planPatches(slide, undefined, { size: 224, mpp: 0.8 });
    const expected = new Map<number, Uint8Array>();
    for await (const { patch, raster, stain } of readPatches(slide, plan, { stain: { target } })) {
      expect(stain).toBe('normalized');
      expected.set(patch.index, raster.data);
    }
    const plain = await (await readPatches(slide, plan).next()).value;
    expect(Buffer.compare(plain?.raster.data ?? new Uint8Array(), expected.get(0) ?? new Uint8Array())).not.toBe(0);
    for await (const { patch, pixels, stain } of streamPatches(slide, plan, { workers: 2, stain: { target } })) {
      expect(stain).toBe('normalized');
      expect(Buffer.compare(pixels as Uint8Array, expected.get(patch.index) ?? new Uint8Array())).toBe(0);
    }
    const planes = streamPatches(slide, plan, { workers: 1, layout: 'planes', stain: { target } });
    for await (const { patch, pixels } of planes) {
      const rgb = expected.get(patch.index) ?? new Uint8Array();
      expect(pixels[0]).toBeCloseTo((rgb[0] ?? 0) / 255, 6);
      expect(pixels[2 * 224 * 224 + 77]).toBeCloseTo((rgb[3 * 77 + 2] ?? 0) / 255, 6);
    }
  });

  it('are no stored tiles, and say in table, record and shards what became of them', async () => {
    const options = { size: 240, level: 0, format: 'jpeg', stain: { target } } as const;
    const files = await cut(path, options);
    expect(files.counts['stain:normalized']).toBe(files.counts.written);
    expect(readFileSync(files.table, 'utf8').split('\n')[0]).toMatch(/,sha256,stain$/);
    expect(Object.keys(files.record.options['stain'] as object).sort()).toEqual([
      'fit',
      'glass',
      'implausible',
      'method',
      'onDegenerate',
      'source',
      'target',
    ]);
    const plain = await cut(path, { ...options, stain: undefined });
    const hashes = new Set((await readRows(plain)).map(({ sha256 }) => sha256));
    expect((await readRows(files)).filter(({ sha256 }) => hashes.has(sha256))).toEqual([]);
    const shards = await cut(path, { ...options, container: 'shards' });
    const tar = readFileSync(join(shards.folder, 'shards', readdirSync(join(shards.folder, 'shards'))[0] ?? ''));
    expect(tar.includes('"stain":"normalized"')).toBe(true);
    expect((await readRows(shards)).map(({ sha256 }) => sha256)).toEqual(
      (await readRows(files)).map(({ sha256 }) => sha256),
    );
  });
});

describe('a run into the same folder', () => {
  it('is done with the same stains, and another one with a target, method or profile of others', async () => {
    const at = out();
    const run = (stain?: PatchStainOptions) => cut(path, { out: at, size: 400, level: 0, stain });
    expect((await run({})).state).toBe('fresh');
    const before = snapshotWrites(at);
    expect((await run({})).state).toBe('done');
    expect(snapshotWrites(at)).toEqual(before);
    expect((await run({ target })).state).toBe('fresh');
    expect((await run({ target, method: 'macenko-henorm' })).state).toBe('fresh');
    expect((await run({ target, fit: 'patch' })).state).toBe('fresh');
    expect((await run()).state).toBe('fresh');
    const rows = await readRows(await run());
    expect(rows.every(({ stain }) => stain === undefined)).toBe(true);
  });

  it('keeps the profile of the slide only where it may be that of the patches', async () => {
    const at = out();
    const profile = join(at, 'stain-profile.json');
    const run = (stain?: PatchStainOptions) => cut(path, { out: at, size: 400, level: 0, stain });
    const own = await run({});
    expect(existsSync(profile)).toBe(true);
    // From this very place, too.
    const given = await run({ source: profile });
    expect((await readRows(given)).map(({ sha256 }) => sha256)).toEqual(
      (await readRows(own)).map(({ sha256 }) => sha256),
    );
    expect(existsSync(profile)).toBe(true);
    await run({ fit: 'patch' });
    expect(existsSync(profile)).toBe(false);
    await run({});
    expect(existsSync(profile)).toBe(true);
    await run();
    expect(existsSync(profile)).toBe(false);
  });

  it('keeps files and their stains where labels alone are others', async () => {
    const at = out();
    const mask = join(folder, 'mask.tif');
    const image = { width: 1800, height: 1600, tileWidth: 256, tileHeight: 256, samples: 1, photometric: 1 };
    const chunks = Array.from({ length: 8 * 7 }, () => new Uint8Array(256 * 256).fill(1));
    writeFileSync(mask, buildTiff([{ ...image, chunks }]).bytes);
    const first = await cut(path, { out: at, level: 0, stain: { target } });
    const second = await cut(path, { out: at, level: 0, stain: { target }, labels: { mask } });
    expect(second.tilesRead ?? 0).toBe(0);
    const [one, other] = [await readRows(first), await readRows(second)];
    expect(other.map(({ stain, sha256 }) => [stain, sha256])).toEqual(one.map(({ stain, sha256 }) => [stain, sha256]));
    expect(other.every(({ labelId }) => labelId === 1)).toBe(true);
  });
});

describe('a slide without stains', () => {
  it('keeps its colours and says so', async () => {
    const result = await cut(blank, { size: 256, level: 0, stain: {} });
    const rows = await readRows(result);
    expect(rows.map(({ stain }) => stain)).toEqual(Array(4).fill('kept:too-few-tissue-pixels'));
    expect(result.counts['stain:kept:too-few-tissue-pixels']).toBe(4);
    expect(result.record.notices).toContainEqual(expect.stringMatching(/stains .* can't be told \(too-few-tissue/));
    const { data } = await decodeImage(readFileSync(join(result.folder, rows[0]?.path ?? '')));
    expect(data.every((value) => value === 250)).toBe(true);
  });

  it('has nothing to say, and nothing to fail for, without patches', async () => {
    const mask = { width: 4, height: 4, data: new Uint8Array(16), downsample: { x: 128, y: 128 } };
    const result = await cut(blank, { size: 256, level: 0, tissue: mask, stain: { onDegenerate: 'throw' } });
    expect(result).toMatchObject({ status: 'no-patches', record: { notices: [] } });
    expect(existsSync(join(result.folder, 'stain-profile.json'))).toBe(false);
    const wrong = cut(blank, { size: 256, level: 0, tissue: mask, stain: { method: 'reinhard' } });
    await expect(wrong).rejects.toMatchObject({ tag: 'option', option: 'target' });
  });

  it('fails where that is asked, of the slide and of each patch', async () => {
    for (const fit of ['slide', 'patch'] as const) {
      const failing = cut(blank, { size: 256, level: 0, stain: { fit, onDegenerate: 'throw' } });
      await expect(failing, fit).rejects.toMatchObject({ tag: 'stain', reason: 'too-few-tissue-pixels' });
    }
  });
});

it.each([
  [{ format: 'coordinates' }, {}, 'format'],
  [{ depth: 16 }, {}, 'depth'],
  [{}, { fit: 'cohort' }, 'source'],
  [{}, { method: 'purple' }, 'method'],
  [{}, { method: 'reinhard' }, 'target'],
] as const)('is refused: %o %o', async (options, stain, option) => {
  const failing = cut(path, { level: 0, ...options, stain: stain as PatchStainOptions });
  await expect(failing).rejects.toMatchObject({ tag: 'option', option });
});
