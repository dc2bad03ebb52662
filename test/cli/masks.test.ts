import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ANNOTATION_OPTIONS } from '../../src/cli/options/masks.ts';
import { decodeImage } from '../../src/io/encode-image.ts';
import { listFrameNotices } from '../../src/preprocessing/xml-to-mask/check-frame.ts';
import { READ_ANNOTATIONS_DEFAULTS } from '../../src/preprocessing/xml-to-mask/read-annotations.ts';
import { createRectangle } from '../../src/preprocessing/xml-to-mask/readers/shapes.ts';
import { openSlide } from '../../src/slide/open-slide.ts';
import { writeJpegSlide } from '../support/jpeg-slide.ts';
import { runInProcess } from './run-in-process.ts';

const pair = z.strictObject({ x: z.number(), y: z.number() });
const entry = { id: z.string(), annotation: z.string(), slide: z.string().optional() };
/** What programs may rely on. */
const maskSchema = z.discriminatedUnion('status', [
  z.strictObject({
    ...{
      ...entry,
      status: z.literal('ok'),
      earlier: z.boolean(),
      path: z.string(),
      bytes: z.int(),
      width: z.int(),
      height: z.int(),
    },
    ...{ downsample: pair, mpp: pair.optional(), polygons: z.int(), notices: z.array(z.string()) },
    levels: z.array(z.strictObject({ width: z.int(), height: z.int() })),
    labels: z.array(
      z.strictObject({
        ...{ value: z.int(), name: z.string(), pixels: z.int(), areaMm2: z.number().optional() },
        color: z.tuple([z.number(), z.number(), z.number()]).optional(),
      }),
    ),
    overlay: z.string().optional(),
    fullOverlay: z
      .strictObject({
        ...{ path: z.string(), bytes: z.int(), tiles: z.int(), tilesRead: z.int(), badTiles: z.int() },
        levels: z.array(z.strictObject({ width: z.int(), height: z.int() })),
      })
      .optional(),
    topology: z.array(z.looseObject({ problem: z.string() })).optional(),
  }),
  z.strictObject({
    ...{ ...entry, status: z.literal('empty'), notices: z.array(z.string()) },
    topology: z.array(z.looseObject({})).optional(),
  }),
  z.strictObject({
    ...entry,
    status: z.literal('failed'),
    error: z.looseObject({ tag: z.string(), message: z.string() }),
  }),
]);
const resultSchema = z.strictObject({
  ...{ masks: z.array(maskSchema), ok: z.int(), empty: z.int(), failed: z.int() },
});

const ring = (points: readonly (readonly [number, number])[]) =>
  points.map(([x, y]) => `<Vertex X="${x}" Y="${y}"/>`).join('');
const SQUARE = ring([
  [100, 100],
  [500, 100],
  [500, 400],
  [100, 400],
]);
const HOLE = ring([
  [200, 200],
  [300, 200],
  [300, 300],
  [200, 300],
]);
const xml = (regions: string) =>
  `<Annotations><Annotation Id="1" Name="Tumor" LineColor="255"><Regions>${regions}</Regions></Annotation></Annotations>`;
const XML = xml(
  `<Region Id="1" Type="0" NegativeROA="0"><Vertices>${SQUARE}</Vertices></Region>` +
    `<Region Id="2" Type="0" NegativeROA="1"><Vertices>${HOLE}</Vertices></Region>`,
);

let folder: string;
let slide: string;
let annotation: string;
let count = 0;
const nextPath = (extension = '.tif') => join(folder, `out-${count++}${extension}`);
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'slideloom-masks-cli-'));
  slide = join(folder, 'slide.tif');
  annotation = join(folder, 'slide.xml');
  await writeJpegSlide(slide, { width: 700, height: 500, tile: 128 });
  writeFileSync(annotation, XML);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function runMasks(...args: string[]) {
  const { code, stdout, stderr } = await runInProcess(['masks', ...args, '--json', '--quiet']);
  return { code, stderr, ...resultSchema.parse(JSON.parse(stdout)) };
}

describe('masks', () => {
  it('writes a mask, its picture and the slide under it, and says so', async () => {
    const [out, overlay, full] = [nextPath(), nextPath('.jpg'), nextPath()];
    const args = [
      annotation,
      '--slide',
      slide,
      '--mpp',
      '0.5',
      '--out',
      out,
      '--overlay',
      overlay,
      '--full-overlay',
      full,
    ];
    const { code, masks } = await runMasks(...args);
    expect(code).toBe(0);
    expect(masks[0]).toMatchObject({
      ...{ status: 'ok', id: 'slide', slide, path: out, width: 700, height: 500, polygons: 2 },
      labels: [{ value: 1, name: 'Tumor', color: [255, 0, 0], pixels: 400 * 300 - 100 * 100, areaMm2: 0.0275 }],
      mpp: { x: 0.5, y: 0.5 },
    });
    expect(await decodeImage(overlay)).toMatchObject({ width: 700, height: 500 });
    await using shown = await openSlide(full);
    expect([shown.width, shown.height]).toEqual([700, 500]);
    const { stdout } = await runInProcess(['masks', ...args, '--overwrite', '--quiet']);
    expect(stdout).toMatch(/label {2}class {2}pixels +mm²\n +1 {2}Tumor {2}110000 {2}0\.028/);
  });

  it('is at the microns that are asked for, and of the format that the name says', async () => {
    const out = nextPath('.png');
    const { masks } = await runMasks(annotation, '--slide', slide, '--mpp', '0.5', '--mask-mpp', '2', '--out', out);
    expect(masks[0]).toMatchObject({ width: 175, height: 125, downsample: { x: 4, y: 4 } });
    const { data, width, channels } = await decodeImage(out);
    expect([data[(40 * width + 40) * channels], data[(62 * width + 62) * channels], data[0]]).toEqual([1, 0, 0]);
    const none = await runMasks(annotation, '--slide', slide, '--mask-mpp', '2', '--out', nextPath());
    expect([none.code, none.failed]).toEqual([1, 1]);
    expect(none.masks[0]).toMatchObject({
      status: 'failed',
      error: { tag: 'option', hint: expect.stringMatching(/--mpp/) },
    });
  });

  it('takes classes from a file, and refuses one that is none', async () => {
    const classes = join(folder, 'classes.json');
    writeFileSync(classes, '{"Tumor": 7}');
    const size = ['--slide-size', '700,500'];
    const { masks } = await runMasks(annotation, ...size, '--classes', classes, '--out', nextPath());
    expect(masks[0]).toMatchObject({ labels: [{ value: 7, name: 'Tumor' }] });
    writeFileSync(classes, '{"Tumor": 300}');
    const { code, stderr } = await runInProcess([
      'masks',
      annotation,
      ...size,
      '--classes',
      classes,
      '--out',
      nextPath(),
    ]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/the label of "Tumor" is 300/);
    writeFileSync(classes, '{"Stroma": 1}');
    const empty = await runMasks(annotation, ...size, '--classes', classes, '--out', nextPath());
    expect([empty.code, empty.masks[0]?.status]).toEqual([0, 'empty']);
  });

  it('tells of outlines beyond the slide, and of a frame that may be another', async () => {
    const { masks } = await runMasks(annotation, '--slide-size', '150,150', '--out', nextPath());
    expect(masks[0]).toMatchObject({
      notices: [expect.stringMatching(/1 of 2 polygons lie outside of the slide of 150 x 150 pixels/)],
    });
    const shapes = [{ polygon: createRectangle({ left: 0, top: 0, right: 9, bottom: 9 }), label: 1 }];
    const properties = new Map([
      ['openslide.bounds-x', '2000'],
      ['openslide.bounds-y', '0'],
    ]);
    const list = (format: string, coordsFrame?: 'raw') =>
      listFrameNotices(shapes, { width: 9, height: 9, mpp: undefined }, { format, properties, coordsFrame });
    expect(list('geojson')).toEqual([expect.stringMatching(/begins at 2000, 0.*--coords-frame bounds/)]);
    expect([list('geojson', 'raw'), list('aperio')]).toEqual([[], []]);
  });

  it('lists what is odd about the outlines', async () => {
    const odd = join(folder, 'odd.xml');
    const bow = ring([
      [10, 10],
      [60, 60],
      [60, 10],
      [10, 40],
    ]);
    writeFileSync(odd, xml(`<Region Id="9" Type="0" NegativeROA="0"><Vertices>${bow}</Vertices></Region>`));
    const { masks } = await runMasks(odd, '--slide-size', '700,500', '--check', '--out', nextPath());
    expect(masks[0]).toMatchObject({ topology: [{ problem: 'self-intersection', id: '9' }] });
    const { masks: sound } = await runMasks(annotation, '--slide-size', '700,500', '--check', '--out', nextPath());
    expect(sound[0]).toMatchObject({ topology: [] });
  });
});

describe('masks of several annotations', () => {
  it('pairs them by name, and one that fails does not stop the others', async () => {
    const [annotations, slides] = [join(folder, 'annotations'), join(folder, 'slides')];
    for (const one of [annotations, slides]) mkdirSync(one);
    for (const name of ['a', 'b'])
      await writeJpegSlide(join(slides, `${name}.tif`), { width: 600, height: 500, tile: 128 });
    for (const name of ['a.xml', 'lonely.xml']) writeFileSync(join(annotations, name), XML);
    writeFileSync(join(annotations, 'b.xml'), '<Annotations><Annotation>');
    const out = join(folder, 'many');
    mkdirSync(out);
    const { code, masks, ok, failed } = await runMasks(annotations, '--slide', slides, '--out', out);
    expect([code, ok, failed]).toEqual([1, 1, 2]);
    expect(masks.map(({ id, status }) => `${id} ${status}`)).toEqual(['a ok', 'b failed', 'lonely failed']);
    expect(masks[2]).toMatchObject({ error: { hint: expect.stringMatching(/annotation,slide/) } });
    expect(existsSync(join(out, 'a.tif'))).toBe(true);
    expect(existsSync(join(out, 'b.tif'))).toBe(false);
  });

  it('takes pairs from a CSV', async () => {
    const list = join(folder, 'pairs.csv');
    writeFileSync(list, 'annotation,slide\nslide.xml,slides/a.tif\n');
    const out = nextPath();
    const { code, masks } = await runMasks(list, '--out', out);
    expect(code).toBe(0);
    expect(masks[0]).toMatchObject({ status: 'ok', slide: join(folder, 'slides', 'a.tif'), width: 600, path: out });
    writeFileSync(list, 'file,slide\nslide.xml,slides/a.tif\n');
    const { stderr } = await runInProcess(['masks', list, '--out', nextPath()]);
    expect(stderr).toMatch(/no column "annotation"/);
  });
});

describe('wrong usage of masks', () => {
  it.each([
    [['--slide-size', '700'], /`--slide-size`/],
    [['--slide-size', '700,500', '--slide', 'x.svs'], /`--slide-size`/],
    [['--slide-size', '700,500', '--overlay', 'x.jpg'], /need the slide/],
    [['--slide', 'x.svs', '--overlay', 'a.tif', '--full-overlay', 'a.tif'], /the same file/],
    [['--slide-size', '700,500', '--bits', '4'], /`--bits`/],
    [['--slide-size', '700,500', '--bits', '0'], /`--bits`/],
    [['--slide-size', '700,500', '--downsample', '0'], /`--downsample`/],
    [
      ['--slide-size', '700,500', '--downsample', '2', '--mask-mpp', '1'],
      /`--mask-mpp` .*beside `--downsample`|no value beside `--downsample` for `--mask-mpp`/,
    ],
    [['--slide-size', '700,500', '--mask-mpp', '0'], /`--mask-mpp`/],
    [['--slide-size', '700,500', '--bits', '1', '--format', 'zarr'], /`--bits`/],
    [['--slide-size', '700,500', '--tile-size', '100'], /`--tile-size`/],
    [['--slide-size', '700,500', '--rule', 'guess'], /--rule/],
    [['--slide-size', '700,500', '--unmapped', 'perhaps'], /`--unmapped`/],
    [['--slide-size', '700,500', '--chunk-size', '100'], /`--chunk-size`/],
  ])('%j is told', async (args, message) => {
    const out = nextPath();
    const { code, stderr } = await runInProcess(['masks', annotation, ...args, '--out', out]);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
    expect(existsSync(out)).toBe(false);
  });

  it('never writes over what it reads', async () => {
    const before = [readFileSync(annotation), readFileSync(slide)];
    const base = [annotation, '--slide', slide, '--overwrite'];
    for (const args of [
      ['--out', annotation, '--slide-size', '700,500'],
      ['--out', annotation],
      ['--out', slide],
      ['--out', nextPath(), '--overlay', slide],
      ['--out', nextPath(), '--overlay', annotation],
      ['--out', nextPath(), '--full-overlay', annotation],
    ]) {
      const all = args.includes('--slide-size') ? [annotation, '--overwrite', ...args] : [...base, ...args];
      const { code, masks } = await runMasks(...all);
      expect([code, masks[0]]).toMatchObject([1, { status: 'failed', error: { tag: 'output' } }]);
    }
    expect([readFileSync(annotation), readFileSync(slide)]).toEqual(before);
  });

  it('leaves a file alone that is there', async () => {
    const out = nextPath();
    writeFileSync(out, 'mine');
    const { code, masks } = await runMasks(annotation, '--slide-size', '700,500', '--out', out);
    expect(code).toBe(1);
    expect(masks[0]).toMatchObject({ status: 'failed', error: { tag: 'output' } });
    expect(readFileSync(out, 'utf8')).toBe('mine');
  });

  it('help has the defaults of the library', () => {
    for (const name of ['coordsFrame', 'onBadRegion', 'overlapHoles', 'maxVertices'] as const)
      expect(ANNOTATION_OPTIONS[name].default).toBe(READ_ANNOTATIONS_DEFAULTS[name]);
  });
});
