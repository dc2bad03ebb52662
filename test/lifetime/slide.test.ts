import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBufferSource, openFileSource } from '../../src/io/source/index.ts';
import { openSlide } from '../../src/slide/open-slide.ts';
import { getOpenHandles } from '../../src/utils/open-handles.ts';
import { describeWithShared, sharedPath } from '../support/shared-data.ts';
import { buildTiff, createNoiseImage } from '../support/tiny-tiff.ts';
import { expectCyclesToLeaveNothing, runLifetimeScript } from './run-cycles.ts';

const folder = mkdtempSync(join(tmpdir(), 'slideloom-lifetime-'));
const small = join(folder, 'small.tif');

beforeAll(() => {
  writeFileSync(small, buildTiff([createNoiseImage({ width: 20, height: 20, tileWidth: 16, tileHeight: 16 })]).bytes);
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describeWithShared('200 cycles of open, read and close', () => {
  it.skipIf(!existsSync('/proc/self/fd'))('leave no descriptor and no memory behind', { timeout: 120_000 }, () => {
    expectCyclesToLeaveNothing(sharedPath('data', 'wsi', 'CMU-1-Small-Region.svs'), 200);
  });
});

describe('a slide that is forgotten', () => {
  it('shows in the register, and is reported once it is collected', () => {
    const { open, leaked, left } = JSON.parse(runLifetimeScript('leak-slide.mjs', small));
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
