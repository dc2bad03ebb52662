import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { describeWithShared, sharedPath } from '../support/shared-data.ts';
import { writeOme } from '../support/tiny-ome.ts';
import { buildTiff, createNoiseImage } from '../support/tiny-tiff.ts';
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
  mppEstimate: z.number().nullable(),
  levels: z.array(
    z.strictObject({
      width: z.int(),
      height: z.int(),
      downsample: pair,
      tileWidth: z.int(),
      tileHeight: z.int(),
      codec: z.string(),
      columns: z.int(),
      rows: z.int(),
      storedTiles: z.int().nullable(),
      storedBytes: z.int().nullable(),
    }),
  ),
  channels: z.array(z.looseObject({ name: z.string(), bitDepth: z.int() })),
  plane: z.strictObject({ z: z.int(), t: z.int() }).nullable(),
  shown: z.looseObject({ name: z.string().optional() }).nullable(),
  associatedImages: z.array(
    z.strictObject({
      name: z.string(),
      width: z.int().nullable().optional(),
      height: z.int().nullable().optional(),
      error: z.string().nullable().optional(),
    }),
  ),
  icc: z.strictObject({ target: z.literal('srgb'), profile: z.string().nullable() }).nullable(),
  iccProfile: z
    .strictObject({
      bytes: z.int(),
      description: z.string().nullable(),
      version: z.string().nullable(),
      colorSpace: z.string().nullable(),
      deviceClass: z.string().nullable(),
      problem: z.string().nullable(),
    })
    .nullable(),
  files: z.array(z.string()),
  fileBytes: z.int(),
  notices: z.array(z.string()),
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
  schema: z.literal('slideloom/info/v1'),
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
      '  channels     RGB (uint8)',
      '  associated   label 387 x 463, macro 1280 x 431, thumbnail 574 x 768',
      '  ICC profile  none',
      '  file         1.94 MB',
      '',
      '  level     size, px  downsample   tile, px    tiles  codec',
      '  0      2220 x 2967           1  240 x 240  10 x 13  jpeg',
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
      files: [SVS],
      notices: [],
      plane: null,
      iccProfile: null,
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

  it('counts stored tiles and their bytes where asked', async () => {
    const { stdout } = await runInProcess(['info', COMBO, '--tiles']);
    expect(stdout).toContain('  level     size, px  downsample   tile, px    tiles  codec  stored    bytes\n');
    expect(stdout).toMatch(/\n {2}0 {6}8192 x 6144 {11}1 {2}512 x 512 {2}16 x 12 {2}jpeg {6}192 {2}7\.35 MB\n/);
    const [slide] = schema.parse(JSON.parse((await runInProcess(['info', COMBO, '--tiles', '--json'])).stdout)).slides;
    const levels = slide?.status === 'ok' ? slide.levels : [];
    expect(levels.map(({ storedTiles }) => storedTiles)).toEqual([192, 48, 12, 4, 1]);
    // What is left of the file's 10,278,000 bytes: directories, tables and JPEG tables.
    const stored = levels.reduce((sum, { storedBytes }) => sum + (storedBytes ?? 0), 0);
    expect(stored).toBeGreaterThan(10_000_000);
  });

  it('names the files of a slide that lies in several', async () => {
    const dicom = sharedPath('data/wsi/dicom-CMU-1-Small-Region-j2k');
    const [slide] = schema.parse(JSON.parse((await runInProcess(['info', dicom, '--json'])).stdout)).slides;
    expect(slide).toMatchObject({ status: 'ok', associatedImages: [{ name: 'label' }, { name: 'macro' }] });
    expect(slide?.status === 'ok' && slide.files.map((file) => dirname(file))).toEqual([dicom, dicom, dicom]);
    expect((await runInProcess(['info', dicom])).stdout).toMatch(/ {2}file {9}1\.45 MB in 3 files\n {15}1\.2\.826/);
  });

  it('says which plane of several is shown', async () => {
    const planes = [1, 2, 3].map((seed) => createNoiseImage({ width: 20, height: 10, samples: 1, seed }));
    const [first, ...more] = planes;
    if (!first) throw new Error('no plane');
    const description = writeOme([{ pixels: { SizeX: 20, SizeY: 10, SizeZ: 3 }, channels: [{}], data: '<TiffData/>' }]);
    const file = join(folder, 'planes.ome.tif');
    writeFileSync(file, buildTiff([{ ...first, description }, ...more]).bytes);
    const { stdout } = await runInProcess(['info', file]);
    expect(stdout).toContain('plane        z 0, t 0; there are others\n');
    const validated = await runInProcess(['validate', file, '-q']);
    expect(validated.stdout).toContain('note: the slide has several planes, only z 0, t 0 was looked at\n');
  });

  it('says of an associated image that it can not be read', async () => {
    const { code, stdout } = await runInProcess(['info', sharedPath('data/wsi/dicom-CMU-1-Small-Region-jpeg')]);
    expect(code).toBe(0);
    expect(stdout).toContain("associated   label (can't be read), macro (can't be read)\n");
  });

  it('describes a colour profile', async () => {
    const picture = sharp({ create: { width: 32, height: 32, channels: 3, background: 'red' } });
    const file = join(folder, 'profiled.png');
    writeFileSync(file, await picture.withIccProfile('srgb').png().toBuffer());
    expect((await runInProcess(['info', file])).stdout).toMatch(/ICC profile {2}.*sRGB.* \(RGB, version [24]\.\d\), /);
  });

  it('gives a line a slide where asked', async () => {
    const bad = join(folder, 'none.svs');
    writeFileSync(bad, 'this is no slide');
    const { code, stdout } = await runInProcess(['info', SVS, COMBO, bad, '--brief']);
    expect(code).toBe(1);
    expect(stdout.split('\n').map((line) => line.replace(/ {2,}/g, '|'))).toEqual([
      'slide|format|size, px|mpp, µm|objective|levels|codec|file|remarks',
      'CMU-1-Small-Region|aperio|2220 x 2967|0.499|20x|1|jpeg|1.94 MB',
      'slide_combo|generic-tiff|8192 x 6144|0.25|5|jpeg|10.3 MB|mpp from resolution-tag',
      expect.stringMatching(/^none\|FAILED\|.*not a slide of a known format$/),
      '2 of 3 slides can be opened',
      '',
    ]);
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
