import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runCohort } from '../../src/pipeline/run-cohort.ts';
import { resolveSlideInputs } from '../../src/pipeline/slide-inputs.ts';
import {
  type ExtractOptions,
  extractPatches,
  planPatches,
  readPatches,
  streamPatches,
} from '../../src/preprocessing/extract-patches.ts';
import { openSlide } from '../../src/slide/open-slide.ts';
import { createSyntheticSlide } from '../../src/slide/synthetic-slide.ts';
import { runInProcess } from '../cli/run-in-process.ts';
import { type RangeServer, refuseEach, startRangeServer } from '../support/range-server.ts';
import { usePatchPool } from '../support/shared-pool.ts';
import { hashStableContent, listFiles } from '../support/snapshot-folder.ts';

let folder: string;
let path: string;
let bytes: Uint8Array;
/** A smaller one, for runs from end to end. */
let small: Uint8Array;
let server: RangeServer;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'slideloom-remote-'));
  path = join(folder, 'slide.svs');
  await createSyntheticSlide(path, { width: 5000, height: 1800, seed: 7 });
  bytes = readFileSync(path);
  await createSyntheticSlide(join(folder, 'small.svs'), { width: 1600, height: 1200, seed: 7 });
  small = readFileSync(join(folder, 'small.svs'));
  server = await startRangeServer({});
});
beforeEach(() => {
  server.reset();
  server.files.set('slide.svs', bytes);
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

const createOut = () => mkdtempSync(join(folder, 'out-'));

const getPool = usePatchPool();

async function cut(input: string, options: Partial<ExtractOptions> = {}) {
  const out = createOut();
  const settings = { size: 256, level: 0, edge: 'pad', workers: 2, overview: false, ...options } as const;
  // New threads know nothing of a remote slide yet; a file's need not be new.
  const pool = input === path && options.workerMemory === undefined ? getPool() : undefined;
  const result = await extractPatches(input, { out, pool, ...settings });
  const files = hashStableContent(out);
  // It names the input, which is another one.
  delete files['record.json'];
  return { ...result, files };
}

describe('patches of a remote slide', () => {
  it.each([
    ['JPEG, copied tiles, and its pictures', { format: 'jpeg', overview: true }],
    ['JPEG, off the tile grid', { format: 'jpeg', size: 300, stride: 200 }],
    ['PNG, resampled', { format: 'png', level: undefined, mpp: 0.8, size: 224 }],
    ['PNG, fast downsampling', { format: 'png', level: undefined, mpp: 1.1, size: 224, fastDownsample: true }],
    ['shards', { format: 'jpeg', container: 'shards', shardSize: 30, size: 240 }],
    ['read as regions, where a band does not fit', { format: 'jpeg', size: 900, workerMemory: 17 * 2 ** 20 }],
  ] satisfies [string, Partial<ExtractOptions>][])('are the bytes of those of a file: %s', async (_what, options) => {
    const remote = await cut(server.getUrl('slide.svs'), options);
    const local = await cut(path, options);
    expect(remote.files).toEqual(local.files);
    expect(remote.counts).toEqual(local.counts);
    expect(remote.tilesRead).toBe(local.tilesRead);
  });

  it('take one request for many patches, and hardly a byte twice', async () => {
    const slide = { remote: { blockBytes: 32 * 1024 } };
    const { counts } = await cut(server.getUrl('slide.svs'), { format: 'png', slide });
    expect(counts.written).toBe(160);
    // Measured: 11 requests, 1.3 times the file's bytes; each worker reads the blocks at the border of its cells.
    expect(server.requests.length).toBeLessThanOrEqual(16);
    expect(server.countBytes()).toBeLessThan(2 * bytes.length);
    expect(server.requests.filter(({ method }) => method !== 'GET')).toEqual([]);
  });

  it('stream and iterate as those of a file', async () => {
    await using slide = await openSlide(server.getUrl('slide.svs'));
    await using file = await openSlide(path);
    const plan = planPatches(slide, undefined, { size: 512, mpp: 1.2, fastDownsample: true });
    const expected = new Map<number, Uint8Array>();
    for await (const { patch, raster } of readPatches(file, plan)) expected.set(patch.index, raster.data);
    for await (const { patch, raster } of readPatches(slide, plan))
      expect(Buffer.compare(raster.data, expected.get(patch.index) ?? Buffer.of())).toBe(0);
    for await (const { patch, pixels } of streamPatches(slide, plan, { workers: 2 }))
      expect(Buffer.compare(pixels as Uint8Array, expected.get(patch.index) ?? Buffer.of())).toBe(0);
  });

  it('survive a storm of 503', async () => {
    const expected = await cut(path, { format: 'jpeg' });
    let refused = 0;
    server.intercept = refuseEach(2, (_request, response) => {
      refused++;
      response.writeHead(503).end();
    });
    const slide = { remote: { retryDelayMs: 1 } };
    const { files } = await cut(server.getUrl('slide.svs'), { format: 'jpeg', slide });
    expect(files).toEqual(expected.files);
    expect(refused).toBeGreaterThan(2);
  });
});

describe('a server that fails for good during a run', () => {
  it.each(['skip', 'white'] as const)(
    'ends it under the policy %s too, and the next run goes on',
    async (onBadTile) => {
      const out = createOut();
      const options = { out, size: 256, level: 0, format: 'png', onBadTile, workers: 1, overview: false } as const;
      const slide = { remote: { retryDelayMs: 1, retries: 1, cacheBytes: 2 ** 17, blockBytes: 16 * 1024 } };
      let begun = 0;
      server.intercept = (_request, response) => {
        // The stage has begun when it has a record; some of its requests are answered.
        if (!existsSync(join(out, 'record.json')) || begun++ < 1) return false;
        response.writeHead(503).end();
        return true;
      };
      const failing = extractPatches(server.getUrl('slide.svs'), { ...options, slide });
      await expect(failing).rejects.toMatchObject({ tag: 'remote', status: 503 });
      const record = JSON.parse(readFileSync(join(out, 'record.json'), 'utf8'));
      expect(record).toMatchObject({ status: 'failed', badTiles: [], error: { tag: 'remote' } });
      server.reset();
      const { state, counts, badTiles } = await extractPatches(server.getUrl('slide.svs'), { ...options, slide });
      expect([state, counts.skipped, badTiles]).toEqual(['resume', 0, []]);
    },
  );

  it('also where the file changes under it', async () => {
    const other = Buffer.from(bytes);
    other[other.length - 1] = (other.at(-1) ?? 0) ^ 1;
    const out = createOut();
    let begun = 0;
    server.intercept = () => {
      // Once the stage has begun, and one of its requests was answered.
      if (existsSync(join(out, 'record.json')) && begun++ === 1) server.files.set('slide.svs', other);
      return false;
    };
    const slide = { remote: { cacheBytes: 2 ** 18, blockBytes: 32 * 1024 } };
    const failing = extractPatches(server.getUrl('slide.svs'), { out, size: 256, level: 0, slide });
    await expect(failing).rejects.toMatchObject({ tag: 'remote', reason: 'changed' });
  });
});

describe('a run of remote slides', () => {
  beforeEach(() => void server.files.set('slide.svs', small));
  const work = { tissue: {}, patches: { size: 256, mpp: 1, format: 'jpeg' }, onBadTile: 'fail' } as const;

  it('takes addresses alone and in lists, keeps their secrets, resumes, and sees a file that changed', async () => {
    const out = createOut();
    const list = join(folder, 'list.csv');
    writeFileSync(list, `slide,mpp\n${server.getUrl('two%20b.svs')}?token=topsecret,0.5\nslide.svs,\n`);
    server.files.set('two b.svs', small);
    const run = async () => {
      const slides = await resolveSlideInputs([`${server.getUrl('slide.svs')}?X-Amz-Signature=topsecret`, list]);
      return runCohort({ ...work, slides, out, workers: 2, report: true });
    };
    const first = await run();
    expect(first.rows.map(({ status, error }) => error ?? status)).toEqual(['done', 'done', 'done']);
    expect(first.rows.map(({ id }) => id.replace(/-[0-9a-f]{8}$/, '-#'))).toEqual(['slide-#', 'two_b', 'slide-#']);
    expect(first.rows[0]?.path).toBe(server.getUrl('slide.svs'));
    expect(first.rows[1]?.slide?.mpp).toMatchObject({ x: 0.5, source: 'override' });
    for (const file of listFiles(out)) expect(readFileSync(join(out, file)).includes('topsecret'), file).toBe(false);
    const record = JSON.parse(readFileSync(join(out, first.rows[0]?.id ?? '', 'patches', 'record.json'), 'utf8'));
    expect(record.input).toEqual({
      name: 'slide.svs',
      size: small.length,
      etag: expect.stringMatching(/^"[0-9a-f]{32}"$/),
      quickHash: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect((await run()).rows.map(({ state }) => state)).toEqual(['done', 'done', 'done']);
    const changed = Buffer.from(small);
    changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
    server.files.set('slide.svs', changed);
    expect((await run()).rows.map(({ state }) => state)).toEqual(['fresh', 'done', 'done']);
  });

  it('has a row for each slide that can not be had', async () => {
    const slides = await resolveSlideInputs([server.getUrl('none.svs'), server.getUrl('slide.svs')]);
    const { rows, manifest } = await runCohort({ ...work, patches: false, slides, out: createOut() });
    expect(rows.map(({ id, status }) => [id, status])).toEqual([
      ['none', 'failed'],
      ['slide', 'done'],
    ]);
    expect(rows[0]?.error).toMatchObject({ tag: 'remote', message: expect.stringContaining('HTTP 404') });
    expect(readFileSync(manifest, 'utf8')).toContain('none.svs: HTTP 404, not found');
  });
});

describe('the command line', () => {
  it('takes addresses', async () => {
    server.files.set('slide.svs', small);
    const url = server.getUrl('slide.svs');
    const shown = await runInProcess(['info', `${url}?sig=topsecret`, server.getUrl('none.svs'), '--json']);
    expect(shown.code).toBe(1);
    expect(shown.stdout).not.toContain('topsecret');
    const { slides } = JSON.parse(shown.stdout) as { slides: Record<string, unknown>[] };
    expect(slides[0]).toMatchObject({ status: 'ok', id: 'slide', path: url, format: 'aperio', width: 1600 });
    expect(slides[1]).toMatchObject({ status: 'failed', id: 'none', error: { tag: 'remote', status: 404 } });
    const ran = await runInProcess(['patches', url, '--out', createOut(), '--size', '256', '--mpp', '1']);
    expect(ran.code, ran.stderr).toBe(0);
  });
});
