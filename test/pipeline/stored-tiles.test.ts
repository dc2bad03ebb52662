import { closeSync, copyFileSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
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

/** What happens to the bytes of a stored tile; `data` begins at its entropy-coded data. */
const DATA_DAMAGE: Readonly<Record<string, (tile: Buffer, data: number) => void>> = {
  'zeros in the middle': (tile, data) => tile.fill(0, data + 300, data + 900),
  'an early end of the data': (tile) => tile.fill(Buffer.of(0xff, 0xd9), tile.length - 400),
  'ones, which are no code': (tile, data) => tile.fill(Buffer.of(0xff, 0), data + 100, data + 120),
  'a marker within the data': (tile, data) => tile.set([0xff, 0xd0], data + 500),
  'noise in the data': (tile, data) => tile.fill(Buffer.of(0x5a, 0x13, 0xc4, 0x77), data + 200, tile.length - 2),
};
const STRUCTURE_DAMAGE: typeof DATA_DAMAGE = {
  'another frame size': (tile) => tile.writeUInt8(0x33, tile.indexOf(Buffer.of(0xff, 0xc0)) + 6),
  'an unknown scan component': (tile) => tile.writeUInt8(0x77, tile.indexOf(Buffer.of(0xff, 0xda)) + 5),
  'no Huffman table': (tile) => tile.writeUInt8(0x33, tile.indexOf(Buffer.of(0xff, 0xda)) + 6),
  'no start marker': (tile) => tile.fill(0, 0, 2),
};

/** The synthetic slide with tile (1, 1) damaged. */
async function damageTile(damage: (tile: Buffer, data: number) => void): Promise<string> {
  const path = join(mkdtempSync(join(folder, 'damaged-')), 'slide.svs');
  copyFileSync(synthetic, path);
  await using slide = await openSlide(synthetic);
  const layout = await slide.getTileLayout?.(0);
  const index = (layout?.columns ?? 0) + 1;
  const offset = layout?.offsets[index] ?? 0;
  const tile = readFileSync(synthetic).subarray(offset, offset + (layout?.counts[index] ?? 0));
  const scan = tile.indexOf(Buffer.of(0xff, 0xda));
  damage(tile, scan + 2 + tile.readUInt16BE(scan + 2));
  const file = openSync(path, 'r+');
  writeSync(file, tile, 0, tile.length, offset);
  closeSync(file);
  return path;
}

/** Patches of 256 pixels by corner: the file's SHA-256, and what else was made. */
async function extract(path: string, checkCopies: boolean) {
  const out = mkdtempSync(join(folder, 'out-'));
  const options = { size: 256, level: 0, format: 'jpeg', onBadTile: 'skip', overview: false } as const;
  const { badTiles, counts, record, readRecords } = await extractPatches(path, { ...options, out, checkCopies });
  const files = new Map<string, string | undefined>();
  for await (const { x, y, sha256 } of readRecords()) files.set(`${x},${y}`, sha256);
  return { files, badTiles, counts, options: record.options };
}

describe('a damaged tile', () => {
  it.each(Object.entries({ ...DATA_DAMAGE, ...STRUCTURE_DAMAGE }))('with %s is not copied', async (_, damage) => {
    const { badTiles, counts } = await extract(await damageTile(damage), true);
    expect(badTiles).toMatchObject([{ level: 0, col: 1, row: 1 }]);
    expect(counts.skipped).toBe(1);
  });

  it.each(Object.entries(DATA_DAMAGE))('with %s is copied where checkCopies is false', async (_, damage) => {
    const { badTiles, counts, files } = await extract(await damageTile(damage), false);
    expect(badTiles).toEqual([]);
    expect(counts.skipped).toBe(0);
    expect(files.has('256,256')).toBe(true);
  });

  it.each(Object.entries(STRUCTURE_DAMAGE))('with %s is never copied', async (_, damage) => {
    const { badTiles } = await extract(await damageTile(damage), false);
    expect(badTiles).toMatchObject([{ level: 0, col: 1, row: 1 }]);
  });
});

it('decodes a tile that has no end marker but all its data', async () => {
  const path = await damageTile((tile) => tile.fill(0, tile.length - 2));
  const sound = await extract(synthetic, false);
  const { badTiles, counts, files } = await extract(path, false);
  expect(badTiles).toEqual([]);
  expect(counts.written).toBe(sound.counts.written);
  expect(files.get('256,256')).not.toBe(sound.files.get('256,256'));
});

it('copies sound tiles to the same bytes, checked or not; the record says which', async () => {
  const [checked, unchecked] = [await extract(synthetic, true), await extract(synthetic, false)];
  expect(unchecked.files).toEqual(checked.files);
  expect(checked.options).not.toHaveProperty('checkCopies');
  expect(unchecked.options).toHaveProperty('checkCopies', false);
});

describeWithShared("a scanner's RGB tiles", () => {
  it('are copied with the marker that says RGB', async () => {
    const { copied, columns, rows } = await cut(sharedPath('data', 'wsi', 'CMU-1-Small-Region.svs'), 240, 'jpeg');
    expect(copied).toBe((columns - 1) * (rows - 1));
  });
});
