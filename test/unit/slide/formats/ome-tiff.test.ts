import { describe, expect, it } from 'vitest';
import { createBufferSource } from '../../../../src/io/source/buffer-source.ts';
import { describeOpening, getReopenOptions } from '../../../../src/slide/describe-opening.ts';
import { openSlide } from '../../../../src/slide/open-slide.ts';
import type { SlideOptions } from '../../../../src/slide/settings.ts';
import type { Slide } from '../../../../src/slide/slide.ts';
import { type TinyOmeImage, writeOme } from '../../../support/tiny-ome.ts';
import { buildTiff, createNoiseImage, type TinyImage, type TinyTag } from '../../../support/tiny-tiff.ts';

const tiles = { tileWidth: 16, tileHeight: 16 };
const rgb = (width: number, height: number) => createNoiseImage({ width, height, ...tiles });
const grey = (values: readonly number[], more: Partial<TinyImage> = {}): TinyImage => ({
  ...{ width: values.length, height: 1, samples: 1, chunks: [Uint8Array.from(values)] },
  ...more,
});
/** Stored in this order of bytes. */
const wide = (values: readonly number[], bigEndian: boolean, more: Partial<TinyImage> = {}): TinyImage => {
  const bytes = Buffer.alloc(values.length * 2);
  for (const [i, value] of values.entries())
    if (bigEndian) bytes.writeUInt16BE(value, i * 2);
    else bytes.writeUInt16LE(value, i * 2);
  return { ...grey([...bytes]), width: values.length, bits: 16, ...more };
};

function build(pages: readonly TinyImage[], description: string, options = {}): Uint8Array {
  const [first, ...more] = pages;
  return buildTiff([{ ...first!, description }, ...more], options).bytes;
}

function open(pages: readonly TinyImage[], images: readonly TinyOmeImage[], options?: SlideOptions): Promise<Slide> {
  return openSlide(createBufferSource(build(pages, writeOme(images)), 'm.ome.tif'), options);
}

async function readRow(slide: Slide): Promise<number[]> {
  return [...(await slide.readRegion({ x: 0, y: 0, level: 0, width: slide.width, height: 1 })).data];
}

describe('ome-tiff: what it is', () => {
  it('takes the pixel size, per axis and in any unit', async () => {
    const size = { SizeX: 20, SizeY: 10, SizeC: 3, PhysicalSizeX: 250, PhysicalSizeXUnit: 'nm' };
    const pixels = { ...size, PhysicalSizeY: 0.26, PhysicalSizeYUnit: 'µm' };
    await using slide = await open([rgb(20, 10)], [{ pixels, channels: [{ SamplesPerPixel: 3 }] }]);
    expect(slide.mpp).toEqual({ x: 0.25, y: 0.26, source: 'metadata' });
    expect(slide.properties.get('ome.Pixels.PhysicalSizeX')).toBe('0.25');
    expect(slide.properties.get('tiff.ImageDescription')).toContain('<OME');
  });

  it('has no pixel size of pixels, nor of one axis', async () => {
    for (const more of [{ PhysicalSizeX: 1, PhysicalSizeY: 1, PhysicalSizeXUnit: 'pixel' }, { PhysicalSizeX: 0.5 }]) {
      await using slide = await open([rgb(20, 10)], [{ pixels: { SizeX: 20, SizeY: 10, SizeC: 3, ...more } }]);
      expect(slide.mpp).toBeUndefined();
    }
  });

  it('knows objective, channels and image', async () => {
    const elements = '<Instrument><Objective ID="o" NominalMagnification="20"/></Instrument>';
    const image = {
      name: 'scan',
      pixels: { SizeX: 3, SizeC: 2 },
      channels: [{ Name: 'DAPI', Color: 65535 }, { Color: -16776961 }],
    };
    const bytes = build([grey([1, 2, 3]), grey([4, 5, 6])], writeOme([image], { elements }));
    await using slide = await openSlide(createBufferSource(bytes, 'm.ome.tif'));
    expect(slide.objectivePower).toBe(20);
    expect(slide.channels).toEqual([
      { name: 'DAPI', bitDepth: 8, type: 'uint8', color: [0, 0, 255] },
      { name: 'channel 1', bitDepth: 8, type: 'uint8', color: [255, 0, 0] },
    ]);
    expect(slide.properties.get('ome.Image.Name')).toBe('scan');
    expect(slide.levels[0]?.codec).toBe('composite');
  });

  it('is recognised by its root element only', async () => {
    for (const description of ['an OME-TIFF', '<OMEGA/>', '<a><!-- OME --></a>', '<?xml version="1.0"?>']) {
      const bytes = build([rgb(20, 10)], description.padEnd(20));
      await using slide = await openSlide(createBufferSource(bytes, 'g.tif'));
      expect(slide.format).toBe('generic-tiff');
    }
    const prefixed =
      '<OME:OME xmlns:OME="x"><OME:Image><OME:Pixels SizeX="20" SizeY="10" SizeC="3"/></OME:Image></OME:OME>';
    await using slide = await openSlide(createBufferSource(build([rgb(20, 10)], prefixed), 'g.tif'));
    expect(slide.format).toBe('ome-tiff');
  });
});

describe('ome-tiff: levels', () => {
  const card = {
    pixels: { SizeX: 100, SizeY: 66, SizeC: 3 },
    channels: [{ SamplesPerPixel: 3 }],
    data: '<TiffData IFD="0"/>',
  };

  it('are SubIFDs of the same shape, by size', async () => {
    const subImages = [rgb(25, 17), rgb(40, 40), rgb(50, 33)];
    await using slide = await open([{ ...rgb(100, 66), subImages }, rgb(50, 33)], [card]);
    expect(slide.levels.map(({ width }) => width)).toEqual([100, 50, 25]);
  });

  it('are pages that no image claims, where there are no SubIFDs', async () => {
    await using slide = await open([rgb(100, 66), rgb(25, 17), rgb(50, 33), rgb(30, 30)], [card]);
    expect(slide.levels.map(({ width }) => width)).toEqual([100, 50, 25]);
  });

  it('are none of the pages of other images', async () => {
    const other = { name: 'second scene', pixels: { SizeX: 50, SizeY: 33, SizeC: 3 }, data: '<TiffData IFD="1"/>' };
    await using slide = await open([rgb(100, 66), rgb(50, 33)], [card, other]);
    expect(slide.levels).toHaveLength(1);
    expect(slide.associatedImages).toEqual([]);
    expect(slide.properties.get('ome.image-count')).toBe('2');
  });

  it('of several channels are groups of pages', async () => {
    const pages = [grey([9, 9, 9, 9]), grey([8, 8, 8, 8]), grey([7, 7]), grey([6, 6])];
    const data = '<TiffData IFD="0" PlaneCount="2"/>';
    await using slide = await open(pages, [{ pixels: { SizeX: 4, SizeC: 2 }, channels: [{}, {}], data }]);
    const { data: half } = await slide.readRegion({ x: 0, y: 0, level: 1, width: 1, height: 1 });
    expect([...half]).toEqual([7, 6, 0]);
  });

  it('that are damaged are an error', async () => {
    const damaged = { ...rgb(50, 33), omit: [257] };
    await expect(open([{ ...rgb(100, 66), subImages: [damaged] }], [card])).rejects.toMatchObject({ tag: 'tiff' });
  });

  it('start with the first image that is no label, macro or thumbnail', async () => {
    const label = { name: 'Label', pixels: { SizeX: 9, SizeY: 6, SizeC: 3 }, data: '<TiffData IFD="0"/>' };
    await using slide = await open([rgb(9, 6), rgb(100, 66)], [label, { ...card, data: '<TiffData IFD="1"/>' }]);
    expect(slide.width).toBe(100);
    expect((await slide.readAssociatedImage('label')).data).toEqual(rgb(9, 6).pixels);
  });
});

describe('ome-tiff: channels', () => {
  const pages = [grey([0, 100, 255, 255]), grey([0, 7, 0, 255])];

  it('are added up in their colours, ending at 255', async () => {
    const channels = [{ Color: 0xff8000ff }, { Color: 0x00ff80ff }];
    await using slide = await open(pages, [{ pixels: { SizeX: 4, SizeC: 2 }, channels }]);
    // 100 * 128 / 255 = 50.2, and 7 of the other; 7 * 128 / 255 = 3.5.
    expect(await readRow(slide)).toEqual([0, 0, 0, 100, 57, 4, 255, 128, 0, 255, 255, 128]);
  });

  it.each([[[{}, {}]], [[{ Color: -1 }, { Color: -1 }]], [[]]])(
    'without colours are red, green ... %#',
    async (channels) => {
      await using slide = await open(pages, [{ pixels: { SizeX: 4, SizeC: 2 }, channels }]);
      expect(await readRow(slide)).toEqual([0, 0, 0, 100, 7, 0, 255, 0, 0, 255, 255, 0]);
    },
  );

  it('stay grey where there is one without a colour', async () => {
    await using slide = await open([grey([0, 100, 255])], [{ pixels: { SizeX: 3 }, channels: [{ Color: -1 }] }]);
    expect(await readRow(slide)).toEqual([0, 0, 0, 100, 100, 100, 255, 255, 255]);
    expect(slide.levels[0]?.codec).toBe('uncompressed');
  });

  it.each([true, false])('of 16 bits are windowed by the range of the type, big endian %s', async (bigEndian) => {
    const values = [0, 128, 257, 32_768, 65_535];
    const ome = writeOme([{ pixels: { SizeX: 5, Type: 'uint16' } }]);
    const bytes = build([wide(values, bigEndian)], ome, { bigEndian });
    await using slide = await openSlide(createBufferSource(bytes, 'm.ome.tif'));
    expect((await readRow(slide)).filter((_, i) => i % 3 === 0)).toEqual(
      values.map((v) => Math.floor((v + 128) / 257)),
    );
    expect(slide.channels).toEqual([{ name: 'grey', bitDepth: 16, type: 'uint16' }]);
  });

  it('of signed samples have zero in the middle', async () => {
    const signed = { tags: [{ tag: 339, type: 3, values: [2] }] };
    await using eight = await open([grey([128, 255, 0, 1, 127], signed)], [{ pixels: { SizeX: 5, Type: 'int8' } }]);
    expect((await readRow(eight)).filter((_, i) => i % 3 === 0)).toEqual([0, 127, 128, 129, 255]);
    const values = [0x8000, 0xffff, 0, 256, 0x7fff];
    await using sixteen = await open([wide(values, false, signed)], [{ pixels: { SizeX: 5, Type: 'int16' } }]);
    const levels = (await readRow(sixteen)).filter((_, i) => i % 3 === 0);
    levels.forEach((level, i) => {
      const nearest = Math.round((((values[i]! + 32_768) % 65_536) * 255) / 65_535);
      expect(Math.abs(level - nearest)).toBeLessThanOrEqual(1);
    });
  });

  it('of different sizes are refused', async () => {
    await expect(
      open([grey([1, 2]), grey([1])], [{ pixels: { SizeX: 2, SizeC: 2 }, channels: [{}, {}] }]),
    ).rejects.toThrow(/level 0: channels of different sizes/);
  });

  it('of floating numbers are shown in a window, by the file or the user', async () => {
    const values = new Float32Array([-1, 0, 0.25, 3]);
    const chunk = new Uint8Array(values.buffer);
    const pixels = { SizeX: 4, Type: 'float' };
    const page = (more: TinyTag[] = []) => ({
      ...grey([]),
      ...{ width: 4, chunks: [chunk], bits: 32, tags: [{ tag: 339, type: 3, values: [3] }, ...more] },
    });
    const window = [
      { tag: 340, type: 12, values: [-1] },
      { tag: 341, type: 12, values: [1] },
    ];
    await using told = await open([page(window)], [{ pixels }]);
    expect(told.channels).toEqual([{ name: 'grey', bitDepth: 32, type: 'float32', range: [-1, 1] }]);
    // (0.25 + 1) * 255 / 2 = 159.4
    expect((await readRow(told)).filter((_, i) => i % 3 === 0)).toEqual([0, 128, 159, 255]);
    await using silent = await open([page()], [{ pixels }]);
    await expect(readRow(silent)).rejects.toMatchObject({ tag: 'option', option: 'window' });
    const region = { x: 0, y: 0, level: 0, width: 4, height: 1 };
    await expect(silent.readThumbnail(4)).rejects.toMatchObject({ hint: expect.stringContaining('--window') });
    expect((await silent.readRegion({ ...region, channel: 0 })).data).toEqual(values);
  });

  it('that the XML lists for the samples of RGB are not taken for channels', async () => {
    const page = rgb(20, 10);
    await using slide = await open([page], [{ pixels: { SizeX: 20, SizeY: 10, SizeC: 3 }, channels: [{}, {}, {}] }]);
    expect(slide.channels).toHaveLength(1);
    expect((await slide.readRegion({ x: 0, y: 0, level: 0, width: 20, height: 10 })).data).toEqual(page.pixels);
  });

  it('missing of a sparse tile add nothing; where all are missing it is black', async () => {
    const sparse = { ...grey([9]), width: 32, height: 16, ...tiles };
    const full = new Uint8Array(256).fill(9);
    const planes = [
      { ...sparse, chunks: [full, undefined] },
      { ...sparse, chunks: [undefined, undefined] },
    ];
    await using slide = await open(planes, [{ pixels: { SizeX: 32, SizeY: 16, SizeC: 2 }, channels: [{}, {}] }]);
    const row = await readRow(slide);
    expect([...row.slice(0, 3), ...row.slice(-3)]).toEqual([9, 0, 0, 0, 0, 0]);
    expect(await slide.readTile(0, 1, 0)).toBeUndefined();
  });
});

describe('ome-tiff: planes', () => {
  const pages = [1, 2, 3, 4, 5, 6].map((value) => grey([value * 10]));
  const image = { pixels: { SizeX: 1, SizeZ: 3, SizeT: 2 } };

  it('are chosen by z and t, the first by default', async () => {
    for (const [options, value] of [
      [{}, 10],
      [{ z: 2 }, 30],
      [{ t: 1 }, 40],
      [{ z: 1, t: 1 }, 50],
    ] as const) {
      await using slide = await open(pages, [image], options);
      expect(await readRow(slide)).toEqual([value, value, value]);
      expect(slide.plane).toEqual({ z: 0, t: 0, ...options });
      // Workers open the same plane, and the record of a run tells planes apart.
      expect(getReopenOptions(slide)).toEqual(slide.plane);
      expect(describeOpening(slide)).toEqual({ plane: slide.plane });
    }
  });

  it('that do not exist are refused', async () => {
    await expect(open(pages, [image], { z: 3 })).rejects.toThrow(/integer from 0 to 2 for `z` but received 3/);
    await expect(open(pages, [image], { t: 2 })).rejects.toMatchObject({ tag: 'option', option: 't' });
    await expect(open(pages, [image], { z: -1 })).rejects.toMatchObject({ tag: 'option', option: 'z' });
  });

  it('of other formats are not chosen in silence', async () => {
    const plain = createBufferSource(buildTiff([rgb(20, 10)]).bytes, 'g.tif');
    await expect(openSlide(plain, { z: 1 })).rejects.toThrow(/0 for a slide of the format generic-tiff/);
  });

  it('that the file does not have are an error with the directory', async () => {
    await expect(open(pages.slice(0, 2), [image], { z: 2 })).rejects.toMatchObject({ tag: 'tiff', directory: 2 });
  });
});

describe('ome-tiff: damage', () => {
  const good = writeOme([{ pixels: { SizeX: 20, SizeY: 10, SizeC: 3 } }]);
  it.each([
    ['cut off', good.slice(0, -30)],
    ['with an entity bomb', good.replace('<!-- a note -->', '<!DOCTYPE OME [<!ENTITY a "b">]>')],
    ['with an unknown entity', good.replace('Name=""', 'Name="&x;"')],
    ['without an image', writeOme([])],
    ['without a size', good.replace('SizeX', 'SizeQ')],
    ['with absurd numbers of channels', good.replace('SizeC="3"', 'SizeC="2147483647"')],
  ])('OME-XML %s is a typed error', async (_what, description) => {
    const opening = openSlide(createBufferSource(build([rgb(20, 10)], description), 'm.ome.tif'));
    await expect(opening).rejects.toSatisfy((error: { tag: string }) =>
      ['unsupported-format', 'tiff'].includes(error.tag),
    );
  });

  it('of an associated image costs that image', async () => {
    const images = [
      { pixels: { SizeX: 20, SizeY: 10, SizeC: 3 }, data: '<TiffData IFD="0"/>' },
      { name: 'label', pixels: { SizeC: 3 }, data: '<TiffData IFD="1"/>' },
      { name: 'macro', pixels: { SizeC: 3 }, data: '<TiffData IFD="99"/>' },
      { name: 'thumbnail', pixels: { SizeC: 3 }, data: '<TiffData IFD="2"/>' },
    ];
    await using slide = await open([rgb(20, 10), { ...rgb(9, 6), omit: [257] }, rgb(5, 3)], images);
    expect(slide.associatedImages).toEqual(['thumbnail']);
  });
});

describe('ome-tiff: lists of channels that are not right', () => {
  it('finds the planes of RGB pixels whose samples are listed as channels', async () => {
    const samples = [{ Name: 'R' }, { Name: 'G' }, { Name: 'B' }];
    const stack = [rgb(20, 10), createNoiseImage({ width: 20, height: 10, seed: 7, ...tiles })];
    const pixels = { SizeX: 20, SizeY: 10, SizeC: 3, SizeZ: 2 };
    const data = '<TiffData IFD="0" PlaneCount="2"/>';
    for (const [z, image] of stack.entries()) {
      await using slide = await open(stack, [{ pixels, channels: samples, data }], { z });
      const whole = await slide.readRegion({ x: 0, y: 0, level: 0, width: 20, height: 10 });
      expect(whole.data).toEqual(image.pixels);
    }
  });

  it('counts channels that the list leaves out', async () => {
    const pages = [grey([10]), grey([20]), grey([30]), grey([40])];
    const pixels = { SizeX: 1, SizeC: 2, SizeZ: 2 };
    await using slide = await open(pages, [{ pixels, channels: [{ Name: 'DAPI' }] }], { z: 1 });
    expect(slide.channels.map(({ name }) => name)).toEqual(['DAPI', 'channel 1']);
    expect(await readRow(slide)).toEqual([30, 40, 0]);
  });
});
