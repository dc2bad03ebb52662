import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharp } from '../../src/io/codec/sharp.ts';
import type { Raster } from '../../src/io/raster.ts';
import type {
  AnnotationRegion,
  AnnotationSet,
  MaskGrid,
  MaskRasterizer,
} from '../../src/preprocessing/xml-to-mask/annotation.ts';
import { createMaskShapes } from '../../src/preprocessing/xml-to-mask/create-mask-shapes.ts';
import { listOverlayLevels } from '../../src/preprocessing/xml-to-mask/overlay-levels.ts';
import { renderMaskOverlay } from '../../src/preprocessing/xml-to-mask/overlay-picture.ts';
import { writeOverlayTiff } from '../../src/preprocessing/xml-to-mask/overlay-tiff.ts';
import { createMaskRasterizer } from '../../src/preprocessing/xml-to-mask/rasterizer.ts';
import { getMask, processSlide, writeMask } from '../../src/preprocessing/xml-to-mask.ts';
import { openSlide } from '../../src/slide/open-slide.ts';
import type { Slide } from '../../src/slide/slide.ts';
import { createSyntheticSlide } from '../../src/slide/synthetic-slide.ts';
import { OptionError } from '../../src/utils/errors.ts';

const SIZE = { width: 3000, height: 2100 };
let folder: string;
let path: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'slideloom-masks-overlay-'));
  path = join(folder, 'slide.svs');
  await createSyntheticSlide(path, { ...SIZE, seed: 7 });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let count = 0;
const nextPath = () => join(folder, `out-${count++}.tif`);

function region(className: string, ring: readonly number[], hole: readonly number[] = []): AnnotationRegion {
  const polygon = { exterior: Float64Array.from(ring), holes: hole.length > 0 ? [Float64Array.from(hole)] : [] };
  return { className, kind: 'polygon', negative: false, polygons: [polygon], attributes: new Map() };
}

const annotations: AnnotationSet = {
  ...{ format: 'geojson', source: 'test', notices: [] },
  layers: [
    {
      name: 'all',
      attributes: new Map(),
      regions: [
        region('Tumor', [300.5, 210, 1400, 180.25, 1290, 950, 333, 990], [600, 400, 900, 420, 880, 700, 620, 690]),
        region('Stroma', [2100, 1200, 2950, 1500.5, 2200, 2050]),
      ],
    },
  ],
};
const { shapes } = createMaskShapes(annotations);
const same = (a: string, b: string) => readFileSync(a).equals(readFileSync(b));

/** Tiles of the slide that are read, as `level column row`. */
function countReads(slide: Slide): {
  slide: Slide;
  regions: { level: number; x: number; y: number; width: number; height: number }[];
} {
  const regions: { level: number; x: number; y: number; width: number; height: number }[] = [];
  const readRegion = (one: (typeof regions)[number], options?: object) => {
    regions.push(one);
    return slide.readRegion(one, options);
  };
  const get = (target: Slide, key: keyof Slide) => {
    if (key === 'readRegion') return readRegion;
    const value: unknown = target[key];
    return typeof value === 'function' ? value.bind(target) : value;
  };
  return { slide: new Proxy(slide, { get: (target, key) => get(target, key as keyof Slide) }), regions };
}

describe('processSlide', () => {
  it('streamed by chunks of any size, and with all held whole: the same bytes', async () => {
    await using slide = await openSlide(path);
    const [mask, overlay, wide, whole] = [nextPath(), nextPath(), nextPath(), nextPath()];
    const options = { tileSize: 256, chunkSize: 256, overlay };
    const written = await processSlide(annotations, slide, mask, options);
    await processSlide(annotations, slide, nextPath(), { ...options, chunkSize: 100_000, overlay: wide });
    await writeWhole(slide, whole);
    expect(same(overlay, wide)).toBe(true);
    expect(same(overlay, whole)).toBe(true);
    expect(written?.overlay?.tilesRead).toBeLessThan((written?.overlay?.tiles ?? 0) * 0.6);
    expect(written?.labels.map(({ name, value }) => [name, value])).toEqual([
      ['Tumor', 1],
      ['Stroma', 2],
    ]);
  });

  it('asks the slide for no more than a strip of chunks at once, at any level, and of mode naive for the same', async () => {
    await using slide = await openSlide(path);
    const [overlay, naive] = [nextPath(), nextPath()];
    const counted = countReads(slide);
    const options = { tileSize: 128, chunkSize: 256 };
    await processSlide(annotations, counted.slide, nextPath(), { ...options, overlay });
    expect(counted.regions.length).toBeGreaterThan(10);
    for (const { width, height } of counted.regions) expect(width * height).toBeLessThanOrEqual(256 * 128);
    const mask = nextPath();
    await processSlide(annotations, slide, mask, { ...options, mode: 'naive', overlay: naive });
    expect(same(naive, overlay)).toBe(true);
  });

  it('shows the slide where it is masked and black elsewhere, and reads no tile without a mask', async () => {
    await using slide = await openSlide(path);
    const overlay = nextPath();
    const counted = countReads(slide);
    await processSlide(annotations, counted.slide, nextPath(), { tileSize: 256, overlay, quality: 95 });
    await using shown = await openSlide(overlay);
    expect(shown.mpp).toMatchObject({ x: slide.mpp!.x, y: slide.mpp!.y });
    const all = { x: 0, y: 0, level: 0, ...SIZE };
    const [theirs, ours] = [await slide.readRegion(all), await shown.readRegion(all)];
    const mask = (await getMask(annotations, slide, { downsample: 1 }))!;
    let inside = 0;
    let outside = 0;
    let masked = 0;
    for (let i = 0; i < mask.data.length; i++) {
      const difference = Math.abs(ours.data[i * 3 + 1]! - (mask.data[i] === 0 ? 0 : theirs.data[i * 3 + 1]!));
      if (mask.data[i] === 0) outside += difference;
      else inside += difference;
      masked += mask.data[i] === 0 ? 0 : 1;
    }
    // JPEG of quality 95, whose errors are largest along the edge of the mask.
    expect(inside / masked).toBeLessThan(3);
    expect(outside / (mask.data.length - masked)).toBeLessThan(0.2);
    const { data, width } = { data: mask.data, width: mask.width };
    for (const { level, x, y, width: w, height: h } of counted.regions.filter((one) => one.level === 0)) {
      expect(level).toBe(0);
      for (let tile = x; tile < x + w; tile += 256) {
        const row = (top: number) => data.subarray(top * width + tile, top * width + Math.min(tile + 256, x + w));
        const drawn = Array.from({ length: h }, (_, k) => row(y + k)).some((line) => line.some((one) => one !== 0));
        expect(drawn, `tile at ${tile}, ${y}`).toBe(true);
      }
    }
  });

  it('writes nothing where nothing is drawn', async () => {
    await using slide = await openSlide(path);
    const mask = nextPath();
    const empty = { ...annotations, layers: [] };
    expect(await processSlide(empty, slide, mask, { overlay: nextPath() })).toBeNull();
    expect(await getMask(empty, slide)).toBeNull();
    expect(existsSync(mask)).toBe(false);
  });

  it('refuses an overlay in the place of the mask, and to write over the slide', async () => {
    await using slide = await openSlide(path);
    const mask = nextPath();
    await expect(processSlide(annotations, slide, mask, { overlay: mask })).rejects.toBeInstanceOf(OptionError);
    await expect(writeMask(annotations, slide, path, { overwrite: true })).rejects.toThrow(/is the slide that is read/);
    await expect(getMask(annotations, { width: 1e6, height: 1e6 })).rejects.toThrow(/at most 536870912 pixels/);
  });
});

/** As one without streaming does it: each level of the slide and of its mask as one array. */
async function writeWhole(slide: Slide, out: string): Promise<void> {
  const levels = listOverlayLevels(slide, 256);
  const rasters: Raster[] = [];
  for (const [level, { width, height, downsample }] of levels.entries()) {
    rasters.push(
      level < slide.levels.length
        ? await slide.readRegion({ x: 0, y: 0, level, width, height })
        : await slide.readRegionAtDownsample({ x: 0, y: 0, width, height, downsample }),
    );
  }
  const createWhole = (grid: MaskGrid): MaskRasterizer => {
    const whole = new Uint8Array(grid.width * grid.height);
    createMaskRasterizer(shapes, grid, { rule: 'pixel-centre' }).rasterize({ x: 0, y: 0, ...grid }, whole);
    const rasterize: MaskRasterizer['rasterize'] = ({ x, y, width, height }, target) => {
      for (let row = 0; row < height; row++) {
        const from = (y + row) * grid.width + x;
        target.set(whole.subarray(from, from + width), row * width);
      }
      return undefined;
    };
    return { grid, rasterize };
  };
  await writeOverlayTiff(out, {
    ...{ levels, tileSize: 256, chunkSize: 1e6, quality: 90, background: 0 },
    createRasterizer: createWhole,
    read: async (level, box) => {
      const { data, width } = rasters[level]!;
      const part = new Uint8Array(box.width * box.height * 3);
      for (let row = 0; row < box.height; row++) {
        const from = ((box.y + row) * width + box.x) * 3;
        part.set(data.subarray(from, from + box.width * 3), row * box.width * 3);
      }
      return { width: box.width, height: box.height, channels: 3, data: part };
    },
    mpp: slide.mpp,
    profile: slide.iccProfile,
    advance: () => {},
  });
}

describe('the picture of a mask', () => {
  it('is tinted where the mask is, and nowhere else', async () => {
    await using slide = await openSlide(path);
    const color = [0, 0, 255] as const;
    const labels = [
      { value: 1, name: 'Tumor & <x>', color },
      { value: 2, name: 'Stroma' },
    ];
    const jpeg = await renderMaskOverlay(
      slide,
      { shapes, labels, rule: 'pixel-centre' },
      { maxSize: 600, quality: 100 },
    );
    const { data, info } = await sharp(jpeg).raw().toBuffer({ resolveWithObject: true });
    const plain = await slide.readThumbnail(600);
    const bluer = (x: number, y: number) => {
      const at = (y * info.width + x) * 3;
      return data[at + 2]! - data[at]! - (plain.data[at + 2]! - plain.data[at]!);
    };
    // Level 0 divided by 5: inside the tumour, in its hole, outside.
    expect(bluer(90, 80)).toBeGreaterThan(30);
    expect(Math.abs(bluer(150, 110))).toBeLessThan(12);
    expect(Math.abs(bluer(20, 20))).toBeLessThan(12);
  });
});
