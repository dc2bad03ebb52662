import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { crc32, createCrcTables } from '../../src/io/kernels/png-encode/crc32.ts';
import { createBufferSource } from '../../src/io/source/buffer-source.ts';
import { openSlide } from '../../src/slide/open-slide.ts';
import type { SlideOptions } from '../../src/slide/settings.ts';
import { describeWithShared, sharedPath } from '../support/shared-data.ts';
import { describeSlide } from '../support/slide-conformance.ts';
import { createNoise } from '../support/tiny-tiff.ts';

const width = 61;
const height = 43;
const pixels = createNoise(width * height * 3);
const picture = () => sharp(pixels, { raw: { width, height, channels: 3 } });
const files = new Map<string, Buffer>();

beforeAll(async () => {
  files.set('png', await picture().png().toBuffer());
  files.set('jpg', await picture().jpeg().toBuffer());
  files.set('webp', await picture().webp({ lossless: true }).toBuffer());
  files.set('grey.png', await picture().toColourspace('b-w').png().toBuffer());
  files.set('dense.png', await picture().withMetadata({ density: 50_800 }).png().toBuffer());
});

/** A PNG of one row of 16-bit samples, written by hand: what is in it is certain. */
function writeWidePng(values: readonly number[], samples: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(values.length / samples, 0);
  header.writeUInt32BE(1, 4);
  header[8] = 16;
  header[9] = [0, 0, 4, 2, 6][samples]!;
  const row = Buffer.alloc(1 + values.length * 2);
  for (const [i, value] of values.entries()) row.writeUInt16BE(value, 1 + i * 2);
  const chunk = (type: string, body: Uint8Array) => {
    const typed = Buffer.concat([Buffer.from(type, 'latin1'), body]);
    const frame = Buffer.alloc(8);
    frame.writeUInt32BE(body.length, 0);
    frame.writeUInt32BE(crc32(createCrcTables(), typed), 4);
    return Buffer.concat([frame.subarray(0, 4), typed, frame.subarray(4)]);
  };
  const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(row)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

const open = (bytes: Uint8Array, options?: SlideOptions) => openSlide(createBufferSource(bytes, 'memory.png'), options);
const base = { format: 'image', levels: 1, associated: [], hasMpp: false };
for (const name of ['png', 'jpg', 'webp', 'grey.png'])
  describeSlide(`plain ${name}`, { ...base, open: () => open(files.get(name)!) });
describeSlide('plain PNG with a pixel size', { ...base, open: () => open(files.get('dense.png')!), hasMpp: true });

describe('a plain image', () => {
  const whole = { x: 0, y: 0, level: 0, width, height };

  it.each(['png', 'webp'])('has the pixels that were stored: %s', async (name) => {
    await using slide = await open(files.get(name)!);
    expect((await slide.readRegion(whole)).data).toEqual(pixels);
    expect(Buffer.compare((await slide.readTile(0, 0, 0))!.data, files.get(name)!)).toBe(0);
  });

  it('is decoded once, and refused when it is larger than a tile may be', async () => {
    const least = Math.max(width * height * 3, files.get('png')!.length);
    await using slide = await open(files.get('png')!, { cacheBytes: 0, maxTileBytes: least });
    const level = (slide as unknown as { levels: { decodeTile(col: number, row: number): Promise<unknown> }[] })
      .levels[0]!;
    expect(await level.decodeTile(0, 0)).toBe(await level.decodeTile(0, 0));
    const opening = open(files.get('png')!, { maxTileBytes: least - 1 });
    await expect(opening).rejects.toMatchObject({
      tag: 'unsupported-format',
      hint: expect.stringContaining('tiled TIFF'),
    });
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('is turned as EXIF orientation %i says', async (orientation) => {
    for (const format of ['jpeg', 'png', 'webp'] as const) {
      const stored = await picture().withMetadata({ orientation }).toFormat(format, { lossless: true }).toBuffer();
      const { data, info } = await sharp(stored).autoOrient().removeAlpha().raw().toBuffer({ resolveWithObject: true });
      await using slide = await open(stored);
      expect([slide.width, slide.height]).toEqual([info.width, info.height]);
      const turned = await slide.readRegion({ x: 0, y: 0, level: 0, width: info.width, height: info.height });
      expect(turned.data).toEqual(new Uint8Array(data));
    }
  });

  it('with alpha lies on white', async () => {
    const raw = Uint8Array.of(10, 20, 30, 0, 10, 20, 30, 255, 0, 100, 255, 128);
    const png = await sharp(raw, { raw: { width: 3, height: 1, channels: 4 } })
      .png()
      .toBuffer();
    await using slide = await open(png);
    const { data } = await slide.readRegion({ x: 0, y: 0, level: 0, width: 3, height: 1 });
    // 100 * 128 / 255 + 127 = 177.2
    expect([...data]).toEqual([255, 255, 255, 10, 20, 30, 127, 177, 255]);
  });

  it.each([1, 2, 3, 4])('of 16 bits goes to the nearest of 256 levels, %i samples', async (samples) => {
    const values = [0, 128, 129, 255, 256, 0x1234, 0x80ff, 0xfffe, 0xffff, 7, 8, 9];
    const png = writeWidePng(values, samples);
    await using slide = await open(png);
    const rgb = samples < 3 ? { name: 'grey' } : { name: 'RGB', samples: 3 };
    expect(slide.channels).toEqual([{ ...rgb, bitDepth: 16, type: 'uint16' }]);
    for (const channel of samples < 3 ? [0] : [0, 1, 2]) {
      const found = await slide.readRegion({ x: 0, y: 0, level: 0, width: slide.width, height: 1, channel });
      expect([...found.data]).toEqual(values.filter((_, i) => i % samples === channel));
    }
    const { data } = await slide.readRegion({ x: 0, y: 0, level: 0, width: slide.width, height: 1 });
    const nearest = values.map((value) => Math.round((value * 255) / 65_535));
    const shown = Array.from({ length: slide.width }, (_, x) => {
      const pixel = nearest.slice(x * samples, (x + 1) * samples);
      const alpha = samples % 2 === 0 ? pixel.pop()! : 255;
      const flat = pixel.map((value) => Math.round((value * alpha + 255 * (255 - alpha)) / 255));
      return flat.length === 1 ? [flat[0], flat[0], flat[0]] : flat;
    });
    expect([...data]).toEqual(shown.flat());
  });

  it('hands its colour profile out, and does not apply it', async () => {
    const png = await picture().withIccProfile('p3').png().toBuffer();
    const stored = await sharp(png, { ignoreIcc: true }).raw().toBuffer();
    for (const bytes of [png, await sharp(png).keepIccProfile().jpeg({ quality: 100 }).toBuffer()]) {
      await using slide = await open(bytes);
      expect(slide.iccProfile?.length).toBeGreaterThan(100);
      if (bytes === png) expect((await slide.readRegion(whole)).data).toEqual(new Uint8Array(stored));
    }
  });

  it('has the pixel size that its file states in units of length', async () => {
    await using png = await open(files.get('dense.png')!);
    expect(png.mpp?.x).toBeCloseTo(0.5, 3);
    expect(png.mpp?.source).toBe('resolution-tag');
    const plain = files.get('jpg')!;
    for (const [unit, density] of [
      [1, 50_800],
      [2, 20_000],
      [1, 72],
      [0, 50_800],
    ] as const) {
      const jfif = Buffer.from([0xff, 0xe0, 0, 16, 0x4a, 0x46, 0x49, 0x46, 0, 1, 2, unit, 0, 0, 0, 0, 0, 0]);
      jfif.writeUInt16BE(density, 12);
      jfif.writeUInt16BE(density, 14);
      await using jpeg = await open(Buffer.concat([plain.subarray(0, 2), jfif, plain.subarray(2)]));
      expect(jpeg.mpp).toEqual(unit > 0 && density > 72 ? { x: 0.5, y: 0.5, source: 'resolution-tag' } : undefined);
    }
    // sharp writes EXIF and no JFIF.
    await using exif = await open(await picture().withMetadata({ density: 50_800 }).jpeg().toBuffer());
    expect(exif.mpp?.x).toBeCloseTo(0.5, 3);
    await using given = await open(files.get('png')!, { mpp: 0.25 });
    expect(given.mpp).toEqual({ x: 0.25, y: 0.25, source: 'override' });
  });

  it('that is cut off is a bad tile, never white in silence', async () => {
    for (const name of ['png', 'jpg', 'webp']) {
      const bytes = files.get(name)!;
      await using slide = await open(bytes.subarray(0, Math.floor(bytes.length * 0.9)));
      await expect(slide.readRegion(whole)).rejects.toMatchObject({ tag: 'tile', level: 0, col: 0, row: 0 });
    }
  });

  it('with four components is refused when it is opened', async () => {
    const cmyk = await picture().toColourspace('cmyk').jpeg().toBuffer();
    await expect(open(cmyk)).rejects.toThrow(/four components \(CMYK\)/);
  });

  it.each(['png', 'jpg', 'webp'])('survives any damage to its headers: %s', async (name) => {
    const bytes = files.get(name)!;
    const random = createNoise(2000, 7);
    for (let i = 0; i < 150; i++) {
      const damaged = Buffer.from(bytes);
      for (let k = 0; k < 3; k++) damaged[12 + (random[i * 6 + k * 2]! % 60)] = random[i * 6 + k * 2 + 1]!;
      const reading = open(damaged, { backend: 'native' }).then(async (slide) => {
        await using opened = slide;
        const { width, height } = opened;
        await opened.readRegion({ x: 0, y: 0, level: 0, width: Math.min(width, 100), height: Math.min(height, 100) });
      });
      await reading.catch((error: unknown) => expect(error).toHaveProperty('tag'));
    }
  });
});

describeWithShared('real images', () => {
  const card = sharedPath('data', 'wsi', 'XYC.png');
  describeSlide('XYC.png', { ...base, open: () => openSlide(card), hasMpp: true });
  const alpha = sharedPath('data', 'patches', 'torchstain', 'source.png');
  describeSlide('torchstain source.png', { ...base, open: () => openSlide(alpha) });
});
