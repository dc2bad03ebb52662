import { describe, expect, it } from 'vitest';
import { createBufferSource } from '../../../../src/io/source/buffer-source.ts';
import { openSlide } from '../../../../src/slide/open-slide.ts';
import type { SlideOptions } from '../../../../src/slide/settings.ts';
import type { Slide } from '../../../../src/slide/slide.ts';
import { buildTiff, createNoiseImage, setEntry, type TinyImage } from '../../../support/tiny-tiff.ts';

const tiles = { tileWidth: 16, tileHeight: 16 };
const scan = createNoiseImage({ width: 64, height: 48, ...tiles });
const quarter = createNoiseImage({ width: 16, height: 12, ...tiles });
const thumbnail = createNoiseImage({ width: 8, height: 6 });
const open = (images: TinyImage[], options?: SlideOptions): Promise<Slide> =>
  openSlide(createBufferSource(buildTiff(images).bytes, 'a.svs'), options);
const describedAs = (description: string): TinyImage => ({ ...scan, description });
const strip = (description: string): TinyImage => ({ ...createNoiseImage({ width: 6, height: 4 }), description });

describe('aperio', () => {
  it('takes tiled files whose first description starts with Aperio, and leaves others', async () => {
    for (const [image, format] of [
      [describedAs('Aperio Image Library v10'), 'aperio'],
      [describedAs('aperio'), 'generic-tiff'],
      [describedAs('Scanned by an Aperio'), 'generic-tiff'],
      [scan, 'generic-tiff'],
      [{ ...thumbnail, description: 'Aperio Image Library v10' }, 'generic-tiff'],
    ] as const) {
      await using slide = await open([image]);
      expect(slide.format).toBe(format);
    }
  });

  it('takes one page of each size for a level, and tells of the others: focal planes of a stack', async () => {
    const above = createNoiseImage({ width: 64, height: 48, seed: 9, ...tiles });
    await using slide = await open([describedAs('Aperio Image Library v10'), thumbnail, above, quarter, quarter]);
    expect(slide.levels.map(({ width }) => width)).toEqual([64, 16]);
    const whole = await slide.readRegion({ x: 0, y: 0, level: 0, width: 64, height: 48 });
    expect(whole.data).toEqual(scan.pixels);
    expect(slide.properties.get('slideloom.notice')).toBe(
      'page 2 is left out: another has its 64 x 48 pixels; page 4 is left out: another has its 16 x 12 pixels',
    );
  });

  it('reads what the description says', async () => {
    const description =
      'Aperio Image Library v11.2.1 \r\n64x48 (16x16) JPEG/RGB Q=70|AppMag = 20|Title = a=b | Date = 29/12/09|MPP = 0.4990|Empty = |NoValue';
    await using slide = await open([describedAs(description)]);
    expect(slide.mpp).toEqual({ x: 0.499, y: 0.499, source: 'metadata' });
    expect(slide.objectivePower).toBe(20);
    const own = [...slide.properties].filter(([key]) => key.startsWith('aperio.'));
    expect(Object.fromEntries(own)).toEqual({
      'aperio.AppMag': '20',
      'aperio.Title': 'a=b',
      'aperio.Date': '29/12/09',
      'aperio.MPP': '0.4990',
      'aperio.Empty': '',
    });
    expect(slide.properties.get('tiff.ImageDescription')).toBe(description);
    expect(slide.properties.get('openslide.comment')).toBe(description);
    expect(slide.properties.get('openslide.objective-power')).toBe('20');
    expect(slide.properties.get('openslide.mpp-x')).toBe('0.499');
  });

  it.each<[string, SlideOptions, Slide['mpp']]>([
    ['MPP = 0,2520|AppMag = 40', {}, { x: 0.252, y: 0.252, source: 'metadata' }],
    ['AppMag = 40', {}, undefined],
    ['AppMag = 40', { mppFromObjective: true }, { x: 0.25, y: 0.25, source: 'objective' }],
    ['MPP = 0|AppMag = 20', { mppFromObjective: true }, { x: 0.5, y: 0.5, source: 'objective' }],
    ['MPP = 0.252|AppMag = 40', { mppFromObjective: true }, { x: 0.252, y: 0.252, source: 'metadata' }],
    ['MPP = unknown', {}, undefined],
    ['MPP = ', {}, undefined],
    ['MPP = 0.25', { mpp: 0.3 }, { x: 0.3, y: 0.3, source: 'override' }],
  ])('takes the pixel size of "%s" with options %o', async (line, options, mpp) => {
    await using slide = await open([describedAs(`Aperio x\n64x48|${line}`)], options);
    expect(slide.mpp).toEqual(mpp);
  });

  it('takes tiled pages for levels, in order of size, wherever they stand', async () => {
    const half = createNoiseImage({ width: 32, height: 24, ...tiles });
    await using slide = await open([describedAs('Aperio x\n64x48'), thumbnail, quarter, half]);
    expect(slide.levels.map(({ width, downsample }) => [width, downsample.x])).toEqual([
      [64, 1],
      [32, 2],
      [16, 4],
    ]);
    expect(slide.properties.get('openslide.level[2].downsample')).toBe('4');
    expect(slide.properties.get('openslide.level[0].tile-width')).toBe('16');
  });

  it('names stripped pages: the second is the thumbnail, others by their second line', async () => {
    const images = [
      describedAs('Aperio x\n64x48'),
      thumbnail,
      quarter,
      strip('Aperio x\nlabel 6x4'),
      strip('Aperio x\r\nmacro 6x4|a = b'),
    ];
    await using slide = await open(images);
    expect(slide.associatedImages).toEqual(['label', 'macro', 'thumbnail']);
    const read = await slide.readAssociatedImage('thumbnail');
    expect(read).toEqual({ width: 8, height: 6, channels: 3, data: thumbnail.pixels });
  });

  it('leaves out stripped pages without a name, of a name it has, or that can not be decoded', async () => {
    const images = [
      describedAs('Aperio x\n64x48'),
      quarter,
      strip('Aperio x\nlabel 6x4'),
      strip('Aperio x\nlabel again'),
      strip('Aperio x'),
      { ...strip('Aperio x\nmacro'), compression: 4711 },
    ];
    await using slide = await open(images);
    expect(slide.associatedImages).toEqual(['label']);
  });

  it('refuses an associated image that would take all the memory', async () => {
    const huge = {
      ...strip('Aperio x\nmacro'),
      width: 20_000,
      height: 20_000,
      rowsPerStrip: 1,
      chunks: Array(20_000).fill(undefined),
    };
    await using slide = await open([describedAs('Aperio x\n64x48'), quarter, huge]);
    await expect(slide.readAssociatedImage('macro')).rejects.toThrow(
      /a\.svs: an associated image of 20000 x 20000 pixels is too large/,
    );
  });

  it('says which associated image is damaged, and where', async () => {
    const label = { ...strip('Aperio x\nlabel 6x4'), compression: 5 };
    await using slide = await open([describedAs('Aperio x\n64x48'), quarter, label]);
    const message = /^a\.svs: directory 2: tile column 0, row 0 of an associated image can't be read: lzw: /;
    await expect(slide.readAssociatedImage('label')).rejects.toThrow(message);
    await expect(slide.readAssociatedImage('label')).rejects.toMatchObject({ tag: 'tiff', cause: { tag: 'codec' } });
    const reading = slide.readAssociatedImage('label').catch((error: unknown) => error);
    slide.close();
    expect(await reading).toMatchObject({ tag: 'slide-closed' });
  });

  it('says which level is damaged rather than leave it out', async () => {
    const tiff = buildTiff([describedAs('Aperio x\n64x48'), thumbnail, quarter]);
    const bytes = setEntry(tiff, { directory: 2, tag: 257 }, { value: 0 });
    await expect(openSlide(createBufferSource(bytes, 'a.svs'))).rejects.toMatchObject({ tag: 'tiff', directory: 2 });
  });

  it('hands out a colour profile, and does without one that is damaged', async () => {
    const icc = { tag: 34_675, type: 7, values: [1, 2, 3, 4, 5, 6, 7, 8, 9] };
    const tiff = buildTiff([{ ...describedAs('Aperio x\n64x48'), tags: [icc] }]);
    await using slide = await openSlide(createBufferSource(tiff.bytes));
    expect(slide.iccProfile).toEqual(Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9));
    await using damaged = await openSlide(
      createBufferSource(setEntry(tiff, { directory: 0, tag: 34_675 }, { count: 1e6 })),
    );
    expect(damaged.iccProfile).toBeUndefined();
  });
});
