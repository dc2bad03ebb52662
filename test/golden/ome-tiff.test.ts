import { readFile } from 'node:fs/promises';
import { fromArrayBuffer } from 'geotiff';
import { expect, it } from 'vitest';
import { decodeImage } from '../../src/io/encode-image.ts';
import type { Raster } from '../../src/io/raster.ts';
import { createBufferSource } from '../../src/io/source/buffer-source.ts';
import { openSlide } from '../../src/slide/open-slide.ts';
import { describeWithShared, sharedPath } from '../support/shared-data.ts';
import { writeOme } from '../support/tiny-ome.ts';
import { buildTiff, type TinyImage } from '../support/tiny-tiff.ts';

const wsi = (...parts: string[]) => sharedPath('data', 'wsi', ...parts);

/** Samples of one page as geotiff decodes them. */
async function readPage(path: string, page: number): Promise<ArrayLike<number>> {
  const bytes = await readFile(path);
  const tiff = await fromArrayBuffer(
    bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer,
  );
  const image = await tiff.getImage(page);
  return (await image.readRasters({ interleave: true })) as unknown as ArrayLike<number>;
}

async function readLevel(path: string, level: number): Promise<Raster> {
  await using slide = await openSlide(path);
  const { width, height } = slide.levels[level]!;
  return await slide.readRegion({ x: 0, y: 0, level, width, height });
}

describeWithShared('OME-TIFF against the card that it was made of', () => {
  it.each(['zlib', 'LZW', 'JPEG-2000'])('XYC_%s.ome.tiff is that card', async (codec) => {
    const card = await decodeImage(wsi('XYC.png'));
    const whole = await readLevel(wsi('ome-bfconvert', `XYC_${codec}.ome.tiff`), 0);
    expect(Buffer.compare(whole.data, card.data)).toBe(0);
  });

  it('tiles of every level lie where they belong', async () => {
    // The published files have one level: the others are made here, of every second and fourth pixel of the card.
    const card = await decodeImage(wsi('XYC.png'));
    const images = [1, 2, 4].map((step) => tile(card, step));
    const pixels = { SizeX: 512, SizeY: 512, SizeC: 3 };
    const description = writeOme([{ pixels, channels: [{ SamplesPerPixel: 3 }] }]);
    const { bytes } = buildTiff([{ ...images[0]!, description, subImages: images.slice(1) }]);
    await using slide = await openSlide(createBufferSource(bytes, 'card.ome.tif'));
    expect(slide.levels.map(({ width }) => width)).toEqual([512, 256, 128]);
    for (const [level, { width, height, downsample }] of slide.levels.entries()) {
      const { data } = await slide.readRegion({ x: 0, y: 0, level, width, height });
      let wrong = 0;
      for (let i = 0; i < width * height; i++) {
        const from = (Math.floor(i / width) * downsample.y * 512 + (i % width) * downsample.x) * 3;
        for (let c = 0; c < 3; c++) if (data[i * 3 + c] !== card.data[from + c]) wrong++;
      }
      expect(wrong).toBe(0);
    }
  });
});

/** Every `step`th pixel of a square picture, in tiles of 64. */
function tile({ width, data }: Raster, step: number): TinyImage {
  const side = width / step;
  const chunks: Uint8Array[] = [];
  for (let top = 0; top < side; top += 64) {
    for (let left = 0; left < side; left += 64) {
      const chunk = new Uint8Array(64 * 64 * 3);
      for (let i = 0; i < 64 * 64; i++) {
        const from = ((top + Math.floor(i / 64)) * step * width + (left + (i % 64)) * step) * 3;
        chunk.set(data.subarray(from, from + 3), i * 3);
      }
      chunks.push(chunk);
    }
  }
  return { width: side, height: side, tileWidth: 64, tileHeight: 64, chunks };
}

describeWithShared('OME-TIFF against geotiff', () => {
  it('multi-channel.ome.tif: three signed channels in red, green, blue', async () => {
    const path = wsi('multi-channel.ome.tif');
    const { data } = await readLevel(path, 0);
    for (const channel of [0, 1, 2]) {
      const page = await readPage(path, channel);
      const expected = Uint8Array.from({ length: page.length }, (_, i) => (page[i] ?? 0) + 128);
      expect(
        Buffer.compare(
          expected,
          data.filter((_, i) => i % 3 === channel),
        ),
      ).toBe(0);
    }
  });

  it('a multiplex crop: seven channels in the palette, added up', async () => {
    const path = sharedPath('data', 'multiplex', 'CSM_ABCM22001_B09_MiniCrop.ome.tif');
    const palette = [
      [255, 0, 0],
      [0, 255, 0],
      [0, 0, 255],
      [255, 0, 255],
      [0, 255, 255],
      [255, 255, 0],
      [255, 255, 255],
    ];
    const sums = new Float64Array(500 * 500 * 3);
    for (const [channel, color] of palette.entries()) {
      const page = await readPage(path, channel);
      for (let i = 0; i < page.length; i++)
        for (let c = 0; c < 3; c++) sums[i * 3 + c]! += Math.round((page[i]! * color[c]!) / 255);
    }
    const { data } = await readLevel(path, 0);
    expect(
      Buffer.compare(
        data,
        Uint8Array.from(sums, (sum) => Math.min(sum, 255)),
      ),
    ).toBe(0);
    await using slide = await openSlide(path);
    const names = ['DAPI', 'PDL1', 'GZMB', 'PD1', 'CK-EPCAM', 'CD8a', 'FOXP3'];
    expect(slide.channels.map(({ name }) => name)).toEqual(names);
  });

  it.each([1, 2, 3, 4, 5])('multifile-Z%i.ome.tiff, by itself as its companion was not published', async (z) => {
    const path = wsi('ome-multifile', `multifile-Z${z}.ome.tiff`);
    const page = await readPage(path, 0);
    const { data } = await readLevel(path, 0);
    expect(data.filter((_, i) => i % 3 === 0)).toEqual(Uint8Array.from(page));
    await using slide = await openSlide(path);
    expect(slide.properties.get('ome.missing-companion')).toBe('multifile.companion.ome');
    expect(slide.mpp).toEqual({ x: 1, y: 1, source: 'resolution-tag' });
  });
});
