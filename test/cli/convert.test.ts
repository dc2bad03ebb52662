import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { openSlide } from '../../src/slide/open-slide.ts';
import { writeJpegSlide } from '../support/jpeg-slide.ts';
import { startRangeServer } from '../support/range-server.ts';
import { runInProcess } from './run-in-process.ts';

/** What programs may rely on. */
const convertedSchema = z.strictObject({
  status: z.literal('ok'),
  id: z.string(),
  slide: z.string(),
  path: z.string(),
  bytes: z.int(),
  layout: z.enum(['bigtiff', 'ome-tiff']),
  mpp: z.strictObject({ x: z.number(), y: z.number(), source: z.string() }).optional(),
  levels: z.array(
    z.strictObject({
      width: z.int(),
      height: z.int(),
      tileWidth: z.int(),
      tileHeight: z.int(),
      method: z.enum(['copied', 'encoded', 'halved']),
      compression: z.string(),
    }),
  ),
  channels: z.int(),
  associatedImages: z.array(z.string()),
  leftOut: z.array(z.string()),
  badTiles: z.array(z.strictObject({ level: z.int(), col: z.int(), row: z.int(), message: z.string() })),
  notices: z.array(z.string()),
});
const failedSchema = z.strictObject({
  status: z.literal('failed'),
  id: z.string(),
  slide: z.string(),
  error: z.looseObject({ tag: z.string(), message: z.string() }),
});
const resultSchema = z.strictObject({
  slides: z.array(z.union([convertedSchema, failedSchema])),
  ok: z.int(),
  failed: z.int(),
});

let folder: string;
let good: string;
let bad: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'slideloom-convert-cli-'));
  mkdirSync(join(folder, 'slides'));
  good = join(folder, 'slides', 'good.tif');
  bad = join(folder, 'slides', 'bad.tif');
  const size = { width: 700, height: 500, tile: 128 };
  await writeJpegSlide(good, size);
  await writeJpegSlide(bad, { ...size, kind: (col, row) => (col === 1 && row === 2 ? 'noise' : 'baseline') });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('converts one slide and says what it wrote', async () => {
  const out = join(folder, 'one.tif');
  const { code, stdout, stderr } = await runInProcess(['convert', good, '--out', out, '--mpp', '0.5']);
  expect(code).toBe(0);
  expect(stdout).toContain(out);
  expect(stdout).toMatch(/0 +700 x 500 +128 x 128 +copied +jpeg/);
  expect(stderr).toMatch(/tiles/);
  await using slide = await openSlide(out);
  expect(slide.mpp).toMatchObject({ x: 0.5, y: 0.5 });
});

it('is JSON for programs', async () => {
  const out = join(folder, 'one.ome.tif');
  const args = [
    'convert',
    good,
    '-o',
    out,
    '--json',
    '--layout',
    'ome-tiff',
    '--levels',
    'pyramid',
    '--tile-size',
    '64',
  ];
  const { code, stdout } = await runInProcess(args);
  expect(code).toBe(0);
  const { slides, ok, failed } = resultSchema.parse(JSON.parse(stdout));
  expect([ok, failed]).toEqual([1, 0]);
  expect(slides[0]).toMatchObject({ layout: 'ome-tiff', levels: { length: 5 } });
});

it('several slides go into a folder, and one that fails does not stop the others', async () => {
  const out = join(folder, 'many');
  const { code, stdout } = await runInProcess(['convert', join(folder, 'slides'), '--out', out, '--json']);
  expect(code).toBe(1);
  const { slides } = resultSchema.parse(JSON.parse(stdout));
  expect(slides.map(({ id, status }) => [id, status])).toEqual([
    ['bad', 'failed'],
    ['good', 'ok'],
  ]);
  expect(slides[0]).toMatchObject({ error: { tag: 'tile', level: 0, col: 1, row: 2 } });
  expect(existsSync(join(out, 'good.tif'))).toBe(true);
  expect(existsSync(join(out, 'bad.tif'))).toBe(false);
  const again = await runInProcess([
    'convert',
    join(folder, 'slides'),
    '--out',
    out,
    '--overwrite',
    '--on-bad-tile',
    'white',
  ]);
  expect(again.code).toBe(0);
  expect(again.stdout).toContain('painted white');
  expect(again.stdout).toContain('2 of 2 slides were converted');
});

it('refuses what is there, and options that make no sense', async () => {
  const out = join(folder, 'mine.tif');
  writeFileSync(out, 'mine');
  const refused = await runInProcess(['convert', good, '--out', out]);
  expect(refused.code).toBe(1);
  expect(refused.stdout).toContain('--overwrite');
  expect(readFileSync(out, 'utf8')).toBe('mine');
  const usage = async (...args: string[]) => (await runInProcess(['convert', good, '--out', out, ...args])).stderr;
  expect(await usage('--quality', '0')).toContain('--quality');
  expect(await usage('--tile-size', '100')).toContain('a multiple of 16');
  expect(await usage('--layout', 'zarr')).toContain('--layout');
  expect((await runInProcess(['convert', good])).code).toBe(2);
});

it('converts from an address', async () => {
  const server = await startRangeServer({ 'good.tif': readFileSync(good) });
  try {
    const [local, remote] = [join(folder, 'local.tif'), join(folder, 'remote.tif')];
    expect((await runInProcess(['convert', good, '--out', local])).code).toBe(0);
    expect((await runInProcess(['convert', server.getUrl('good.tif'), '--out', remote])).code).toBe(0);
    expect(readFileSync(remote).equals(readFileSync(local))).toBe(true);
  } finally {
    await server.close();
  }
});

it('a server that fails is no bad tile', async () => {
  const large = join(folder, 'large.tif');
  await writeJpegSlide(large, { width: 3000, height: 2000, tile: 512 });
  const server = await startRangeServer({ 'large.tif': readFileSync(large) });
  try {
    const out = join(folder, 'gone.tif');
    // Head and directory come, the tiles between them do not.
    server.intercept = ({ range }, response) => {
      if (range === undefined || range.first < 2 ** 18 || range.first >= 2 ** 20) return false;
      response.writeHead(404).end();
      return true;
    };
    const args = ['convert', server.getUrl('large.tif'), '--out', out, '--on-bad-tile', 'white', '--json'];
    const { code, stdout } = await runInProcess(args);
    expect(server.requests.length).toBeGreaterThan(2);
    expect(code).toBe(1);
    expect(resultSchema.parse(JSON.parse(stdout)).slides[0]).toMatchObject({ error: { tag: 'remote' } });
    expect(existsSync(out) || existsSync(`${out}.partial`)).toBe(false);
  } finally {
    await server.close();
  }
});
