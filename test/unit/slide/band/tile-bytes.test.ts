import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { openTileBytes } from '../../../../src/slide/band/tile-bytes.ts';
import type { TileLayout } from '../../../../src/slide/tile-layout.ts';
import { createNoise } from '../../../support/tiny-tiff.ts';

const folder = mkdtempSync(join(tmpdir(), 'slideloom-tiles-'));
const path = join(folder, 'tiles.bin');
const bytes = createNoise(5 * 2 ** 20);
writeFileSync(path, bytes);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** All that is asked of a layout here. */
const layout = { path } as TileLayout;

it('takes no more memory for a large tile than its bytes', () => {
  using file = openTileBytes(layout);
  for (const length of [100, 70_000, 3 * 2 ** 20, 4 * 2 ** 20]) {
    const read = file.read(1000, length) as Uint8Array;
    expect(Buffer.compare(read, bytes.subarray(1000, 1000 + length))).toBe(0);
    expect(read.buffer.byteLength).toBeLessThanOrEqual(Math.max(length, 2 ** 20));
  }
  expect(() => file.read(bytes.length - 9, 10)).toThrow(expect.objectContaining({ tag: 'short-read' }));
});
