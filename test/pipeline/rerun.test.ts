import {
  copyFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createPatchPool,
  type ExtractOptions,
  type ExtractResult,
  extractPatches,
} from '../../src/preprocessing/extract-patches.ts';
import { openSlide } from '../../src/slide/open-slide.ts';
import { createSyntheticSlide } from '../../src/slide/synthetic-slide.ts';
import { usePatchPool } from '../support/shared-pool.ts';
import { snapshotWrites } from '../support/snapshot-folder.ts';

let folder: string;
let slide: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'slideloom-rerun-'));
  slide = join(folder, 'slide.svs');
  await createSyntheticSlide(slide, { width: 1600, height: 1200, seed: 4, associatedImages: [] });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const out = () => mkdtempSync(join(folder, 'out-'));
const getPool = usePatchPool();
const images = (at: string) => readdirSync(join(at, 'images')).sort();
const cut = (at: string, options: Partial<ExtractOptions> = {}, path = slide) =>
  extractPatches(path, {
    ...{ out: at, size: 200, level: 0, overview: false },
    ...(options.workers === undefined && { pool: getPool() }),
    ...options,
  });

async function listHashes(result: ExtractResult): Promise<(string | undefined)[]> {
  const hashes = [];
  for await (const { sha256 } of result.readRecords()) hashes.push(sha256);
  return hashes;
}

/** A copy of the slide with bytes of one level-0 tile changed. */
async function damage(name: string, col: number, row: number, change: (tile: Buffer) => void): Promise<string> {
  const path = join(folder, name);
  copyFileSync(slide, path);
  await using opened = await openSlide(slide);
  const layout = await opened.getTileLayout?.(0);
  const index = row * (layout?.columns ?? 0) + col;
  const [offset, length] = [layout?.offsets[index] ?? 0, layout?.counts[index] ?? 0];
  const bytes = readFileSync(path);
  change(bytes.subarray(offset, offset + length));
  writeFileSync(path, bytes);
  return path;
}

describe('another run into the same folder', () => {
  it('replaces the patches of other options, of another slide id, and of a run with a patch missing', async () => {
    const at = out();
    await cut(at, { size: 128 });
    await cut(at, { size: 256 });
    expect(images(at).every((name) => name.endsWith('_256px.png'))).toBe(true);
    await cut(at, { size: 256, slideId: 'B' });
    expect(images(at).every((name) => name.startsWith('B_'))).toBe(true);
    rmSync(join(at, 'images', images(at)[0] ?? ''));
    const last = await cut(at, { size: 300 });
    expect(images(at)).toHaveLength(last.counts.written);
    expect(images(at).every((name) => name.startsWith('slide_') && name.endsWith('_300px.png'))).toBe(true);
  });

  it('cuts only what was removed by hand', async () => {
    const at = out();
    await cut(at, { overview: true });
    const before = snapshotWrites(at);
    const missing = join('images', images(at)[3] ?? '');
    rmSync(join(at, missing));
    expect((await cut(at, { overview: true })).state).toBe('fresh');
    const after = snapshotWrites(at);
    const changed = [...before].filter(([file, id]) => after.get(file) !== id).map(([file]) => file);
    expect(changed.sort()).toEqual([missing, 'record.json'].sort());
    rmSync(join(at, 'overview.jpg'));
    await cut(at, { overview: true });
    expect(after.get(missing)).toBe(snapshotWrites(at).get(missing));
  });

  it('is done where a corner was planned twice', async () => {
    const at = out();
    const coords = [
      [0, 0],
      [200, 0],
      [0, 0],
    ] as const;
    const first = await cut(at, { coords });
    expect(first.counts).toMatchObject({ written: 3, files: 2 });
    expect((await cut(at, { coords })).state).toBe('done');
  });

  it('is another one where the same mask lies elsewhere on the slide', async () => {
    const at = out();
    const data = Uint8Array.of(1, 0, 0, 0);
    const mask = (size: number) => ({ width: 2, height: 2, data, downsample: { x: size, y: size } });
    const few = await cut(at, { tissue: mask(250) });
    const more = await cut(at, { tissue: mask(600) });
    expect(more.state).toBe('fresh');
    expect(more.counts.written).toBeGreaterThan(few.counts.written);
  });

  it('reads the new file where the slide was replaced under a pool', async () => {
    await using pool = createPatchPool({ workers: 1 });
    const path = join(folder, 'changing.svs');
    copyFileSync(slide, path);
    const first = await cut(out(), { pool }, path);
    await createSyntheticSlide(join(folder, 'other.svs'), { width: 1600, height: 1200, seed: 9, associatedImages: [] });
    renameSync(join(folder, 'other.svs'), path);
    const second = await cut(out(), { pool }, path);
    const fresh = await cut(out(), { workers: 1 }, path);
    expect(await listHashes(second)).toEqual(await listHashes(fresh));
    expect(await listHashes(second)).not.toEqual(await listHashes(first));
  });
});

describe('stored tiles as JPEG patches', () => {
  it('are the same bytes whatever a worker may hold', async () => {
    const path = join(folder, 'large-tiles.svs');
    await createSyntheticSlide(path, { width: 2100, height: 2100, tileSize: 1024, seed: 6, associatedImages: [] });
    const hashes = [];
    for (const workerMemory of [18, 64]) {
      const result = await cut(
        out(),
        { size: 1024, format: 'jpeg', workers: 2, workerMemory: workerMemory * 2 ** 20 },
        path,
      );
      hashes.push(await listHashes(result));
    }
    expect(hashes[0]).toHaveLength(4);
    expect(hashes[1]).toEqual(hashes[0]);
  });

  it.each(['jpeg', 'png'] as const)(
    'are left out where their data are damaged between sound markers: %s',
    async (format) => {
      const path = await damage(`half-${format}.svs`, 1, 1, (tile) =>
        tile.fill(0x5a, tile.length >> 1, tile.length - 2),
      );
      const result = await cut(out(), { size: 256, format, onBadTile: 'skip' }, path);
      expect(result.badTiles).toMatchObject([{ level: 0, col: 1, row: 1 }]);
      expect(result.counts.skipped).toBe(1);
    },
  );
});

it('the first patch may be left out, again and again', async () => {
  const path = await damage('first.svs', 0, 0, (tile) => tile.fill(0x5a));
  for (let round = 0; round < 12; round++) {
    const result = await cut(out(), { size: 256, onBadTile: 'skip', workers: 1 }, path);
    expect(result.counts.skipped).toBe(1);
    expect(statSync(join(result.folder, 'skipped.csv')).size).toBeGreaterThan(0);
  }
});

it.each(['../x', 'a/b', ''])('a slide id that leads elsewhere is refused: "%s"', async (slideId) => {
  await expect(cut(out(), { slideId })).rejects.toMatchObject({ tag: 'option', option: 'slideId' });
});

it('a patch that no worker can hold is refused before anything is cut', async () => {
  const failing = cut(out(), { size: 4096, edge: 'pad' });
  await expect(failing).rejects.toMatchObject({
    tag: 'option',
    option: 'workerMemory',
    hint: expect.stringMatching(/MiB/),
  });
});
