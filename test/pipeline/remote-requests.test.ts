import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ExtractOptions, extractPatches } from '../../src/preprocessing/extract-patches.ts';
import { openSlide } from '../../src/slide/open-slide.ts';
import { createSyntheticSlide } from '../../src/slide/synthetic-slide.ts';
import { runInProcess } from '../cli/run-in-process.ts';
import { type RangeServer, refuseEach, startRangeServer } from '../support/range-server.ts';
import { hashStableContent } from '../support/snapshot-folder.ts';

const BLOCK = 32 * 1024;

let folder: string;
let path: string;
let bytes: Uint8Array;
let server: RangeServer;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'slideloom-requests-'));
  path = join(folder, 'slide.svs');
  await createSyntheticSlide(path, { width: 5000, height: 1800, seed: 7 });
  bytes = readFileSync(path);
  server = await startRangeServer({ 'slide.svs': bytes });
});
beforeEach(() => server.reset());
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

const createOut = () => mkdtempSync(join(folder, 'out-'));

async function cut(input: string, options: Partial<ExtractOptions>) {
  const out = createOut();
  const settings = { size: 256, level: 0, edge: 'pad', workers: 1, overview: false, ...options } as const;
  return { out, ...(await extractPatches(input, { out, ...settings })) };
}

/** What a command wrote, but for what names the input, which is another one. */
async function getOutputs(argv: readonly string[]): Promise<Record<string, string>> {
  const out = createOut();
  const { code, stderr } = await runInProcess([...argv, '--out', out]);
  expect(code, stderr).toBe(0);
  const files = Object.entries(hashStableContent(out)).filter(
    ([name]) => !/record\.json|manifest\.csv|\.html$/.test(name),
  );
  // The folder of a remote slide has a hash of its address in its name where another has the same.
  return Object.fromEntries(files);
}

describe('requests, counted', () => {
  it('a slide opens with 2: its start and its end', async () => {
    await using slide = await openSlide(server.getUrl('slide.svs'), { remote: { blockBytes: BLOCK } });
    await expect.poll(() => server.requests.length).toBe(2);
    expect(server.countBytes()).toBeLessThanOrEqual(2 * BLOCK);
    expect(slide.levels.length).toBeGreaterThan(1);
    await slide.getTileLayout?.(0);
    expect(server.requests.length).toBe(2);
  });

  it('a patch takes at most one for each row of tiles that it lies on, and none for pixels that were read', async () => {
    await using slide = await openSlide(server.getUrl('slide.svs'), { remote: { blockBytes: BLOCK } });
    await expect.poll(() => server.requests.length).toBe(2);
    for (const [x, y] of [
      [700, 300],
      [2900, 900],
      [4300, 1400],
    ] as const) {
      server.reset();
      const region = { x, y, level: 0, width: 256, height: 256 };
      await slide.readRegion(region);
      expect(server.requests.length).toBeLessThanOrEqual(2);
      server.reset();
      await slide.readRegion(region);
      expect(server.requests.length).toBe(0);
    }
  });

  // With one worker what is asked for does not depend on time but for what meets in one request: measured, and 2 more.
  it.each<[string, number, number, Partial<ExtractOptions>]>([
    ['copied tiles', 160, 12, { format: 'jpeg' }],
    ['decoded tiles', 160, 12, { format: 'png' }],
    ['off the grid of tiles', 126, 11, { format: 'jpeg', size: 300, stride: 280 }],
    ['resampled', 40, 10, { format: 'jpeg', level: undefined, mpp: 1 }],
    ['in shards', 160, 12, { format: 'jpeg', container: 'shards', shardSize: 50 }],
  ])('a run of patches takes a fraction of one each: %s', async (_what, patches, requests, options) => {
    const slide = { remote: { blockBytes: BLOCK } };
    const { counts } = await cut(server.getUrl('slide.svs'), { ...options, slide });
    expect(counts.written).toBe(patches);
    expect(server.requests.length).toBeLessThanOrEqual(requests + 2);
    // No byte is asked for twice, but for the few blocks that main thread and worker both need.
    expect(server.countBytes()).toBeLessThan(1.25 * bytes.length);
  });
});

describe('a slide over http, on the command line', () => {
  let small: string;
  beforeAll(async () => {
    small = join(folder, 'small.svs');
    await createSyntheticSlide(small, { width: 2400, height: 1600, seed: 7 });
    server.files.set('small.svs', readFileSync(small));
  });

  it.each<[string, readonly string[]]>([
    ['patches', ['--size', '256', '--mpp', '1', '--format', 'png']],
    ['patches', ['--size', '240', '--level', '0', '--format', 'jpeg', '--container', 'shards', '--no-overview']],
    ['tissue', []],
    ['run', ['--size', '256', '--mpp', '0.5']],
  ])('%s %o gives the bytes that the file gives', async (command, options) => {
    const local = await getOutputs([command, small, ...options]);
    const remote = await getOutputs([command, server.getUrl('small.svs'), ...options]);
    expect(Object.keys(local).length).toBeGreaterThan(2);
    expect(remote).toEqual(local);
  });
});

describe('a way to the server that breaks', () => {
  /** Two answers for each range end within their body: the connection is reset, then closed as if all were well. */
  const breakOff = () =>
    refuseEach(2, ({ range }, response, turn) => {
      const { first, last: asked } = range ?? { first: 0, last: bytes.length };
      const last = Math.min(asked, bytes.length - 1);
      const body = bytes.subarray(first, last + 1);
      response.writeHead(206, { 'content-range': `bytes ${first}-${last}/${bytes.length}` });
      response.write(body.subarray(0, Math.ceil(body.length / 2)), () =>
        turn === 1 ? response.socket?.resetAndDestroy() : response.end(),
      );
    });

  it('changes nothing in the patches, by workers', async () => {
    const options = { format: 'png', size: 224, level: undefined, mpp: 1, workers: 2 } as const;
    const expected = await cut(path, options);
    server.intercept = breakOff();
    const remote = { blockBytes: BLOCK, retryDelayMs: 1 };
    const found = await cut(server.getUrl('slide.svs'), { ...options, slide: { remote } });
    const [ours, theirs] = [found, expected].map(({ out }) => hashStableContent(out));
    delete ours?.['record.json'];
    delete theirs?.['record.json'];
    expect(ours).toEqual(theirs);
  });
});
