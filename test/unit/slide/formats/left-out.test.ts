import { describe, expect, it } from 'vitest';
import { createBufferSource } from '../../../../src/io/source/buffer-source.ts';
import { listOpeningNotices } from '../../../../src/slide/describe-opening.ts';
import { openSlide } from '../../../../src/slide/open-slide.ts';
import type { Slide } from '../../../../src/slide/slide.ts';
import { writeOme } from '../../../support/tiny-ome.ts';
import { buildTiff, createNoiseImage, type TinyImage, type TinyTag } from '../../../support/tiny-tiff.ts';
import { buildLeicaSlide } from '../../../support/vendors/leica-slide.ts';
import { buildVentanaSlide } from '../../../support/vendors/ventana-slide.ts';

const tiles = { tileWidth: 16, tileHeight: 16 };
const reduced: TinyTag = { tag: 254, type: 4, values: [1] };
const page = (width: number, height: number, ...tags: TinyTag[]): TinyImage => ({
  ...createNoiseImage({ width, height, ...tiles }),
  tags,
});
const grey = (width: number, height: number, description: string): TinyImage => ({
  ...createNoiseImage({ width, height, samples: 1, ...tiles }),
  description,
});
const open = (...images: TinyImage[]): Promise<Slide> =>
  openSlide(createBufferSource(buildTiff(images).bytes, 'g.tif'));
const getWidths = (slide: Slide) => slide.levels.map(({ width }) => width);
const getNotice = (slide: Slide) => slide.properties.get('slideloom.notice');

describe('what of a generic TIFF is no part of the slide', () => {
  it('is nothing of a plain pyramid', async () => {
    await using slide = await open(page(100, 66), page(50, 33, reduced));
    expect(getNotice(slide)).toBeUndefined();
    expect(listOpeningNotices(slide)).toEqual([]);
  });

  it.each<[string, TinyImage, RegExp]>([
    ['a page that is damaged', { ...page(50, 33, reduced), omit: [256] }, /^page 1 is left out: .*width/],
    ['a page of its own', page(50, 33), /^1 other page of the file: no part of the slide$/],
    ['a copy of another shape', page(50, 50, reduced), /^page 1 of 50 x 50 pixels is left out: .*shape/],
    ['a copy as large as the slide', page(100, 66, reduced), /^page 1 of 100 x 66 pixels is left out: .*no smaller/],
    [
      'a copy in grey',
      { ...createNoiseImage({ width: 50, height: 33, samples: 1, ...tiles }), tags: [reduced] },
      /samples are not those/,
    ],
    ['a copy in a compression that is not read', { ...page(50, 33, reduced), compression: 50_002 }, /JPEG XL/],
  ])('is told: %s', async (_what, other, message) => {
    await using slide = await open(page(100, 66), other);
    expect(getWidths(slide)).toEqual([100]);
    expect(getNotice(slide)).toMatch(message);
    expect(listOpeningNotices(slide)).toEqual([getNotice(slide)]);
  });

  it('is told of SubIFDs that lie outside the file', async () => {
    await using slide = await open(page(100, 66, { tag: 330, type: 4, values: [2 ** 31] }));
    expect(getNotice(slide)).toMatch(/^the first page's SubIFDs are left out: .*past the end/);
  });

  it('says nothing of the mask of a geographic TIFF', async () => {
    const mask = { ...createNoiseImage({ width: 100, height: 66, samples: 1, ...tiles }), photometric: 4 };
    await using slide = await open(page(100, 66), { ...mask, tags: [{ tag: 254, type: 4, values: [4] }] });
    expect(getNotice(slide)).toBeUndefined();
  });

  it('names a few and counts the rest', async () => {
    await using slide = await open(page(100, 66), ...Array.from({ length: 20 }, () => page(50, 50, reduced)));
    expect(getNotice(slide)?.split('; ')).toHaveLength(9);
    expect(getNotice(slide)).toMatch(/; and 12 more$/);
  });
});

const describePage = (type: string, more = '') =>
  `<PerkinElmer-QPI-ImageDescription><ImageType>${type}</ImageType>${more}</PerkinElmer-QPI-ImageDescription>`;
const profile = '<ScanProfile><root><PixelSizeMicrons>0.5</PixelSizeMicrons></root></ScanProfile>';

describe('what of a QPTIFF is no part of the slide', () => {
  const channels = [
    grey(75, 50, describePage('FullResolution', profile)),
    grey(75, 50, describePage('FullResolution', profile)),
  ];

  it('is told: a page that does not say what it is', async () => {
    await using slide = await open(...channels, grey(75, 50, '<PerkinElmer-QPI-ImageDescription><ImageType>Full'));
    expect(slide.channels.length).toBe(2);
    expect(getNotice(slide)).toBe('page 2 is left out: it does not say what it is');
  });

  it('is told: a level that lacks a channel', async () => {
    await using slide = await open(...channels, grey(38, 25, describePage('ReducedResolution', profile)));
    expect(getWidths(slide)).toEqual([75]);
    expect(getNotice(slide)).toBe('the level of 38 x 25 pixels is left out: 1 pages for 2 channels');
  });

  it('has the pixel size of the first page with a full resolution, wherever it stands', async () => {
    const thumbnail = grey(20, 13, describePage('Thumbnail', profile.replace('0.5', '8')));
    await using slide = await open(thumbnail, ...channels);
    expect(slide.mpp).toEqual({ x: 0.5, y: 0.5, source: 'metadata' });
  });
});

describe('the pixel size of a QPTIFF', () => {
  it.each([
    [20_000, { x: 0.5, y: 0.5, source: 'metadata' }, undefined],
    [20_100, { x: 0.5, y: 0.5, source: 'metadata' }, undefined],
    [10_000, { x: 1, y: 1, source: 'resolution-tag' }, /^the pixel size of the scan profile, 0.5 µm, is not that/],
    // 72 dpi says nothing.
    [28, { x: 0.5, y: 0.5, source: 'metadata' }, undefined],
  ])('of %s pixels per centimetre, scanned at 0.5 µm', async (resolution, mpp, message) => {
    const tags = [282, 283].map((tag) => ({ tag, type: 5, values: [resolution, 1] }));
    const one = { ...grey(75, 50, describePage('FullResolution', profile)), tags };
    await using slide = await open({ ...one, tags: [...tags, { tag: 296, type: 3, values: [3] }] });
    expect(slide.mpp).toEqual(mpp);
    if (message) expect(getNotice(slide)).toMatch(message);
    else expect(getNotice(slide)).toBeUndefined();
  });
});

describe('what of an OME-TIFF is no part of the slide', () => {
  const size = { SizeX: 100, SizeY: 66, SizeC: 2 };
  const description = writeOme([{ pixels: size, data: '<TiffData IFD="0" PlaneCount="2"/>' }]);
  const plain = (width: number, height: number) => createNoiseImage({ width, height, samples: 1, ...tiles });

  it('is told: another scene, but not the label', async () => {
    const images = ['one', 'two', 'label'].map((name, i) => ({
      ...{ name, pixels: { SizeX: 100, SizeY: 66 } },
      data: `<TiffData IFD="${i}"/>`,
    }));
    await using slide = await open(
      { ...plain(100, 66), description: writeOme(images) },
      plain(100, 66),
      plain(100, 66),
    );
    expect(slide.associatedImages).toEqual(['label']);
    expect(getNotice(slide)).toBe('1 other image of the file: no part of the slide');
  });

  it('is told: a level that lacks a channel, in SubIFDs', async () => {
    await using slide = await open(
      { ...plain(100, 66), description, subImages: [plain(50, 33)] },
      { ...plain(100, 66), subImages: [plain(50, 33), plain(25, 17)] },
    );
    expect(getWidths(slide)).toEqual([100, 50]);
    expect(getNotice(slide)).toBe('only the 2 finest levels are read: coarser ones lack some channels');
  });

  it('is told: a page behind the planes that is damaged', async () => {
    await using slide = await open({ ...plain(100, 66), description }, plain(100, 66), plain(50, 33), {
      ...plain(50, 33),
      omit: [256],
    });
    expect(getWidths(slide)).toEqual([100]);
    expect(getNotice(slide)).toBe(
      "page 3 is left out: it can't be read; the level of 50 x 33 pixels is left out: 1 pages for 2 channels",
    );
  });
});

describe('focal planes that are not read', () => {
  it('are told of a Leica slide', async () => {
    const edit = (xml: string) =>
      xml.replace(/<dimension ([^>]*)\/>/g, (whole, rest) => `${whole}<dimension ${rest} z="1"/>`);
    await using slide = await openSlide(createBufferSource(buildLeicaSlide({ edit }).tiff.bytes, 'a.scn'));
    expect(slide.format).toBe('leica');
    expect(getNotice(slide)).toBe('only the focal plane 0 is read, of 2');
    await using plain = await openSlide(createBufferSource(buildLeicaSlide().tiff.bytes, 'a.scn'));
    expect(getNotice(plain)).toBeUndefined();
  });

  it('are told of a Ventana slide', async () => {
    const { pages } = buildVentanaSlide();
    const depth: TinyTag = { tag: 32_997, type: 4, values: [3] };
    for (const more of [[], [depth]]) {
      const bytes = buildTiff(
        pages.map((one, i) => (i === 2 ? { ...one, tags: [...(one.tags ?? []), ...more] } : one)),
        { big: true },
      ).bytes;
      await using slide = await openSlide(createBufferSource(bytes, 'a.bif'));
      expect(slide.format).toBe('ventana');
      expect(getNotice(slide)).toBe(more.length > 0 ? 'only the first of 3 focal planes is read' : undefined);
    }
  });
});

describe('an associated image that can not be read', () => {
  const label: TinyImage = { ...createNoiseImage({ width: 6, height: 4 }), compression: 50_002 };

  it('is told of an Aperio slide', async () => {
    const scan = { ...page(64, 48), description: 'Aperio Image Library v10' };
    const thumbnail = createNoiseImage({ width: 8, height: 6 });
    await using slide = await open(scan, thumbnail, { ...label, description: 'Aperio\r\nlabel 6x4' });
    expect(slide.associatedImages).toEqual(['thumbnail']);
    expect(getNotice(slide)).toBe('the image "label" is left out: JPEG XL (compression 50002)');
  });

  it('is told of a QPTIFF, damaged or in a compression that is not read', async () => {
    const scan = { ...page(75, 50), description: describePage('FullResolution', profile) };
    const broken = { ...createNoiseImage({ width: 6, height: 4 }), description: describePage('Overview'), omit: [256] };
    await using slide = await open(scan, { ...label, description: describePage('Label') }, broken);
    expect(slide.associatedImages).toEqual([]);
    expect(getNotice(slide)).toMatch(
      /^the image "label" is left out: JPEG XL.*; the image "macro" is left out: .*width/,
    );
  });
});
