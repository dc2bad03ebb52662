import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ExtractOptions, type ExtractResult, extractPatches } from '../../src/preprocessing/extract-patches.ts';
import { openSlide } from '../../src/slide/open-slide.ts';
import { createSyntheticSlide } from '../../src/slide/synthetic-slide.ts';
import { usePatchPool } from '../support/shared-pool.ts';
import { hashStableContent, listFiles, snapshotWrites } from '../support/snapshot-folder.ts';

let folder: string;
let slide: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'slideloom-shards-'));
  slide = join(folder, 'slide.svs');
  // Wider than a cell of 4096 pixels, so that the order of samples is not that of the plan; tiles under no grid below.
  await createSyntheticSlide(slide, { width: 5300, height: 1250, tileSize: 240, seed: 5, associatedImages: [] });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const out = () => mkdtempSync(join(folder, 'out-'));
const getPool = usePatchPool();
/** By the workers of all tests, where it is not about workers. */
const cut = (at: string, options: Partial<ExtractOptions> = {}, path = slide) =>
  extractPatches(path, {
    out: at,
    size: 200,
    level: 0,
    container: 'shards',
    shardSize: 25,
    overview: false,
    ...(options.workers === undefined && { pool: getPool() }),
    ...options,
  });

async function readRows(result: ExtractResult) {
  const rows = [];
  for await (const row of result.readRecords()) rows.push(row);
  return rows;
}

interface Sample {
  readonly path: string;
  readonly sha256: string;
  readonly decoded: [format: string, width: number, height: number];
  readonly json: Record<string, unknown>;
}

/** What Python's tarfile and Pillow read, front to back, grouped as webdataset does. */
function readWithPython(at: string): Sample[] {
  const script = `import hashlib, io, json, os, re, sys, tarfile
from PIL import Image
out = []
for name in sorted(os.listdir(sys.argv[1])):
    keys = []
    for member in (tar := tarfile.open(os.path.join(sys.argv[1], name), 'r|')):
        key, suffix = re.match(r'^((?:.*/|)[^.]+)[.]([^/]*)$', member.name).groups()
        data = tar.extractfile(member).read()
        if suffix == 'json':
            assert keys[-1] == key, key
            out[-1]['json'] = json.loads(data)
            continue
        assert key not in keys, key
        keys.append(key)
        image = Image.open(io.BytesIO(data))
        image.load()
        out.append(dict(path=f'shards/{name}/{member.name}', sha256=hashlib.sha256(data).hexdigest(),
            decoded=[image.format, *image.size]))
print(json.dumps(out))`;
  const output = execFileSync('/usr/bin/python3', ['-c', script, join(at, 'shards')], { encoding: 'utf8' });
  return JSON.parse(output) as Sample[];
}

const hasPillow = () => {
  try {
    execFileSync('/usr/bin/python3', ['-c', 'import PIL, tarfile'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

/** A copy of the slide in which some level-0 tiles hold noise; tiles of plain glass are stored once for all. */
async function damage(name: string): Promise<{ path: string; bad: { col: number; row: number }[] }> {
  const path = join(folder, name);
  copyFileSync(slide, path);
  await using opened = await openSlide(slide);
  const layout = await opened.getTileLayout?.(0);
  if (!layout) throw new Error('expected a slide of stored tiles');
  const { columns, offsets, counts } = layout;
  const single = Array.from(offsets.keys()).filter((i) => offsets.indexOf(offsets[i] ?? 0) === i);
  const own = single.filter((i) => offsets.lastIndexOf(offsets[i] ?? 0) === i && i % columns < 22 && i < 5 * columns);
  const chosen = [own[0] ?? 0, own[own.length - 1] ?? 0];
  const bytes = readFileSync(path);
  for (const i of chosen) bytes.fill(0x5a, offsets[i] ?? 0, (offsets[i] ?? 0) + (counts[i] ?? 0));
  writeFileSync(path, bytes);
  return { path, bad: chosen.map((i) => ({ col: i % columns, row: Math.floor(i / columns) })) };
}

describe('patches in shards', () => {
  const cases: [string, Partial<ExtractOptions>][] = [
    ['png', { mpp: 0.7, level: undefined, overlap: 40 }],
    ['jpeg', { format: 'jpeg', size: 240 }],
    ['webp', { format: 'webp', edge: 'pad', shardBytes: 300_000 }],
  ];

  it.each(cases)('are the same bytes from 1, 2 and 4 workers of any memory: %s', async (_format, options) => {
    const hashes = [];
    for (const [workers, memory] of [
      [1, 64],
      [2, 16],
      [4, 256],
    ] as const) {
      const at = out();
      await cut(at, { ...options, workers, workerMemory: memory * 2 ** 20 });
      hashes.push(hashStableContent(at));
    }
    const [one, two, four] = hashes;
    expect(Object.keys(one ?? {}).filter((path) => path.endsWith('.tar')).length).toBeGreaterThan(2);
    expect(two).toEqual(one);
    expect(four).toEqual(one);
  });

  it('are listed in the table, the counts and the record', async () => {
    const result = await cut(out(), { overview: true });
    const { counts, record, folder: at } = result;
    const shards = readdirSync(join(at, 'shards')).sort();
    expect(counts).toMatchObject({ planned: 26 * 6, written: 26 * 6, files: 0, shards: 7 });
    expect(shards).toEqual(Array.from({ length: 7 }, (_, i) => `shard-00000${i}.tar`));
    const listed = record.outputs.map(({ path }) => path).filter((path) => path.endsWith('.tar'));
    expect(listed).toEqual(shards.map((name) => `shards/${name}`));
    expect(record.options).toMatchObject({ container: 'shards', shardSize: 25 });
    expect(listFiles(at).filter((path) => !path.startsWith('shards/'))).toEqual(
      ['overview.jpg', 'patches.csv', 'record.json', 'samples.jpg'].sort(),
    );
    const rows = await readRows(result);
    expect(rows.map(({ index }) => index)).toEqual(Array.from({ length: 26 * 6 }, (_, i) => i));
    const perShard = new Map<string, number>();
    for (const { path = '' } of rows) perShard.set(path.slice(0, 23), (perShard.get(path.slice(0, 23)) ?? 0) + 1);
    expect([...perShard.values()].sort((a, b) => b - a)).toEqual([25, 25, 25, 25, 25, 25, 6]);
  });

  it('read every stored tile about once', async () => {
    const result = await cut(out(), { size: 240, workers: 2 });
    expect(result.tilesRead).toBe(22 * 5);
    // A grid across the tiles shares rows and columns of them between neighbouring runs.
    const across = await cut(out(), { size: 200, workers: 2 });
    expect(across.tilesRead).toBeLessThan(1.25 * 23 * 6);
  });

  it.runIf(hasPillow())('hold for Python what the files of the same run hold', async () => {
    for (const format of ['png', 'jpeg'] as const) {
      const options = { format, mpp: 0.6, level: undefined, overview: true };
      const files = await cut(out(), { ...options, container: 'files', shardSize: undefined });
      const shards = await cut(out(), options);
      const samples = new Map(readWithPython(shards.folder).map((sample) => [sample.path, sample]));
      const [rows, expected] = [await readRows(shards), await readRows(files)];
      expect(samples.size).toBe(expected.length);
      for (const [place, { path: file, ...row }] of expected.entries()) {
        const { path, ...packed } = rows[place] ?? {};
        expect(packed).toEqual(row);
        const sample = samples.get(path ?? '');
        expect(sample).toMatchObject({ sha256: row.sha256, decoded: [format.toUpperCase(), 200, 200] });
        const { index, level = null, mpp = null, bytes: _, ...described } = row;
        expect(path).toMatch(new RegExp(`/${String(index).padStart(9, '0')}\\.${format === 'png' ? 'png' : 'jpg'}$`));
        expect(sample?.json).toEqual({ slide: 'slide', ...described, level, mpp });
        expect(existsSync(join(files.folder, file ?? ''))).toBe(true);
      }
      expect(readFileSync(join(shards.folder, 'samples.jpg'))).toEqual(readFileSync(join(files.folder, 'samples.jpg')));
    }
  });

  it('leave out what the policy leaves out: gaps in the keys, full shards, a list', async () => {
    const { path, bad } = await damage('bad.svs');
    const options = { size: 240, shardSize: 15 };
    const skipped = await cut(out(), { ...options, onBadTile: 'skip' }, path);
    expect(skipped.counts).toMatchObject({ written: 108, skipped: 2, whitened: 0, shards: 8 });
    expect(skipped.badTiles).toMatchObject(bad);
    const rows = await readRows(skipped);
    const corners = rows.map(({ x, y }) => `${x}/${y}`);
    for (const { col, row } of bad) expect(corners).not.toContain(`${col * 240}/${row * 240}`);
    expect(rows.filter(({ path: at }) => at?.startsWith('shards/shard-000000.tar/'))).toHaveLength(15);
    const whitened = await cut(out(), { ...options, onBadTile: 'white' }, path);
    expect(whitened.counts).toMatchObject({ written: 110, skipped: 0, whitened: 2, shards: 8 });
    expect((await readRows(whitened)).filter(({ badTiles }) => badTiles === 1)).toHaveLength(2);
    await expect(cut(out(), options, path)).rejects.toMatchObject({ tag: 'tile' });
  });
});

describe('a run into shards that was stopped', () => {
  /** Stops after so many patches; the pool then lets the runs at work end. */
  async function stop(at: string, after: number, options: Partial<ExtractOptions> = {}): Promise<void> {
    const controller = new AbortController();
    const onProgress = (done: number) => {
      if (done >= after) controller.abort();
    };
    // Little memory makes short runs: there is something to stop.
    const settings = { ...options, workers: 1, workerMemory: 17 * 2 ** 20, signal: controller.signal, onProgress };
    await expect(cut(at, settings)).rejects.toMatchObject({ tag: 'aborted' });
  }

  const shardsOf = (writes: Map<string, string>) => [...writes].filter(([path]) => path.endsWith('.tar')).sort();

  it('goes on behind its finished shards and ends with the same bytes', async () => {
    const [at, whole] = [out(), out()];
    await cut(whole);
    await stop(at, 60);
    const before = shardsOf(snapshotWrites(at));
    expect(before.length).toBeGreaterThan(0);
    expect(before.length).toBeLessThan(7);
    const first: number[] = [];
    const result = await cut(at, { onProgress: (done) => void first.push(done) });
    expect(result.state).toBe('resume');
    expect(first[1]).toBe(before.length * 25);
    expect(hashStableContent(at)).toEqual(hashStableContent(whole));
    expect(shardsOf(snapshotWrites(at)).slice(0, before.length)).toEqual(before);
    expect((await cut(at)).state).toBe('done');
  });

  it('writes a shard again that was removed meanwhile, and leaves those around it', async () => {
    const [at, whole] = [out(), out()];
    await cut(whole);
    await stop(at, 80);
    const before = new Map(shardsOf(snapshotWrites(at)));
    expect(before.size).toBeGreaterThan(2);
    rmSync(join(at, 'shards/shard-000001.tar'));
    before.delete('shards/shard-000001.tar');
    await cut(at);
    expect(hashStableContent(at)).toEqual(hashStableContent(whole));
    const after = new Map(shardsOf(snapshotWrites(at)));
    for (const [path, id] of before) expect(after.get(path), path).toBe(id);
  });

  it.each([
    ['removed', (ledger: string) => rmSync(ledger)],
    ['cut off', (ledger: string) => truncateSync(ledger, 48 * 30)],
  ])('heals where the ledger was %s', async (_what, damage) => {
    const [at, whole] = [out(), out()];
    await cut(whole);
    await stop(at, 80);
    damage(join(at, 'patches.ledger'));
    await cut(at);
    expect(hashStableContent(at)).toEqual(hashStableContent(whole));
  });

  it('keeps its bad tiles', async () => {
    const { path } = await damage('stopped.svs');
    const [at, whole] = [out(), out()];
    const options = { size: 240, onBadTile: 'skip' as const };
    const expected = await cut(whole, options, path);
    const controller = new AbortController();
    const onProgress = (done: number) => done >= 50 && controller.abort();
    const stopped = { ...options, workers: 1, workerMemory: 17 * 2 ** 20, signal: controller.signal, onProgress };
    await expect(cut(at, stopped, path)).rejects.toMatchObject({ tag: 'aborted' });
    const result = await cut(at, options, path);
    expect(result).toMatchObject({ state: 'resume', badTiles: expected.badTiles, counts: { skipped: 2 } });
    expect(hashStableContent(at)).toEqual(hashStableContent(whole));
  });

  it('makes way for other options, the shard that was under way included', async () => {
    const at = out();
    await stop(at, 60);
    await cut(at, { shardSize: 1000 });
    expect(readdirSync(join(at, 'shards'))).toEqual(['shard-000000.tar']);
  });
});

describe('a finished run into shards', () => {
  it('with a shard missing is done again; the others stay untouched', async () => {
    const at = out();
    await cut(at);
    const [before, hashes] = [snapshotWrites(at), hashStableContent(at)];
    rmSync(join(at, 'shards/shard-000003.tar'));
    expect((await cut(at)).state).toBe('fresh');
    const after = snapshotWrites(at);
    const changed = [...before].filter(([file, id]) => after.get(file) !== id).map(([file]) => file);
    expect(changed.sort()).toEqual(['record.json', 'shards/shard-000003.tar']);
    expect(hashStableContent(at)).toEqual(hashes);
  });

  it('makes way for files, and files for shards', async () => {
    const at = out();
    await cut(at);
    await cut(at, { container: 'files', shardSize: undefined });
    expect(existsSync(join(at, 'shards'))).toBe(false);
    const files = hashStableContent(at);
    writeFileSync(join(at, 'notes.txt'), 'mine');
    await cut(at);
    expect(existsSync(join(at, 'images'))).toBe(false);
    expect(readdirSync(join(at, 'shards'))).toHaveLength(7);
    rmSync(join(at, 'notes.txt'));
    await cut(at, { container: 'files', shardSize: undefined });
    expect(hashStableContent(at)).toEqual(files);
  });

  it('is empty where there is nothing to write', async () => {
    const at = out();
    const tissue = { width: 1, height: 1, data: new Uint8Array(1), downsample: { x: 5300, y: 1250 } };
    const result = await cut(at, { tissue });
    expect(result).toMatchObject({ status: 'no-patches', counts: { written: 0, shards: 0 } });
    expect(existsSync(join(at, 'shards'))).toBe(false);
    expect((await cut(at, { tissue })).state).toBe('done');
  });
});

it('coordinates have nothing to pack', async () => {
  await expect(cut(out(), { format: 'coordinates' })).rejects.toMatchObject({ tag: 'option', option: 'container' });
});

it('the size of shards is refused where there are none', async () => {
  const asked = extractPatches(slide, { out: out(), size: 200, level: 0, shardSize: 10 });
  await expect(asked).rejects.toMatchObject({ tag: 'option', option: 'shardSize' });
});
