import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharp } from '../../src/io/codec/sharp.ts';
import type { MaskGrid, MaskRasterizer, MaskShape } from '../../src/preprocessing/xml-to-mask/annotation.ts';
import { createPainter } from '../../src/preprocessing/xml-to-mask/create-painter.ts';
import { listMaskLevels } from '../../src/preprocessing/xml-to-mask/mask-grid.ts';
import type { MaskJob } from '../../src/preprocessing/xml-to-mask/mask-job.ts';
import { writePngMask } from '../../src/preprocessing/xml-to-mask/mask-writers/png.ts';
import { writeTiffMask } from '../../src/preprocessing/xml-to-mask/mask-writers/tiff.ts';
import { writeZarrMask } from '../../src/preprocessing/xml-to-mask/mask-writers/zarr.ts';
import {
  checkMaskOptions,
  MASK_FORMATS,
  MASK_RULES,
  type WriteMaskOptions,
} from '../../src/preprocessing/xml-to-mask/options.ts';
import { parseMaskFacts } from '../../src/preprocessing/xml-to-mask/parse-mask-facts.ts';
import { createMaskRasterizer } from '../../src/preprocessing/xml-to-mask/rasterizer.ts';
import { writeMaskFile } from '../../src/preprocessing/xml-to-mask/write-mask-file.ts';
import { openSlide } from '../../src/slide/open-slide.ts';
import { AbortedError, OptionError, OutputError } from '../../src/utils/errors.ts';
import { describeWithOpenSlide } from '../support/openslide-oracle.ts';
import { createSeededRandom } from '../support/seeded-random.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'slideloom-masks-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let count = 0;
const nextPath = (extension = '.tif') => join(folder, `mask-${count++}${extension}`);

const FRAME = { width: 2900, height: 2101, mpp: { x: 0.25, y: 0.3 } };
const LABELS = [
  { value: 1, name: 'Tumor', color: [200, 0, 0] as const },
  { value: 2, name: 'Strömä | "x"' },
  { value: 7, name: 'rest' },
];
const shapes = createShapes();
const drawn = { shapes, labels: LABELS, frame: FRAME, source: 'slide.svs' };

/** Stars with holes, and a big square, so that there are tiles of one label. */
function createShapes(): MaskShape[] {
  const random = createSeededRandom(5);
  const ring = (x: number, y: number, radius: number) => {
    const points = Array.from({ length: 60 }, (_, k) => {
      const r = radius * (0.6 + 0.4 * random.uniform());
      return [x + r * Math.cos((k / 60) * 2 * Math.PI), y + r * Math.sin((k / 60) * 2 * Math.PI)];
    });
    return Float64Array.from(points.flat());
  };
  const square = { exterior: Float64Array.of(100.5, 80.25, 1500, 90, 1490.5, 1400, 90, 1390), holes: [] };
  const stars = Array.from({ length: 12 }, (_, k): MaskShape => {
    const [x, y] = [random.uniform() * FRAME.width, random.uniform() * FRAME.height];
    return { polygon: { exterior: ring(x, y, 260), holes: [ring(x, y, 90)] }, label: [1, 2, 7, 0][k % 4]! };
  });
  return [{ polygon: square, label: 1 }, ...stars];
}

const write = (path: string, options: WriteMaskOptions = {}) => writeMaskFile(path, drawn, checkMaskOptions(options));

/** The whole mask by one call. */
function paintWhole(grid: MaskGrid): Uint8Array {
  const data = new Uint8Array(grid.width * grid.height);
  const label = createMaskRasterizer(shapes, grid, { rule: 'pixel-centre' }).rasterize({ x: 0, y: 0, ...grid }, data);
  return label === undefined ? data : data.fill(label);
}

/** A rasteriser that cuts from a mask that is held whole, as one without streaming does it. */
function createWholeRasterizer(grid: MaskGrid): MaskRasterizer {
  const whole = paintWhole(grid);
  return {
    grid,
    rasterize({ x, y, width, height }, target) {
      for (let row = 0; row < height; row++) {
        const from = (y + row) * grid.width + x;
        target.set(whole.subarray(from, from + width), row * width);
      }
      const box = target.subarray(0, width * height);
      return box.every((one) => one === box[0]) ? box[0] : undefined;
    },
  };
}

const GRID: MaskGrid = { width: FRAME.width, height: FRAME.height, downsample: { x: 1, y: 1 } };
const naiveJob = (more: Partial<MaskJob> = {}): MaskJob => ({
  ...{ grid: GRID, labels: LABELS, rule: 'pixel-centre', bits: 8, tileSize: 256, mpp: FRAME.mpp, slide: FRAME },
  createRasterizer: createWholeRasterizer,
  advance: () => {},
  ...more,
});

const same = (a: Uint8Array, b: Uint8Array) => a.length === b.length && Buffer.compare(a, b) === 0;

describe('a mask as a TIFF', () => {
  it('streamed and held whole are the same bytes', async () => {
    const [streamed, whole] = [nextPath(), nextPath()];
    await write(streamed, { tileSize: 256 });
    await writeTiffMask(whole, naiveJob(), { layout: 'bigtiff' });
    expect(same(readFileSync(streamed), readFileSync(whole))).toBe(true);
  });

  it.each(MASK_FORMATS.flatMap((format) => MASK_RULES.map((rule) => [format, rule] as const)))(
    'as %s under the rule %s: modes naive and streaming give the same bytes',
    async (format, rule) => {
      const [streamed, naive] = [nextPath('.one'), nextPath('.one')];
      const options = { format, rule, tileSize: 128, downsample: 1.7 };
      const a = await write(streamed, options);
      const b = await write(naive, { ...options, mode: 'naive' });
      expect([b.bytes, b.counts]).toEqual([a.bytes, a.counts]);
      const list = (path: string) =>
        format === 'zarr'
          ? readdirSync(path, { recursive: true, withFileTypes: true })
              .filter((one) => one.isFile())
              .map((one) => join(one.parentPath, one.name).slice(path.length))
              .sort()
          : [''];
      expect(list(naive)).toEqual(list(streamed));
      for (const name of list(naive))
        expect(same(readFileSync(naive + name), readFileSync(streamed + name))).toBe(true);
    },
  );

  it('of mode naive is held to what memory has', () => {
    const grid = { width: 2 ** 15, height: 2 ** 15, downsample: { x: 1, y: 1 } };
    const paint = createPainter(shapes, grid, { rule: 'pixel-centre', coords: 'float', mode: 'naive' });
    expect(() => paint(grid)).toThrow(/mode/);
  });

  it('has at each level what its downsample asks for, and its labels, microns and counts', async () => {
    const path = nextPath();
    const written = await write(path, { tileSize: 256 });
    await using slide = await openSlide(path);
    expect(slide.mpp).toMatchObject({ x: 0.25, y: 0.3 });
    const levels = listMaskLevels(GRID, 256);
    expect(slide.levels.map(({ width, height }) => [width, height])).toEqual(
      levels.map(({ width, height }) => [width, height]),
    );
    for (const [level, grid] of levels.entries()) {
      const { data } = await slide.readRegion({ x: 0, y: 0, level, width: grid.width, height: grid.height });
      const expected = paintWhole(grid);
      expect(expected.every((label, i) => data[i * 3] === label)).toBe(true);
    }
    const pixels = paintWhole(GRID);
    for (const value of [0, 1, 2, 7])
      expect(written.counts.get(value)).toBe(pixels.reduce((sum, one) => sum + (one === value ? 1 : 0), 0));
    const text = slide.properties.get('tiff.ImageDescription') ?? '';
    expect(text.startsWith('slideloom mask {')).toBe(true);
    expect(parseMaskFacts(text)).toEqual(JSON.parse(text.slice('slideloom mask '.length)));
    for (const other of [
      '',
      'slideloom mask',
      'slideloom mask {',
      'slideloom mask {"rule":"x"}',
      '<a>slideloom mask {',
    ])
      expect(parseMaskFacts(other)).toBeUndefined();
    expect(JSON.parse(text.slice('slideloom mask '.length))).toMatchObject({
      mpp: { x: 0.25, y: 0.3 },
      rule: 'pixel-centre',
      downsample: { x: 1, y: 1 },
      slide: { width: FRAME.width, height: FRAME.height },
      labels: LABELS,
    });
  });

  it('stores tiles of one label once', async () => {
    const empty = { ...drawn, shapes: [] };
    const [small, large] = [nextPath(), nextPath()];
    const a = await writeMaskFile(small, { ...empty, frame: { width: 512, height: 512 } }, checkMaskOptions({}));
    const b = await writeMaskFile(large, { ...empty, frame: { width: 51_200, height: 51_200 } }, checkMaskOptions({}));
    // 13,000 more tiles: their positions and lengths, and nothing else.
    expect(b.bytes - a.bytes).toBeLessThan(13_500 * 12 + 4000);
  });

  it('of 1 bit has what is drawn, as 255', async () => {
    const path = nextPath();
    await write(path, { bits: 1, downsample: 3, tileSize: 128 });
    const grid = { width: 966, height: 700, downsample: { x: 3, y: 3 } };
    const expected = paintWhole(grid);
    const { data, info } = await sharp(path).raw().toBuffer({ resolveWithObject: true });
    expect([info.width, info.height]).toEqual([966, 700]);
    expect(expected.every((label, i) => (data[i * info.channels] !== 0) === (label !== 0))).toBe(true);
    await using slide = await openSlide(path);
    expect(slide.channels).toEqual([{ name: 'grey', bitDepth: 1, type: 'uint8', range: [0, 1] }]);
    for (const [level, { width, height, downsample }] of listMaskLevels(grid, 128).entries()) {
      const labels = paintWhole({ width, height, downsample });
      const shown = await slide.readRegion({ x: 0, y: 0, level, width, height });
      expect(labels.every((label, i) => shown.data[i * 3] === (label === 0 ? 0 : 255))).toBe(true);
      const stored = await slide.readRegion({ x: 0, y: 0, level, width, height, channel: 0 });
      expect(labels.every((label, i) => stored.data[i] === (label === 0 ? 0 : 1))).toBe(true);
    }
  });

  it('as OME-TIFF has its levels in SubIFDs, and microns', async () => {
    const path = nextPath('.ome.tif');
    await write(path, { format: 'ome-tiff', tileSize: 256 });
    await using slide = await openSlide(path);
    expect(slide.format).toBe('ome-tiff');
    const xml = slide.properties.get('tiff.ImageDescription') ?? '';
    expect(parseMaskFacts(xml)).toEqual({
      ...{ rule: 'pixel-centre', bits: 8, downsample: { x: 1, y: 1 }, mpp: { x: 0.25, y: 0.3 } },
      slide: { width: FRAME.width, height: FRAME.height },
      labels: LABELS,
    });
    // For viewers that show pairs of names and values.
    expect(xml).toContain(
      '<MapAnnotation ID="Annotation:0:1" Namespace="slideloom/mask/labels"><Value><M K="1">Tumor</M>',
    );
    expect(xml).toContain('<AnnotationRef ID="Annotation:0:1"/></Image><StructuredAnnotations>');
    expect(slide.mpp).toMatchObject({ x: 0.25, y: 0.3, source: 'metadata' });
    const region = { x: 0, y: 0, level: 1, width: 1450, height: 1050 };
    const { data } = await slide.readRegion({ ...region, channel: 0 });
    const [, half] = listMaskLevels(GRID, 256);
    expect(same(data as Uint8Array, paintWhole(half!))).toBe(true);
  });
});

describeWithOpenSlide('a mask in other programs', (getOracle) => {
  it('OpenSlide and libvips read the same pixels at each level', async () => {
    const path = nextPath();
    await write(path, { tileSize: 256 });
    const theirs = await getOracle().open(path);
    const levels = listMaskLevels(GRID, 256);
    expect(theirs.levels.map(({ width, height }) => [width, height])).toEqual(
      levels.map(({ width, height }) => [width, height]),
    );
    for (const [level, grid] of levels.entries()) {
      const expected = paintWhole(grid);
      const { data } = await theirs.readRegion({ x: 0, y: 0, level, width: grid.width, height: grid.height });
      expect(expected.every((label, i) => data[i * 3] === label && data[i * 3 + 1] === label)).toBe(true);
      const raw = nextPath('.raw');
      const vips = spawnSync('vips', ['rawsave', `${path}[page=${level}]`, raw], { encoding: 'utf8' });
      expect(vips.stderr).toBe('');
      expect(same(readFileSync(raw), expected)).toBe(true);
    }
    expect(Number(theirs.properties['openslide.mpp-x'] ?? 0.25)).toBeCloseTo(0.25, 9);
    await theirs.close();
  });

  it('OpenSlide reads a mask of 1 bit as black and white', async () => {
    const path = nextPath();
    await write(path, { bits: 1, tileSize: 256 });
    const theirs = await getOracle().open(path);
    const expected = paintWhole(GRID);
    const { data } = await theirs.readRegion({ x: 0, y: 0, level: 0, width: GRID.width, height: GRID.height });
    expect(expected.every((label, i) => data[i * 3] === (label === 0 ? 0 : 255))).toBe(true);
    await theirs.close();
  });
});

describe('a mask as a PNG', () => {
  it.each([8, 1] as const)('of %i bits is what another decoder reads', async (bits) => {
    const path = nextPath('.png');
    await write(path, { format: 'png', bits, downsample: 2.5 });
    const grid = { width: 1160, height: 840, downsample: { x: 2.5, y: 2.5 } };
    const expected = paintWhole(grid);
    const { data, info } = await sharp(path).toColourspace('b-w').raw().toBuffer({ resolveWithObject: true });
    expect([info.width, info.height, info.channels]).toEqual([1160, 840, 1]);
    expect(expected.every((label, i) => data[i] === (bits === 8 ? label : label === 0 ? 0 : 255))).toBe(true);
  });

  it('streamed and held whole are the same bytes', async () => {
    const [streamed, whole] = [nextPath('.png'), nextPath('.png')];
    await write(streamed, { format: 'png', tileSize: 256 });
    await writePngMask(whole, naiveJob());
    expect(same(readFileSync(streamed), readFileSync(whole))).toBe(true);
  });
});

describe('a mask as Zarr', () => {
  it('has chunks of what is drawn, and none of what is not', async () => {
    const path = nextPath('.zarr');
    await write(path, { format: 'zarr', tileSize: 256 });
    const array = JSON.parse(readFileSync(join(path, '0', '.zarray'), 'utf8'));
    expect(array).toMatchObject({ shape: [2101, 2900], chunks: [256, 256], fill_value: 0, dtype: '|u1' });
    const expected = paintWhole(GRID);
    let stored = 0;
    for (let row = 0; row * 256 < GRID.height; row++) {
      for (let column = 0; column * 256 < GRID.width; column++) {
        const file = join(path, '0', String(row), String(column));
        const chunk = existsSync(file) ? inflateSync(readFileSync(file)) : new Uint8Array(256 * 256);
        stored += existsSync(file) ? 1 : 0;
        for (let y = 0; y < Math.min(256, GRID.height - row * 256); y++) {
          const from = (row * 256 + y) * GRID.width + column * 256;
          const line = expected.subarray(from, from + Math.min(256, GRID.width - column * 256));
          expect(same(chunk.subarray(y * 256, y * 256 + line.length), line)).toBe(true);
        }
      }
    }
    expect(stored).toBeLessThan(9 * 12);
    const attributes = JSON.parse(readFileSync(join(path, '.zattrs'), 'utf8'));
    expect(attributes['image-label'].properties).toContainEqual({ 'label-value': 2, class: LABELS[1]!.name });
    expect(attributes.multiscales[0].datasets[1].coordinateTransformations).toEqual([
      { type: 'scale', scale: [0.6, 0.5] },
      // Pixel 0 of level 1 spans pixels 0 and 1 of level 0: its centre is between theirs.
      { type: 'translation', translation: [expect.closeTo(0.15, 12), expect.closeTo(0.125, 12)] },
    ]);
  });

  it('is read by zarrita as a slide of one channel, with the same pixels at each level', async () => {
    const path = nextPath('.zarr');
    await write(path, { format: 'zarr', tileSize: 256 });
    await using slide = await openSlide(path);
    expect(slide.mpp).toMatchObject({ x: 0.25, y: 0.3, source: 'metadata' });
    for (const [level, { width, height, downsample }] of listMaskLevels(GRID, 256).entries()) {
      const { data } = await slide.readRegion({ x: 0, y: 0, level, width, height, channel: 0 });
      expect(same(data as Uint8Array, paintWhole({ width, height, downsample }))).toBe(true);
    }
  });

  it('replaces a mask of its own, and nothing else', async () => {
    const path = nextPath('.zarr');
    await write(path, { format: 'zarr' });
    await expect(write(path, { format: 'zarr' })).rejects.toThrow(/is there already/);
    writeFileSync(join(path, 'stale'), '');
    await write(path, { format: 'zarr', overwrite: true });
    expect(existsSync(join(path, 'stale'))).toBe(false);
    await expect(write(folder, { format: 'zarr', overwrite: true })).rejects.toThrow(/no mask of slideloom/);
    const whole = nextPath('.zarr');
    const { mkdirSync } = await import('node:fs');
    mkdirSync(whole);
    await writeZarrMask(whole, naiveJob({ tileSize: 512 }));
    for (const file of readdirSync(whole, { recursive: true, withFileTypes: true }).filter((one) => one.isFile())) {
      const other = join(file.parentPath.replace(whole, path), file.name);
      expect(same(readFileSync(join(file.parentPath, file.name)), readFileSync(other))).toBe(true);
    }
  });
});

describe('a mask that is not finished', () => {
  it.each(['tiff', 'png', 'zarr'] as const)('as %s leaves nothing', async (format) => {
    const path = nextPath('.out');
    const controller = new AbortController();
    const onProgress = () => controller.abort();
    const work = write(path, { format, signal: controller.signal, onProgress, tileSize: 64 });
    await expect(work).rejects.toBeInstanceOf(AbortedError);
    expect(readdirSync(folder).filter((name) => path.includes(name) || name.includes('partial'))).toEqual([]);
  });

  it('refuses to write over a file, and options that say nothing', async () => {
    const path = nextPath();
    writeFileSync(path, 'mine');
    await expect(write(path)).rejects.toBeInstanceOf(OutputError);
    expect(readFileSync(path, 'utf8')).toBe('mine');
    expect(() => checkMaskOptions({ bits: 1, format: 'zarr' })).toThrow(OptionError);
    expect(() => checkMaskOptions({ tileSize: 100 })).toThrow(OptionError);
    expect(() => checkMaskOptions({ downsample: 2, maskMpp: 1 })).toThrow(OptionError);
  });
});
