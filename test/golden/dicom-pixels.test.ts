import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { getThreadJpegDecoder } from '../../src/io/codec/decode-with-kernels.ts';
import { createBufferSource } from '../../src/io/source/buffer-source.ts';
import { createJpegTileDecoder } from '../../src/slide/band/jpeg-tile-decoder.ts';
import { openStoredTiles } from '../../src/slide/band/stored-tile-reader.ts';
import { openSlide } from '../../src/slide/open-slide.ts';
import type { Slide } from '../../src/slide/slide.ts';
import { describeWithShared, ROOT, sharedPath } from '../support/shared-data.ts';
import { buildDicom, type TinyDicom } from '../support/tiny-dicom.ts';
import { describeWithPillow } from './encode-support.ts';

const wsi = (...parts: string[]) => sharedPath('data', 'wsi', ...parts);
const jpeg = '1.2.826.0.1.3680043.8.498.35220404935377466417110411569853018212.dcm';
const overview = '1.2.826.0.1.3680043.8.498.10154227274265604484410971145942756650.dcm';
const relabelled = '1.2.826.0.1.3680043.8.498.72017920191962519362928090062102694709.dcm';

async function readAll(slide: Slide): Promise<Uint8Array> {
  return (await slide.readRegion({ x: 0, y: 0, level: 0, width: slide.width, height: slide.height })).data;
}

describeWithShared('DICOM made of CMU-1-Small-Region.svs', () => {
  // The files hold the JPEG streams of the SVS as they are, which are RGB, and call them YBR_FULL.
  it.each([
    ['dicom-CMU-1-Small-Region-jpeg', jpeg],
    ['dicom-CMU-1-Small-Region-j2k', relabelled],
  ])('has its pixels: %s', async (folder, file) => {
    await using svs = await openSlide(wsi('CMU-1-Small-Region.svs'));
    await using slide = await openSlide(wsi(folder, file));
    expect([slide.width, slide.height]).toEqual([svs.width, svs.height]);
    expect(Buffer.compare(await readAll(slide), await readAll(svs))).toBe(0);
    expect(slide.mpp?.x).toBe(svs.mpp?.x);
  });

  it('has its overview', async () => {
    await using svs = await openSlide(wsi('CMU-1-Small-Region.svs'));
    await using slide = await openSlide(wsi('dicom-CMU-1-Small-Region-j2k', overview));
    const [own, theirs] = await Promise.all([slide, svs].map((one) => one.readAssociatedImage('macro')));
    expect([own?.width, own?.height]).toEqual([theirs?.width, theirs?.height]);
    expect(Buffer.compare(own?.data ?? new Uint8Array(), theirs?.data ?? new Uint8Array(1))).toBe(0);
  });
});

describeWithShared('DICOM tiles as workers read them', () => {
  it('are those of the slide, from the file that holds the level', async () => {
    // Opened by another file of its series.
    await using slide = await openSlide(wsi('dicom-CMU-1-Small-Region-j2k', overview));
    const layout = await slide.getTileLayout?.(0);
    if (!layout) throw new Error('no layout');
    expect(layout.path).toMatch(new RegExp(`${relabelled}$`));
    const decoder = createJpegTileDecoder(getThreadJpegDecoder);
    using tiles = openStoredTiles(layout, { decoder, bytes: () => new Uint8Array(0) });
    for (const [col, row] of [
      [0, 0],
      [3, 2],
      [9, 12],
    ] as const) {
      const tile = await tiles.decodeTile(col, row);
      const width = Math.min(240, slide.width - col * 240);
      const height = Math.min(240, slide.height - row * 240);
      const region = await slide.readRegion({ x: col * 240, y: row * 240, level: 0, width, height });
      for (let y = 0; y < height; y++) {
        const line = region.data.subarray(y * width * 3, (y + 1) * width * 3);
        expect(Buffer.compare(tile?.data.subarray(y * 720, y * 720 + width * 3) ?? new Uint8Array(), line)).toBe(0);
      }
    }
  });
});

/** The pixels of the 240 x 240 picture that each frame of wsidicom-data holds in another encoding. */
const frames = (name: string) => new Uint8Array(readFileSync(wsi('codec-frames', name)));
const one = { width: 240, height: 240, tileWidth: 240, tileHeight: 240 };
const colour: Partial<TinyDicom> = { samples: 3, photometric: 'RGB' };
const grey: Partial<TinyDicom> = { samples: 1, photometric: 'MONOCHROME2' };
const deep: Partial<TinyDicom> = { ...grey, bits: 16, pixelVr: 'OW' };

describeWithShared('DICOM frames in each transfer syntax', () => {
  async function readFrame(name: string, change: Partial<TinyDicom>): Promise<Uint8Array> {
    const bytes = buildDicom({ ...one, frames: [frames(name)], ...change });
    await using slide = await openSlide(createBufferSource(bytes, name));
    return await readAll(slide);
  }
  const references = {
    rgb: () => readFrame('Explicit_VR_Little_Endian-RGB-8.raw', colour),
    grey: () => readFrame('Explicit_VR_Little_Endian-GRAYSCALE-8.raw', grey),
    deep: () => readFrame('Explicit_VR_Little_Endian-GRAYSCALE-16.raw', deep),
  };
  it.each<[string, string, Partial<TinyDicom>, keyof typeof references]>([
    ['Implicit_VR_Little_Endian-RGB-8.raw', '', colour, 'rgb'],
    ['Implicit_VR_Little_Endian-GRAYSCALE-16.raw', '', deep, 'deep'],
    ['Explicit_VR_Big_Endian-RGB-8.raw', '.2', colour, 'rgb'],
    ['Explicit_VR_Big_Endian-GRAYSCALE-8.raw', '.2', grey, 'grey'],
    ['Explicit_VR_Big_Endian-GRAYSCALE-16.raw', '.2', deep, 'deep'],
    ['RLE_Lossless-RGB-8.rle', '.5', { ...colour, planar: 1 }, 'rgb'],
    ['RLE_Lossless-GRAYSCALE-8.rle', '.5', grey, 'grey'],
    ['RLE_Lossless-GRAYSCALE-16.rle', '.5', deep, 'deep'],
    ['JPEG-LS_Lossless_Image_Compression-RGB-8.jls', '.4.80', colour, 'rgb'],
    ['JPEG-LS_Lossless_Image_Compression-GRAYSCALE-8.jls', '.4.80', grey, 'grey'],
    ['JPEG-LS_Lossless_Image_Compression-GRAYSCALE-16.jls', '.4.80', deep, 'deep'],
    ['JPEG_2000_Image_Compression_(Lossless_Only)-RGB-8.jp2', '.4.90', colour, 'rgb'],
    ['JPEG_2000_Image_Compression_(Lossless_Only)-YBR-8.jp2', '.4.90', { ...colour, photometric: 'YBR_RCT' }, 'rgb'],
    ['JPEG_2000_Image_Compression_(Lossless_Only)-GRAYSCALE-8.jp2', '.4.90', grey, 'grey'],
    ['JPEG_2000_Image_Compression_(Lossless_Only)-GRAYSCALE-16.jp2', '.4.90', deep, 'deep'],
  ])('%s is the picture', async (name, syntax, change, reference) => {
    expect(Buffer.compare(await readFrame(name, { ...change, syntax }), await references[reference]())).toBe(0);
  });

  // Mean difference in levels: a lossy codec at the quality that wsidicom chose; wrong colours are off by 40 and more.
  it.each<[string, string, Partial<TinyDicom>, keyof typeof references]>([
    ['JPEG_Baseline_(Process_1)-RGB-8.jpg', '.4.50', colour, 'rgb'],
    ['JPEG_Baseline_(Process_1)-YBR-8.jpg', '.4.50', { ...colour, photometric: 'YBR_FULL_422' }, 'rgb'],
    ['JPEG_Baseline_(Process_1)-GRAYSCALE-8.jpg', '.4.50', grey, 'grey'],
    ['JPEG-LS_Lossy_(Near-Lossless)_Image_Compression-RGB-8.jls', '.4.81', colour, 'rgb'],
    ['JPEG_2000_Image_Compression-RGB-8.jp2', '.4.91', colour, 'rgb'],
    ['JPEG_2000_Image_Compression-YBR-8.jp2', '.4.91', { ...colour, photometric: 'YBR_ICT' }, 'rgb'],
    ['JPEG_2000_Image_Compression-GRAYSCALE-16.jp2', '.4.91', deep, 'deep'],
  ])('%s is near the picture', async (name, syntax, change, reference) => {
    const pixels = await readFrame(name, { ...change, syntax });
    const theirs = await references[reference]();
    const sum = pixels.reduce((total, value, i) => total + Math.abs(value - (theirs[i] ?? 0)), 0);
    expect(sum / pixels.length).toBeLessThan(6);
  });
});

describeWithPillow('DICOM pixels are those of Pillow', () => {
  // Tolerance 0: JPEG through libjpeg-turbo's arithmetic, JPEG 2000 without loss.
  describeWithShared('of real slides', () => {
    it.each([
      ['dicom-CMU-1-Small-Region-jpeg', jpeg],
      ['.', 'camelyon_j2k-lossless.dcm'],
    ])('%s/%s', async (folder, file) => {
      const path = wsi(folder, file);
      await using slide = await openSlide(path);
      const { width, height, levels } = slide;
      const sizes = [width, height, levels[0]?.tileWidth, levels[0]?.tileHeight].map(String);
      const script = join(ROOT, 'test/golden/dicom_oracle.py');
      const { stdout, stderr } = spawnSync('/usr/bin/python3', [script, path, ...sizes], { maxBuffer: 2 ** 26 });
      expect(stderr.toString()).toBe('');
      expect(Buffer.compare(await readAll(slide), stdout)).toBe(0);
    });
  });
});

describeWithShared('the 16-bit slide of highdicom', () => {
  it('is its words, to the nearest of 256 levels', async () => {
    const path = wsi('dicom-highdicom', 'sm_image_grayscale.dcm');
    await using slide = await openSlide(path);
    expect(slide.channels).toEqual([{ name: 'DAPI', bitDepth: 16, type: 'uint16' }]);
    const bytes = readFileSync(path);
    const start = bytes.length - 5000;
    const pixels = await readAll(slide);
    const words = await slide.readRegion({ x: 0, y: 0, level: 0, width: 50, height: 50, channel: 'DAPI' });
    for (let y = 0; y < 50; y++) {
      for (let x = 0; x < 50; x++) {
        const frame = Math.floor(y / 10) * 5 + Math.floor(x / 10);
        const word = bytes.readUInt16LE(start + (frame * 100 + (y % 10) * 10 + (x % 10)) * 2);
        expect(pixels[(y * 50 + x) * 3]).toBe(Math.round(word / 257));
        expect(words.data[y * 50 + x]).toBe(word);
      }
    }
  });
});
