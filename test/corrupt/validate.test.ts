import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { globSync } from 'tinyglobby';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBufferSource } from '../../src/io/source/buffer-source.ts';
import { validateSlide } from '../../src/preprocessing/validate-slide.ts';
import { openSlide } from '../../src/slide/open-slide.ts';
import { writeJpegSlide } from '../support/jpeg-slide.ts';
import { createSeededRandom } from '../support/seeded-random.ts';
import { describeWithShared, ROOT, sharedPath } from '../support/shared-data.ts';

const quiet = { compareLevels: false } as const;
const name = ({ level, col, row }: { level: number; col: number; row: number }) => `${level}/${col}/${row}`;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'slideloom-validate-corrupt-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The bad tiles as a reader of regions meets them: each tile decoded in full. */
async function readInFull(path: string): Promise<string[]> {
  await using slide = await openSlide(path);
  const bad: string[] = [];
  const { width, height } = slide;
  await slide.readRegion({ x: 0, y: 0, level: 0, width, height }, { onBadTile: (error) => bad.push(name(error)) });
  return bad;
}

/** Places of the tiles' data in the file. */
async function locateTiles(path: string): Promise<{ offset: number; length: number }[]> {
  await using slide = await openSlide(path);
  const layout = await slide.getTileLayout?.(0);
  return [...(layout?.offsets ?? [])].map((offset, place) => ({ offset, length: layout?.counts[place] ?? 0 }));
}

// JPEG tiles are decoded at 1/8 to save work on pixels that nobody sees. That must not cost a fault: slides whose tiles were
// damaged at random are held against a full decode of every tile, which in turn is held against libjpeg elsewhere.
describe.each(['baseline', 'progressive'] as const)('damage at random, %s JPEG', (kind) => {
  it('is found as a full decode finds it', async () => {
    const path = join(folder, `${kind}.tif`);
    await writeJpegSlide(path, { width: 500, height: 370, tile: 64, kind: () => kind });
    const tiles = await locateTiles(path);
    const sound = readFileSync(path);
    const random = createSeededRandom(`validate ${kind}`);
    let found = 0;
    for (let round = 0; round < 25; round++) {
      const bytes = Uint8Array.from(sound);
      for (const { offset, length } of tiles) {
        if (random.uniform() < 0.5) continue;
        const from = random.integer(0, 2) === 0 ? 0 : Math.min(600, length - 1);
        for (let i = random.integer(1, 3); i > 0; i--) {
          bytes[offset + random.integer(from, length - 1)] = random.integer(0, 255);
        }
      }
      const damaged = join(folder, `${kind}-damaged.tif`);
      writeFileSync(damaged, bytes);
      const { badTiles, tiles: counts, status } = await validateSlide(damaged, quiet);
      const full = await readInFull(damaged);
      expect(badTiles.map(name), `round ${round}`).toEqual(full);
      expect({ bad: counts.bad, status }).toEqual({ bad: full.length, status: full.length > 0 ? 'bad' : 'good' });
      found += full.length;
    }
    // Else the comparison would be one of nothing with nothing.
    expect(found).toBeGreaterThan(40);
  });
});

describe('one damaged byte', () => {
  it('in a header is one bad tile, with its place at level 0 and the cause', async () => {
    const path = join(folder, 'byte.tif');
    await writeJpegSlide(path, { width: 500, height: 370, tile: 64 });
    const place = (await locateTiles(path))[15];
    const bytes = readFileSync(path);
    bytes[(place?.offset ?? 0) + 1] = 0;
    writeFileSync(path, bytes);
    const { status, badTiles, tiles } = await validateSlide(path, quiet);
    expect(status).toBe('bad');
    expect(tiles).toEqual({ total: 48, chosen: 48, read: 48, bad: 1, missing: 0 });
    const at = { level: 0, col: 7, row: 1, x: 448, y: 64, width: 52, height: 64 };
    expect(badTiles).toEqual([{ ...at, tag: 'codec', cause: expect.stringContaining('start marker') }]);
  });
});

describe('a file that is cut', () => {
  it('lists the tiles behind the cut, where its tables come first', async () => {
    const path = join(folder, 'cut.tif');
    await writeJpegSlide(path, { width: 300, height: 300, tile: 64 });
    const source = createBufferSource(readFileSync(path), 'cut.tif');
    await using slide = await openSlide(source);
    // The file of the test has its tables at the end: they are read before it is cut.
    await slide.readTile(0, 0, 0);
    const read = source.read.bind(source);
    source.read = async (offset, length) => {
      if (offset > 20_000) throw new RangeError('cut');
      return read(offset, length);
    };
    const { badTiles } = await validateSlide(slide, quiet);
    const places = await locateTiles(path);
    expect(badTiles).toHaveLength(places.filter(({ offset }) => offset > 20_000).length);
    expect(badTiles.length).toBeGreaterThan(0);
    expect(badTiles[0]).toMatchObject({ tag: 'unexpected', cause: 'cut' });
  });

  it('is an error where its directory is gone', async () => {
    const path = join(folder, 'cut.tif');
    writeFileSync(path, readFileSync(path).subarray(0, 15_000));
    await expect(validateSlide(path)).rejects.toMatchObject({ tag: 'tiff' });
  });
});

/** What a file may cost, whatever is in it. */
const MOST_MILLISECONDS = 2000;
const MOST_MEGABYTES = 256;

describeWithShared('validation of files that crash, hang or exhaust other readers', () => {
  const files = globSync('**/*.{tif,tiff}', {
    cwd: sharedPath('data', 'tiff-robustness'),
    absolute: true,
  }).sort();
  let reports: { file: string; milliseconds: number; outcome: string; message?: string }[] = [];
  let peakMegabytes = Number.POSITIVE_INFINITY;

  beforeAll(() => {
    const script = join(ROOT, 'test', 'corrupt', 'validate-files.mjs');
    const child = spawnSync(process.execPath, [script, join(ROOT, 'dist'), ...files], {
      encoding: 'utf8',
      timeout: 110_000,
    });
    expect(child.stderr).toBe('');
    expect(child.status).toBe(0);
    reports = child.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    ({ peakMegabytes } = reports.pop() as unknown as { peakMegabytes: number });
  });

  it('ends with a verdict or a typed error for each', () => {
    expect(files.length).toBeGreaterThan(90);
    expect(reports.map(({ file }) => file)).toEqual(files);
    for (const { file, outcome, message } of reports)
      expect(outcome, `${file}: ${message}`).toMatch(/^(good|bad|tiff|unsupported-format)$/);
    expect(reports.filter(({ outcome }) => outcome === 'good').length).toBeGreaterThan(10);
  });

  it(`takes less than ${MOST_MILLISECONDS} ms of CPU each, and less than ${MOST_MEGABYTES} MB for all of them`, () => {
    for (const { file, milliseconds } of reports) expect(milliseconds, file).toBeLessThan(MOST_MILLISECONDS);
    expect(peakMegabytes).toBeLessThan(MOST_MEGABYTES);
  });
});
