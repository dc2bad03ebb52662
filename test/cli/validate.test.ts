import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { writeJpegSlide } from '../support/jpeg-slide.ts';
import { describeWithOpenSlideLibrary } from '../support/openslide-library.ts';
import { startRangeServer } from '../support/range-server.ts';
import { describeWithShared, sharedPath } from '../support/shared-data.ts';
import { buildTiff, createNoiseImage } from '../support/tiny-tiff.ts';
import { runInProcess } from './run-in-process.ts';

const SVS = sharedPath('data/wsi/CMU-1-Small-Region.svs');

/** What programs may rely on. */
const pair = z.strictObject({ x: z.number(), y: z.number() });
const count = z.int().nonnegative();
const entrySchema = z.strictObject({
  id: z.string(),
  path: z.string(),
  format: z.string(),
  openslide: z.string().nullable(),
  status: z.enum(['good', 'bad', 'stopped']),
  complete: z.boolean(),
  width: count,
  height: count,
  mpp: pair.extend({ source: z.string() }).nullable(),
  plane: z.strictObject({ z: z.int(), t: z.int() }).nullable(),
  tiles: z.strictObject({ total: count, chosen: count, read: count, bad: count, missing: count }),
  sample: z.strictObject({ asked: z.number(), seed: z.int() }).nullable(),
  levels: z.array(
    z.strictObject({
      ...{ level: count, width: count, height: count, downsample: pair, tileWidth: count, tileHeight: count },
      ...{ codec: z.string(), columns: count, rows: count, read: count, bad: count, missing: count },
      storedBytes: count.nullable(),
    }),
  ),
  badTiles: z.array(
    z.strictObject({
      ...{ level: count, col: count, row: count, x: count, y: count, width: count, height: count },
      ...{ tag: z.string(), cause: z.string() },
    }),
  ),
  associatedImages: z.array(
    z.strictObject({
      ...{ name: z.string(), width: count.nullable(), height: count.nullable(), error: z.string().nullable() },
    }),
  ),
  iccProfile: z.looseObject({ bytes: count, description: z.string().nullable() }).nullable(),
  findings: z.array(
    z.strictObject({
      kind: z.enum(['problem', 'warning', 'note']),
      code: z.string(),
      message: z.string(),
      level: count.optional(),
    }),
  ),
  volatile: z.strictObject({ seconds: z.number(), tilesPerSecond: z.number().nullable() }),
});
const failedSchema = z.strictObject({
  ...{ id: z.string(), path: z.string(), status: z.literal('failed') },
  error: z.looseObject({ tag: z.string(), message: z.string() }),
});
const schema = z.strictObject({
  schema: z.literal('slideloom/validation/v1'),
  slides: z.array(z.union([entrySchema, failedSchema])),
  ...{ good: count, bad: count, stopped: count, failed: count },
  complete: z.boolean(),
  table: z.string().nullable(),
});

async function validate(...args: string[]) {
  const { code, stdout, stderr } = await runInProcess(['validate', ...args, '--json', '--quiet']);
  return { code, stderr, report: schema.parse(JSON.parse(stdout)) };
}

/** Without what differs between two runs. */
const strip = (report: z.infer<typeof schema>) =>
  JSON.parse(JSON.stringify(report, (key, value) => (key === 'volatile' ? undefined : value)));

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'slideloom-validate-cli-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describeWithShared('validate, on sound slides', () => {
  it.each([
    ['data/wsi/CMU-1-Small-Region.svs', 130],
    ['data/wsi/CMU-1-Small-Region.jpeg.tiff', 108],
    ['data/wsi/CMU-1-Small-Region.jp2.tiff', 108],
    ['data/wsi/CMU-1-Small-Region.webp.tiff', 108],
    ['data/wsi/hamamatsu-DAPI-2-387.ndpi', 1140],
    ['data/wsi/dicom-CMU-1-Small-Region-j2k', 130],
    ['data/wsi/camelyon_j2k-lossless.dcm', 28],
    ['data/wsi/ome-bfconvert/XYC_LZW.ome.tiff', 16],
    ['data/wsi/multi-channel.ome.tif', 167],
    ['data/wsi/XYC.png', 1],
    ['golden/inputs/slide_combo.tif', 257],
  ])('%s: %d tiles, none bad, exit code 0', async (path, tiles) => {
    const { code, stderr, report } = await validate(sharedPath(path));
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(report).toMatchObject({ good: 1, bad: 0, failed: 0, complete: true });
    const [slide] = report.slides;
    expect(slide).toMatchObject({ status: 'good', tiles: { total: tiles, read: tiles, bad: 0, missing: 0 } });
    const findings = slide?.status === 'failed' ? [] : (slide?.findings ?? []);
    expect(findings.filter(({ kind, code: found }) => kind === 'problem' || found.startsWith('level'))).toEqual([]);
  });

  it('names label images that are cut off in the file', async () => {
    // Their JPEG streams hold 7 and 16 of 463 and 431 rows.
    const { code, report } = await validate(sharedPath('data/wsi/dicom-CMU-1-Small-Region-jpeg'));
    expect(code).toBe(1);
    const [slide] = report.slides;
    expect(slide).toMatchObject({ status: 'bad', tiles: { read: 130, bad: 0 } });
    expect(slide?.status === 'bad' && slide.findings.map(({ code: found }) => found)).toEqual([
      'associated-image',
      'associated-image',
    ]);
  });

  it('reads the same sample for the same seed', async () => {
    const [first, again, other] = [
      await validate(SVS, '--sample', '40'),
      await validate(SVS, '--sample', '40'),
      await validate(SVS, '--sample', '0.1', '--seed', '2'),
    ];
    expect(strip(again.report)).toEqual(strip(first.report));
    expect(first.report.slides[0]).toMatchObject({
      sample: { asked: 40, seed: 1 },
      tiles: { total: 130, chosen: 40, read: 40 },
    });
    expect(other.report.slides[0]).toMatchObject({ sample: { asked: 0.1, seed: 2 }, tiles: { chosen: 13, read: 13 } });
  });

  it('shows it as text', async () => {
    const { code, stdout } = await runInProcess(['validate', SVS, '--quiet']);
    expect(code).toBe(0);
    expect(stdout.replace(/[\d,]+ tiles\/s, [\d.]+ s/, 'SPEED').split('\n')).toEqual([
      SVS,
      '  level     size, px  tiles  read  bad  missing   stored  codec',
      '  0      2220 x 2967    130   130    0        0  1.28 MB  jpeg',
      '',
      '  GOOD: 130 tiles read, 0 bad, SPEED',
      '',
      '',
    ]);
  });

  describeWithOpenSlideLibrary('through OpenSlide', ({ version }) => {
    it('reads regions in place of tiles', async () => {
      const { code, report } = await validate(SVS, '--backend', 'openslide');
      expect(code).toBe(0);
      expect(report.slides[0]).toMatchObject({ openslide: version, tiles: { read: 130, bad: 0, missing: 0 } });
      expect(report.slides[0]).toMatchObject({ levels: [{ codec: 'openslide', storedBytes: null }] });
    });
  });
});

describe('validate', () => {
  it('goes on after a slide that is no slide, and sums up', async () => {
    const bad = join(folder, 'bad.svs');
    writeFileSync(bad, 'this is no slide');
    const good = join(folder, 'good.tif');
    await writeJpegSlide(good, { width: 300, height: 200, tile: 64 });
    const damaged = join(folder, 'damaged.tif');
    const kind = (col: number, row: number) => (col === 1 && row === 2 ? 'noise' : 'baseline');
    await writeJpegSlide(damaged, { width: 300, height: 200, tile: 64, kind });
    const { code, stdout } = await runInProcess(['validate', bad, good, damaged, join(folder, 'gone.svs'), '-q']);
    expect(code).toBe(1);
    expect(stdout).toMatch(/bad\.svs\n {2}FAILED: .*not a slide of a known format\n {2}hint: /);
    expect(stdout).toMatch(/gone\.svs\n {2}FAILED: .*no such file/);
    expect(stdout).toMatch(/\n {2}0 {8}1 {4}2 {10}64, 128 {2}jpeg: /);
    expect(stdout.trimEnd()).toMatch(/\n4 slides: 1 good, 1 bad, 2 failed$/);
    const { report } = await validate(bad, good, damaged);
    expect(report).toMatchObject({ good: 1, bad: 1, failed: 1, complete: true });
    expect(report.slides[0]).toMatchObject({ error: { tag: 'unsupported-format' } });
  });

  it('counts the tiles that a sparse file leaves out, and warns where a level has none', async () => {
    const path = join(folder, 'sparse.tif');
    const kind = (col: number) => (col % 2 === 0 ? 'none' : 'baseline');
    await writeJpegSlide(path, { width: 300, height: 200, tile: 64, kind });
    const { code, report } = await validate(path);
    expect(code).toBe(0);
    expect(report.slides[0]).toMatchObject({ tiles: { total: 20, chosen: 8, read: 8, bad: 0, missing: 12 } });
    await writeJpegSlide(path, { width: 300, height: 200, tile: 64, kind: () => 'none' });
    const empty = await validate(path);
    expect(empty.code).toBe(0);
    expect(empty.report.slides[0]).toMatchObject({ tiles: { read: 0, missing: 20 } });
    expect(JSON.stringify(empty.report)).toContain('no stored tile at all');
  });

  it('lists a damaged slide in full in the CSV, and in part on the screen', async () => {
    const path = join(folder, 'noise.tif');
    const out = join(folder, 'sub', 'noise.csv');
    await writeJpegSlide(path, { width: 600, height: 400, tile: 64, kind: () => 'noise' });
    const { code, stdout } = await runInProcess(['validate', path, '--out', out, '-q']);
    expect(code).toBe(1);
    expect(stdout).toContain('and 50 more: --out FILE lists all of them');
    expect(stdout).toContain(`bad tiles  ${out}\n`);
    expect(readFileSync(out, 'utf8').trim().split('\n')).toHaveLength(71);
  });

  it('warns of a level that shows another picture, and that is no damage', async () => {
    const path = join(folder, 'levels.tif');
    const blobs = (seed: number, side: number) => {
      const noise = createNoiseImage({ width: 8, height: 8, samples: 1, seed }).pixels;
      const data = new Uint8Array(side * side);
      for (let i = 0; i < data.length; i++) {
        const [x, y] = [Math.floor(((i % side) * 8) / side), Math.floor((Math.floor(i / side) * 8) / side)];
        data[i] = noise[y * 8 + x] ?? 0;
      }
      return { width: side, height: side, samples: 1, photometric: 1, chunks: [data] };
    };
    const reduced = { tags: [{ tag: 254, type: 4, values: [1] }] };
    for (const [seed, wanted] of [
      [1, 0],
      [2, 1],
    ] as const) {
      writeFileSync(path, buildTiff([blobs(1, 512), { ...blobs(seed, 128), ...reduced }]).bytes);
      const { code, report } = await validate(path);
      expect(code).toBe(0);
      const [slide] = report.slides;
      const found = slide?.status === 'good' ? slide.findings : [];
      expect(found.filter((finding) => finding.code === 'level-mismatch')).toHaveLength(wanted);
      expect(JSON.stringify((await validate(path, '--no-compare-levels')).report)).not.toContain('level-mismatch');
    }
  });

  it.each([
    [['--sample', '0'], '--sample'],
    [['--sample', '1.5'], 'a share below 1 or a whole number'],
    [['--seed', '-1'], '--seed'],
    [['--workers', '0'], '--workers'],
  ])('refuses %j', async (args, message) => {
    const { code, stderr } = await runInProcess(['validate', 'a.svs', ...args]);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });

  it('says of a CSV that can not be written that it is not', async () => {
    const path = join(folder, 'good.tif');
    const { code, stderr } = await runInProcess(['validate', path, '--out', join(path, 'bad.csv'), '-q']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/error: .*(file, not a folder|where a folder is needed)/);
  });
});

describeWithShared('validate, of a remote slide by worker threads', () => {
  it('reads all tiles, each thread over a connection of its own', async () => {
    const server = await startRangeServer({
      'a.tiff': readFileSync(sharedPath('data/wsi/CMU-1-Small-Region.jp2.tiff')),
    });
    try {
      const { code, report } = await validate(server.getUrl('a.tiff'), '--workers', '2', '--no-compare-levels');
      expect(code).toBe(0);
      expect(report.slides[0]).toMatchObject({ tiles: { total: 108, read: 108, bad: 0 } });
      // Each tile once, but for what blocks at the ends of ranges share.
      expect(server.countBytes()).toBeLessThan(1.5 * 3_569_599);
    } finally {
      await server.close();
    }
  });
});

describe('validate, of a remote slide', () => {
  it('finds the same tiles, and takes no failing server for damage', async () => {
    const path = join(folder, 'remote.tif');
    const kind = (col: number, row: number) => (col === 3 && row === 1 ? 'noise' : 'baseline');
    await writeJpegSlide(path, { width: 900, height: 700, tile: 128, kind });
    const server = await startRangeServer({ 'a.tif': readFileSync(path) });
    try {
      const local = await validate(path);
      const remote = await validate(server.getUrl('a.tif'));
      expect(remote.code).toBe(1);
      const list = ({ report: { slides } }: typeof local) =>
        slides.flatMap((slide): unknown[] => (slide.status === 'failed' ? [slide.error.message] : slide.badTiles));
      expect(list(remote)).toEqual(list(local));
      expect(list(remote)).toHaveLength(1);
      let answered = 0;
      server.intercept = (_request, response) => {
        if (++answered < 2) return false;
        response.writeHead(404).end();
        return true;
      };
      const failing = await validate(server.getUrl('a.tif'));
      expect(failing.code).toBe(1);
      expect(failing.report.slides[0]).toMatchObject({ status: 'failed', error: { tag: 'remote' } });
    } finally {
      await server.close();
    }
  });
});

describe('the table of bad tiles', () => {
  it('takes the place of another table, and of no other file: a mistyped --out must not cost a slide', async () => {
    const own = mkdtempSync(join(folder, 'table-'));
    const [slide, table] = [join(own, 'a.tif'), join(own, 'bad.csv')];
    await writeJpegSlide(slide, { width: 300, height: 200, tile: 128 });
    const before = readFileSync(slide);
    const refused = await runInProcess(['validate', slide, '--out', slide, '--quiet']);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/is there already, and is no table of bad tiles/);
    expect(readFileSync(slide).equals(before)).toBe(true);
    for (let run = 0; run < 2; run++)
      expect((await runInProcess(['validate', slide, '--out', table, '--quiet'])).code).toBe(0);
    expect(readFileSync(table, 'utf8')).toBe('slide,path,level,col,row,x,y,width,height,tag,cause\n');
    writeFileSync(table, '');
    expect((await runInProcess(['validate', slide, '--out', table, '--quiet'])).code).toBe(0);
    expect(readdirSync(own).sort()).toEqual(['a.tif', 'bad.csv']);
    expect((await runInProcess(['validate', slide, '--out', '/dev/null', '--quiet'])).stderr).toMatch(/no table/);
  });
});
