import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBufferSource, openFileSource } from '../../src/io/source/index.ts';
import { openSlide } from '../../src/slide/open-slide.ts';
import { getOpenHandles } from '../../src/utils/open-handles.ts';
import { describeWithShared, ROOT, sharedPath } from '../support/shared-data.ts';
import { buildTiff, createNoiseImage } from '../support/tiny-tiff.ts';

const CYCLES = 200;
/** KiB a cycle, of which each reads 1 MB of pixels. */
const MOST_RSS = 50;
const MOST_HELD = 5;

const folder = mkdtempSync(join(tmpdir(), 'slideloom-lifetime-'));
const small = join(folder, 'small.tif');

beforeAll(() => {
  writeFileSync(small, buildTiff([createNoiseImage({ width: 20, height: 20, tileWidth: 16, tileHeight: 16 })]).bytes);
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function runChild(script: string, ...args: string[]): { stdout: string; stderr: string } {
  const command = ['--expose-gc', join(ROOT, 'test', 'lifetime', script), join(ROOT, 'dist'), ...args];
  const child = spawnSync(process.execPath, command, { encoding: 'utf8', timeout: 110_000 });
  expect(child.status, child.stderr).toBe(0);
  return child;
}

describeWithShared('200 cycles of open, read and close', () => {
  it.skipIf(!existsSync('/proc/self/fd'))('leave no descriptor and no memory behind', () => {
    const { stdout } = runChild(
      'cycle-slides.mjs',
      sharedPath('data', 'wsi', 'CMU-1-Small-Region.svs'),
      String(CYCLES),
    );
    const { rounds, openHandles } = JSON.parse(stdout) as { rounds: Costs[]; openHandles: number };
    expect(openHandles).toBe(0);
    expect(new Set(rounds.map(({ descriptors }) => descriptors)).size).toBe(1);
    // A leak shows in every round; what an allocator takes once, and keeps, does not.
    const slope = (field: 'rss' | 'held') =>
      Math.min(...rounds.slice(1).map((costs, i) => costs[field] - (rounds[i]?.[field] ?? 0))) / CYCLES;
    expect(slope('rss')).toBeLessThan(MOST_RSS);
    expect(slope('held')).toBeLessThan(MOST_HELD);
  });
});

interface Costs {
  readonly descriptors: number;
  readonly rss: number;
  /** JavaScript objects and the buffers behind them. */
  readonly held: number;
}

describe('a slide that is forgotten', () => {
  it('shows in the register, and is reported once it is collected', () => {
    const { open, leaked, left } = JSON.parse(runChild('leak-slide.mjs', small).stdout);
    const handles = [
      { kind: 'file', name: small },
      { kind: 'slide', name: small },
    ];
    expect(open).toEqual(handles);
    expect(leaked).toEqual(expect.arrayContaining(handles));
    expect(left).toEqual([]);
  });
});

describe('the register of open handles', () => {
  it('names a slide and its source while they are open', async () => {
    const slide = await openSlide(small);
    expect(getOpenHandles()).toEqual([
      { kind: 'file', name: small },
      { kind: 'slide', name: small },
    ]);
    await slide[Symbol.asyncDispose]();
    expect(getOpenHandles()).toEqual([]);
  });

  it('is empty after a slide that could not be opened, from a path or from a source', async () => {
    const bad = join(folder, 'bad.tif');
    writeFileSync(bad, 'nothing');
    await expect(openSlide(bad)).rejects.toMatchObject({ tag: 'unsupported-format' });
    const file = await openFileSource(bad);
    await expect(openSlide(file)).rejects.toMatchObject({ tag: 'unsupported-format' });
    await expect(file.read(0, 1)).rejects.toMatchObject({ tag: 'source' });
    await expect(openSlide(createBufferSource(new Uint8Array(9)))).rejects.toMatchObject({ tag: 'unsupported-format' });
    expect(getOpenHandles()).toEqual([]);
  });

  it('is empty where a source was given with options that can not be', async () => {
    await expect(openSlide(createBufferSource(new Uint8Array(9)), { cacheBytes: -1 })).rejects.toMatchObject({
      tag: 'option',
    });
    expect(getOpenHandles()).toEqual([]);
  });
});
