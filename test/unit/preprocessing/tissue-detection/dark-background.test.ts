import { describe, expect, it } from 'vitest';
import { createBufferSource } from '../../../../src/io/source/buffer-source.ts';
import { computeTissueMask } from '../../../../src/preprocessing/tissue-detection/compute-tissue-mask.ts';
import { detectTissue, listTissueNotices } from '../../../../src/preprocessing/tissue-detection.ts';
import { openSlide } from '../../../../src/slide/open-slide.ts';
import type { SlideOptions } from '../../../../src/slide/settings.ts';
import { writeOme } from '../../../support/tiny-ome.ts';
import { buildTiff, createNoise, type TinyImage } from '../../../support/tiny-tiff.ts';

const side = 64;
/** A disc of radius 20 around the middle. */
const isTissue = (i: number) => Math.hypot((i % side) - 31.5, Math.floor(i / side) - 31.5) < 20;
const noise = createNoise(side * side, 5);

/** 16-bit samples of a disc that shines at some 3,000 in a dark of some 200. */
function createPage(bright: number, dark: number) {
  const values = Uint16Array.from(noise, (value, i) => (isTissue(i) ? bright : dark) + value);
  const chunks = [new Uint8Array(values.buffer)];
  return { width: side, height: side, samples: 1, bits: 16, photometric: 1, chunks };
}

function openFluorescence(options?: SlideOptions) {
  const pixels = { SizeX: side, SizeY: side, SizeC: 2, Type: 'uint16', PhysicalSizeX: 8, PhysicalSizeY: 8 };
  const channels = [{ Name: 'DAPI', Color: 65535 }, { Name: 'empty' }];
  const description = writeOme([{ pixels, channels }]);
  const { bytes } = buildTiff([{ ...createPage(3000, 100), description }, createPage(90, 90)]);
  return openSlide(createBufferSource(bytes, 'dark.ome.tif'), options);
}

/** Share of pixels on which the mask and the disc agree. */
function compare(mask: ArrayLike<number>): number {
  const same = Array.from({ length: side * side }, (_, i) => (mask[i] === 1) === isTissue(i)).filter(Boolean);
  return same.length / (side * side);
}

const small = { minAreaUm2: 0, minHoleUm2: 0 };

describe('tissue in a grey picture', () => {
  const dark = Uint8Array.from(noise, (value, i) => (isTissue(i) ? 90 : 220) + (value >> 4));
  const grey = { width: side, height: side, samples: 1, bits: 8, photometric: 1, chunks: [dark] };
  const colours = Uint8Array.from({ length: 3 * dark.length }, (_, i) => dark[Math.floor(i / 3)]!);
  const rgb = { ...grey, samples: 3, photometric: 2, chunks: [colours] };
  const openGrey = (image: TinyImage, options: SlideOptions = {}) =>
    openSlide(createBufferSource(buildTiff([image]).bytes, 'grey.tif'), { mpp: 8, ...options });

  it.each([
    ['a grey slide', grey, {}],
    ['its only channel, chosen', grey, { channel: 0 }],
    ['one channel of RGB pixels', rgb, { channel: 'red' }],
  ] as const)('has no colour to be found by, and the run says so: %s', async (_what, image, options) => {
    await using slide = await openGrey(image, options);
    expect((await detectTissue(slide, small)).status).toBe('no-tissue');
    const notice = expect.stringMatching(/shown in grey: give --method otsu/);
    for (const given of [
      {},
      { method: 'combine' },
      { method: 'clam' },
      { method: 'trident' },
      { hsv: { saturation: [9, 255] } },
    ] as const)
      expect(listTissueNotices(slide, given)).toEqual([notice]);
    const { mask } = await detectTissue(slide, { ...small, method: 'otsu' });
    expect(compare(mask.data)).toBeGreaterThan(0.99);
  });

  it('needs no such word where it goes by brightness, or has colours', async () => {
    await using slide = await openGrey(grey);
    const brightness = { hsv: { saturation: [0, 255] } } as const;
    for (const given of [{ method: 'otsu' }, brightness, { background: 'dark' }] as const)
      expect(listTissueNotices(slide, given)).toEqual([]);
    await using coloured = await openGrey(rgb);
    expect(listTissueNotices(coloured)).toEqual([]);
    await using composite = await openFluorescence();
    expect(listTissueNotices(composite, { method: 'hsv' })).toEqual([]);
  });
});

describe('tissue on a dark background', () => {
  it.each([
    ['one channel in its window', { channel: 'DAPI', window: [0, 4000] }],
    ['all channels together, DAPI in blue', { window: { DAPI: [0, 4000] } }],
  ] as const)('is what shines: %s', async (_what, options) => {
    await using slide = await openFluorescence(options);
    const { mask, method } = await detectTissue(slide, small);
    expect(method).toBe('otsu');
    // The opening rounds the disc by a pixel or so.
    expect(compare(mask.data)).toBeGreaterThan(0.99);
  });

  it('is none where nothing shines', async () => {
    await using slide = await openFluorescence({ channel: 'empty', window: [0, 4000] });
    expect((await detectTissue(slide, small)).status).toBe('no-tissue');
  });

  it('is the opposite where the user says that it is bright', async () => {
    await using slide = await openFluorescence({ channel: 'DAPI', window: [0, 4000] });
    const { mask } = await detectTissue(slide, { ...small, background: 'bright', method: 'otsu' });
    expect(compare(mask.data)).toBeLessThan(0.05);
  });

  it('may be white: what is saturated is tissue, not padding', async () => {
    const data = Uint8Array.from({ length: side * side * 3 }, (_, i) => (isTissue(Math.floor(i / 3)) ? 255 : 3));
    const raster = { width: side, height: side, channels: 3, data } as const;
    const { mask } = await computeTissueMask(raster, { background: 'dark', ...small });
    expect(compare(mask.data)).toBeGreaterThan(0.99);
  });

  it('can be asked for by brightness alone', async () => {
    await using slide = await openFluorescence({ channel: 'DAPI', window: [0, 4000] });
    const hsv = { saturation: [0, 255], value: [100, 255] } as const;
    const { mask } = await detectTissue(slide, { ...small, method: 'hsv', hsv });
    expect(compare(mask.data)).toBeGreaterThan(0.99);
  });

  it.each([
    { method: 'clam' },
    { method: 'trident' },
    { method: 'combine', combine: { methods: ['otsu', 'clam'] } },
  ] as const)('is not for $method', async (options) => {
    await using slide = await openFluorescence({ channel: 'DAPI' });
    await expect(detectTissue(slide, options)).rejects.toMatchObject({ tag: 'option', option: 'method' });
  });
});
