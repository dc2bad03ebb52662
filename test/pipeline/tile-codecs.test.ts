import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSlide } from '../../src/slide/open-slide.ts';
import { cutAndCompare } from '../support/cut-and-compare.ts';
import { createLayeredImage } from '../support/layered-tiff.ts';
import { describeWithShared, sharedPath } from '../support/shared-data.ts';
import { buildTiff } from '../support/tiny-tiff.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'slideloom-codecs-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describeWithShared('patches of real slides', () => {
  it.each(['CMU-1-Small-Region.jp2.tiff', 'CMU-1-Small-Region.webp.tiff'])(
    '%s: workers decode the stored tiles',
    { timeout: 60_000 },
    async (name) => {
      const path = sharedPath('data', 'wsi', name);
      await using slide = await openSlide(path);
      expect(await slide.getTileLayout?.(0)).toMatchObject({ columns: 9, rows: 12 });
      expect(await cutAndCompare(path, 500)).toBe(30);
    },
  );
});

describe('patches of other sample layouts', () => {
  const size = { width: 150, height: 90, samples: 3, tile: 32 } as const;
  it.each([
    ['planes', { ...size, bits: 8, planar: true }, false],
    ['planes of 16 bits', { ...size, bits: 16, planar: true }, false],
    ['16 bits, big endian', { ...size, bits: 16, bigEndian: true, lzw: true, differences: true }, true],
    ['strips of planes', { ...size, tile: undefined, bits: 8, planar: true }, false],
  ] as const)('%s', async (name, { tile, ...layout }, stored) => {
    const path = join(folder, `${name.replaceAll(/\W/g, '-')}.tif`);
    const image = createLayeredImage({ ...layout, ...(tile !== undefined && { tile }) });
    writeFileSync(path, buildTiff([image], { bigEndian: name.includes('big') }).bytes);
    await using slide = await openSlide(path);
    // A tile that lies in several places has no layout: its patches go through the slide.
    expect((await slide.getTileLayout?.(0)) !== undefined).toBe(stored);
    expect(await cutAndCompare(path, 40)).toBe(12);
  });
});
