import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeImage } from '../../src/io/encode-image.ts';
import { extractPatches } from '../../src/preprocessing/extract-patches.ts';
import { openSlide } from '../../src/slide/open-slide.ts';
import { createSyntheticSlide } from '../../src/slide/synthetic-slide.ts';
import { describeWithShared, sharedPath } from '../support/shared-data.ts';

let folder: string;
let synthetic: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'slideloom-stored-'));
  synthetic = join(folder, 'slide.svs');
  await createSyntheticSlide(synthetic, { width: 1500, height: 1100, seed: 2 });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function cut(path: string, size: number, format: 'jpeg' | 'png') {
  const out = mkdtempSync(join(folder, 'out-'));
  await using slide = await openSlide(path);
  const result = await extractPatches(slide, { out, size, level: 0, format, edge: 'pad', overview: false });
  const columns = Math.ceil(slide.width / size);
  const rows = Math.ceil(slide.height / size);
  let copied = 0;
  for await (const { x, y, path: file } of result.readRecords()) {
    const bytes = readFileSync(join(out, file ?? ''));
    const tile = await slide.readTile(0, x / size, y / size);
    // The scan of the stored tile, from its own start marker on, stands in the file as it is.
    const scan = tile && Buffer.from(tile.data).subarray(Buffer.from(tile.data).indexOf(Buffer.of(0xff, 0xda)));
    if (!scan || !bytes.includes(scan)) continue;
    copied++;
    const { data } = await decodeImage(bytes);
    const expected = await slide.readRegion({ x, y, level: 0, width: size, height: size });
    expect(Buffer.compare(data, expected.data), file).toBe(0);
  }
  return { copied, tilesRead: result.tilesRead, columns, rows, written: result.counts.written };
}

describe('patches that are stored tiles', () => {
  it('are copied as JPEG, all but those that reach past the slide; each tile is read once', async () => {
    const { copied, tilesRead, columns, rows, written } = await cut(synthetic, 256, 'jpeg');
    expect(written).toBe(columns * rows);
    expect(copied).toBe((columns - 1) * (rows - 1));
    expect(tilesRead).toBe(columns * rows);
  });

  it('are decoded where another format is asked for; each tile is read once', async () => {
    const { copied, tilesRead, columns, rows } = await cut(synthetic, 256, 'png');
    expect(copied).toBe(0);
    expect(tilesRead).toBe(columns * rows);
  });
});

describeWithShared("a scanner's RGB tiles", () => {
  it('are copied with the marker that says RGB', async () => {
    const { copied, columns, rows } = await cut(sharedPath('data', 'wsi', 'CMU-1-Small-Region.svs'), 240, 'jpeg');
    expect(copied).toBe((columns - 1) * (rows - 1));
  });
});
