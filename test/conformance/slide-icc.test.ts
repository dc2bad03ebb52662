import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSrgbConverter } from '../../src/io/icc/convert-to-srgb.ts';
import type { Raster } from '../../src/io/raster.ts';
import { createBufferSource } from '../../src/io/source/buffer-source.ts';
import { openSlide } from '../../src/slide/open-slide.ts';
import type { SlideOptions } from '../../src/slide/settings.ts';
import { writeJpegSlide } from '../support/jpeg-slide.ts';
import { describeWithShared, sharedPath } from '../support/shared-data.ts';
import { describeSlide } from '../support/slide-conformance.ts';
import { createMatrixProfile, createTableProfile } from '../support/tiny-icc.ts';
import { buildTiff, createNoiseImage, type TinyImage, type TinyTag, TYPE } from '../support/tiny-tiff.ts';

const profile = createTableProfile();
const camera = createMatrixProfile({ gamma: 1.8 });
const embed = (bytes: Uint8Array): TinyTag => ({ tag: 34_675, type: TYPE.undefined, values: [...bytes] });

const folder = mkdtempSync(join(tmpdir(), 'slideloom-icc-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const path = join(folder, 'slide.tif');
beforeAll(() => writeJpegSlide(path, { width: 200, height: 150, tile: 64, icc: profile }));

describeSlide('generic TIFF in sRGB', {
  open: () => openSlide(path, { icc: 'srgb', mpp: 0.5 }),
  format: 'generic-tiff',
  levels: 1,
  associated: [],
  hasMpp: true,
});

async function convert(raster: Raster, by = profile): Promise<Uint8Array> {
  return (await openSrgbConverter(by, 'test')).convert(raster.data);
}

const tiles = { tileWidth: 16, tileHeight: 16 };
const slidePage: TinyImage = { ...createNoiseImage({ width: 40, height: 30, ...tiles }), tags: [embed(profile)] };

function open(images: readonly TinyImage[], options: SlideOptions = { icc: 'srgb' }) {
  return openSlide(createBufferSource(buildTiff(images).bytes, 'a.svs'), options);
}

describe('a slide in sRGB', () => {
  it('has the colours that its profile gives, at every way to read it, and is white around', async () => {
    await using stored = await openSlide(path, { mpp: 0.5 });
    await using slide = await openSlide(path, { mpp: 0.5, icc: 'srgb' });
    const region = { x: 0, y: 0, level: 0, width: 200, height: 150 };
    const whole = await slide.readRegion(region);
    expect(Buffer.compare(whole.data, await convert(await stored.readRegion(region)))).toBe(0);
    expect(Buffer.compare(whole.data, (await stored.readRegion(region)).data)).not.toBe(0);
    // Converted, then averaged: a linear mean of what is shown.
    const half = await slide.readRegionAtMpp({ x: 10, y: 20, width: 30, height: 20, mpp: 1 });
    const mean = (col: number, row: number, c: number) => {
      const at = (x: number, y: number) => whole.data[((20 + row * 2 + y) * 200 + 10 + col * 2 + x) * 3 + c] ?? 0;
      return (at(0, 0) + at(1, 0) + at(0, 1) + at(1, 1)) / 4;
    };
    half.data.forEach((value, i) => {
      const pixel = Math.floor(i / 3);
      expect(Math.abs(value - mean(pixel % 30, Math.floor(pixel / 30), i % 3))).toBeLessThanOrEqual(0.5);
    });
    const thumbnail = await slide.readThumbnail(200);
    expect(Buffer.compare(thumbnail.data, whole.data)).toBe(0);
    // White of this profile is not white in sRGB; what lies outside is.
    const outside = await slide.readRegion({ x: 195, y: 0, level: 0, width: 10, height: 1 });
    expect([...outside.data.subarray(15)]).toEqual(Array.from({ length: 15 }, () => 255));
  });

  it('says what was done, and keeps the profile and the stored tiles', async () => {
    await using stored = await openSlide(path);
    await using slide = await openSlide(path, { icc: 'srgb' });
    expect(stored.icc).toBeUndefined();
    expect(slide.icc).toEqual({ target: 'srgb', profile: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(slide.iccProfile).toEqual(profile);
    expect((await slide.readTile(0, 1, 1))?.data).toEqual((await stored.readTile(0, 1, 1))?.data);
  });

  it('reads a channel as stored', async () => {
    await using stored = await open([slidePage], {});
    await using slide = await open([slidePage]);
    const region = { x: 0, y: 0, level: 0, width: 40, height: 30, channel: 1 };
    expect((await slide.readRegion(region)).data).toEqual((await stored.readRegion(region)).data);
    await using green = await open([slidePage], { icc: 'srgb', channel: 1 });
    await using plain = await open([slidePage], { channel: 1 });
    expect(green.icc).toEqual({ target: 'srgb', profile: undefined });
    const shown = { x: 0, y: 0, level: 0, width: 40, height: 30 };
    expect((await green.readRegion(shown)).data).toEqual((await plain.readRegion(shown)).data);
  });

  it('without a profile is as stored, and says so', async () => {
    const bare = { ...slidePage, tags: [] };
    await using stored = await open([bare], {});
    await using slide = await open([bare]);
    expect(slide.icc).toEqual({ target: 'srgb', profile: undefined });
    const region = { x: 0, y: 0, level: 0, width: 40, height: 30 };
    expect((await slide.readRegion(region)).data).toEqual((await stored.readRegion(region)).data);
  });

  it('with a damaged profile is not opened, and says what to do; without the option it is', async () => {
    const damaged = { ...slidePage, tags: [embed(profile.slice(0, 300))] };
    await expect(open([damaged])).rejects.toMatchObject({
      tag: 'icc',
      source: 'a.svs',
      message: expect.stringMatching(/^a.svs: the colour profile can't be applied: it is damaged: it says it has \d+/),
      hint: 'leave out --icc (library: icc) for this slide: its pixels are then as stored',
    });
    await using slide = await open([damaged], {});
    expect(slide.iccProfile?.length).toBe(300);
  });

  it('has its associated images by their own profiles, and as stored where they have none', async () => {
    const page = (description: string, tags: readonly TinyTag[], seed: number): TinyImage => ({
      ...createNoiseImage({ width: 24, height: 18, rowsPerStrip: 6, seed }),
      description,
      tags,
    });
    const pages = [
      { ...slidePage, description: 'Aperio x\n40x30|MPP = 0.5' },
      page('Aperio x\nthumb', [embed(profile)], 2),
      page('Aperio x\nlabel 24x18', [], 3),
      page('Aperio x\nmacro 24x18', [embed(camera)], 4),
    ];
    await using stored = await open(pages, {});
    await using slide = await open(pages);
    const read = (name: string) => Promise.all([slide.readAssociatedImage(name), stored.readAssociatedImage(name)]);
    const [thumbnail, storedThumbnail] = await read('thumbnail');
    expect(thumbnail.data).toEqual(await convert(storedThumbnail));
    const [label, storedLabel] = await read('label');
    expect(label.data).toEqual(storedLabel.data);
    const [macro, storedMacro] = await read('macro');
    expect(macro.data).toEqual(await convert(storedMacro, camera));
    expect(macro.data).not.toEqual(storedMacro.data);
  });

  it('that keeps its pixels converts them once, whatever fits into the cache', async () => {
    const png = createBufferSource(await createPng(), 'a.png');
    await using slide = await openSlide(png, { icc: 'srgb', cacheBytes: 0 });
    expect(slide.icc?.profile).toBeDefined();
    const region = { x: 0, y: 0, level: 0, width: 20, height: 10 };
    const first = await slide.readRegion(region);
    expect((await slide.readRegion(region)).data).toEqual(first.data);
  });
});

/** sharp writes the profile of its name, converting nothing that is sRGB already: Display P3 here. */
async function createPng(): Promise<Uint8Array> {
  const { sharp } = await import('../../src/io/codec/sharp.ts');
  const { pixels } = createNoiseImage({ width: 20, height: 10 });
  const image = sharp(pixels, { raw: { width: 20, height: 10, channels: 3 } });
  return image.withIccProfile('p3').png().toBuffer();
}

describeWithShared('a DICOM slide with a profile', () => {
  it('of sRGB keeps its pixels within a level', async () => {
    const file = sharedPath('data/wsi/dicom-highdicom/sm_image.dcm');
    await using stored = await openSlide(file);
    await using slide = await openSlide(file, { icc: 'srgb' });
    expect(slide.icc?.profile).toBeDefined();
    const region = { x: 0, y: 0, level: 0, width: slide.width, height: slide.height };
    const [shown, plain] = await Promise.all([slide.readRegion(region), stored.readRegion(region)]);
    expect(Math.max(...shown.data.map((value, i) => Math.abs(value - (plain.data[i] ?? 0))))).toBeLessThanOrEqual(1);
  });
});
