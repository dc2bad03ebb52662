import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { describeWithShared, sharedPath } from '../support/shared-data.ts';
import { runInProcess } from './run-in-process.ts';

const SVS = sharedPath('data/wsi/CMU-1-Small-Region.svs');
const COMBO = sharedPath('golden/inputs/slide_combo.tif');

/** What programs may rely on. */
const pair = z.strictObject({ x: z.number(), y: z.number() });
const okSchema = z.strictObject({
  status: z.literal('ok'),
  id: z.string(),
  path: z.string(),
  format: z.string(),
  openslide: z.strictObject({ version: z.string(), library: z.string() }).nullable(),
  width: z.int(),
  height: z.int(),
  widthMm: z.number().nullable(),
  heightMm: z.number().nullable(),
  mpp: pair.extend({ source: z.enum(['override', 'metadata', 'resolution-tag', 'objective']) }).nullable(),
  objectivePower: z.number().nullable(),
  levels: z.array(
    z.strictObject({
      width: z.int(),
      height: z.int(),
      downsample: pair,
      tileWidth: z.int(),
      tileHeight: z.int(),
      codec: z.string(),
    }),
  ),
  channels: z.array(z.strictObject({ name: z.string(), bitDepth: z.int() })),
  associatedImages: z.array(z.string()),
  iccProfileBytes: z.int().nullable(),
  fileBytes: z.int(),
  properties: z.record(z.string(), z.string()),
  written: z.array(z.string()).optional(),
});
const failedSchema = z.strictObject({
  status: z.literal('failed'),
  id: z.string(),
  path: z.string(),
  error: z.looseObject({ tag: z.string(), message: z.string() }),
});
const schema = z.strictObject({
  slides: z.array(z.discriminatedUnion('status', [okSchema, failedSchema])),
  ok: z.int(),
  failed: z.int(),
});

describeWithShared('info', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'slideloom-info-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('shows a slide as text', async () => {
    const { code, stdout, stderr } = await runInProcess(['info', SVS]);
    // Figures of openslide-show-properties 3.4.1 for this file; 2220 x 0.499 um is 1.11 mm.
    expect(stdout.split('\n').slice(1)).toEqual([
      '  format       aperio',
      '  size         2220 x 2967 px, 1.11 x 1.48 mm',
      '  mpp          0.499 µm (metadata)',
      '  objective    20x',
      '  associated   label, macro, thumbnail',
      '  ICC profile  no',
      '  file         1.94 MB',
      '',
      '  level     size, px  downsample   tile, px  codec',
      '  0      2220 x 2967           1  240 x 240  jpeg',
      '',
      '',
    ]);
    expect({ code, stderr, first: stdout.split('\n')[0] }).toEqual({ code: 0, stderr: '', first: SVS });
  });

  it('gives all of it as JSON', async () => {
    const { code, stdout, stderr } = await runInProcess(['info', SVS, COMBO, '--json']);
    const { slides, ok, failed } = schema.parse(JSON.parse(stdout));
    expect({ code, stderr, ok, failed }).toEqual({ code: 0, stderr: '', ok: 2, failed: 0 });
    const [svs, combo] = slides;
    expect(svs).toMatchObject({
      mpp: { x: 0.499, y: 0.499, source: 'metadata' },
      fileBytes: 1938955,
      properties: { 'openslide.vendor': 'aperio', 'aperio.AppMag': '20' },
    });
    expect(combo).toMatchObject({ width: 8192, height: 6144 });
    expect(combo?.status === 'ok' && combo.levels.length).toBe(5);
  });

  it('lists properties where asked', async () => {
    expect((await runInProcess(['info', SVS])).stdout).not.toContain('aperio.AppMag');
    const { stdout } = await runInProcess(['info', SVS, '--properties']);
    expect(stdout).toContain('  aperio.AppMag: 20\n');
    expect(stdout).toMatch(/^ {2}tiff\.ImageDescription: Aperio .* \| 46000x32914/m);
  });

  it('takes the mpp that it is given', async () => {
    const { stdout } = await runInProcess(['info', SVS, '--mpp', '0.25']);
    expect(stdout).toContain('mpp          0.25 µm (override)');
    writeFileSync(join(folder, 'mpp.csv'), 'slide,mpp\nCMU-1-Small-Region.svs,0.3\n');
    const listed = await runInProcess(['info', SVS, '--mpp', '0.25', '--mpp-csv', join(folder, 'mpp.csv')]);
    expect(listed.stdout).toContain('mpp          0.3 µm (override)');
  });

  it('reports bad slides and goes on', async () => {
    const bad = join(folder, 'bad.svs');
    writeFileSync(bad, 'this is no slide');
    const { code, stdout } = await runInProcess(['info', bad, join(folder, 'gone.svs'), SVS]);
    expect(stdout).toMatch(/bad\.svs\n {2}error: .*not a slide of a known format\n {2}hint: known formats: aperio/);
    expect(stdout).toMatch(/gone\.svs\n {2}error: .*no such file/);
    expect(stdout).toContain('format       aperio');
    expect(stdout.trimEnd()).toMatch(/1 of 3 slides can be opened$/);
    expect(code).toBe(1);
    const json = schema.parse(JSON.parse((await runInProcess(['info', bad, SVS, '--json'])).stdout));
    expect(json).toMatchObject({
      ok: 1,
      failed: 1,
      slides: [{ error: { tag: 'unsupported-format' } }, { status: 'ok' }],
    });
  });

  it('writes the associated images', async () => {
    const { code, stdout } = await runInProcess(['info', SVS, '--associated', folder, '--json']);
    expect(code).toBe(0);
    const [slide] = schema.parse(JSON.parse(stdout)).slides;
    const names = ['label', 'macro', 'thumbnail'].map((name) => join(folder, `CMU-1-Small-Region.${name}.png`));
    expect(slide).toMatchObject({ written: names });
    const sizes = await Promise.all(names.map((name) => sharp(readFileSync(name)).metadata()));
    // Sizes that OpenSlide 3.4.1 gives for the same images.
    expect(sizes.map(({ width, height }) => [width, height])).toEqual([
      [387, 463],
      [1280, 431],
      [574, 768],
    ]);
  });

  it('says of an unwritable folder that it is', async () => {
    const { code, stdout } = await runInProcess(['info', SVS, '--associated', join(SVS, 'inside')]);
    expect(stdout).toMatch(/error: .*(file, not a folder|where a folder is needed)/);
    expect(code).toBe(1);
  });
});
