import { describe, expect, it } from 'vitest';
import { sharp } from '../../../../src/io/codec/sharp.ts';
import { createBufferSource } from '../../../../src/io/source/buffer-source.ts';
import { describeCopy } from '../../../../src/preprocessing/convert-slide/describe-copy.ts';
import { openSlide } from '../../../../src/slide/open-slide.ts';
import type { SlideOptions } from '../../../../src/slide/settings.ts';
import type { Slide } from '../../../../src/slide/slide.ts';
import { findStream } from '../../../golden/tile-codecs-support.ts';
import { buildDicom, createNoiseFrames, type TinyDicom, type TinyElement } from '../../../support/tiny-dicom.ts';

const size = { width: 50, height: 37, tileWidth: 16, tileHeight: 12 };
const noise = createNoiseFrames(size);
const grey = createNoiseFrames({ ...size, samples: 1 });
const image: TinyDicom = { ...size, frames: noise.frames };
const columns = 4;
const places = noise.frames.map((_, i) => ({ x: (i % columns) * 16, y: Math.floor(i / columns) * 12 }));

const open = (file: TinyDicom, options?: SlideOptions): Promise<Slide> =>
  openSlide(createBufferSource(buildDicom(file), 'a.dcm'), options);
const readAll = async (slide: Slide): Promise<Uint8Array> =>
  (await slide.readRegion({ x: 0, y: 0, level: 0, width: slide.width, height: slide.height })).data;
async function readPixels(file: TinyDicom, options?: SlideOptions): Promise<Uint8Array> {
  await using slide = await open(file, options);
  return await readAll(slide);
}
const spread = (pixels: Uint8Array) =>
  Uint8Array.from({ length: pixels.length * 3 }, (_, i) => pixels[Math.floor(i / 3)] ?? 0);
const widen = (frame: Uint8Array, of: (value: number) => number, little = true) => {
  const words = Buffer.from(Uint16Array.from(frame, of).buffer);
  return little ? words : words.swap16();
};

describe('dicom: how files are written', () => {
  it.each<[string, Partial<TinyDicom>]>([
    ['explicit little endian', {}],
    ['implicit little endian', { syntax: '' }],
    ['big endian, bytes', { syntax: '.2' }],
    [
      'big endian, words',
      { syntax: '.2', pixelVr: 'OW', frames: noise.frames.map((frame) => Buffer.from(frame).swap16()) },
    ],
    ['sequences with delimiters', { delimited: true }],
    ['implicit, sequences with delimiters', { syntax: '', delimited: true }],
    ['sparse', { organization: 'TILED_SPARSE', positions: places }],
    ['sparse, with delimiters', { organization: 'TILED_SPARSE', positions: places, delimited: true }],
    ['sparse, implicit', { organization: 'TILED_SPARSE', positions: places, syntax: '' }],
    ['sparse, big endian', { organization: 'TILED_SPARSE', positions: places, syntax: '.2' }],
    ['positions without an organisation', { organization: null, positions: places }],
    [
      'frames in another order',
      { organization: 'TILED_SPARSE', positions: places.toReversed(), frames: noise.frames.toReversed() },
    ],
    [
      'an unknown sequence',
      {
        elements: [[0x00091001, 'UN', Buffer.from('feff00e004000000feff00e0', 'hex')]],
      },
    ],
  ])('reads %s', async (_name, change) => {
    expect(await readPixels({ ...image, ...change })).toEqual(noise.pixels);
  });

  it('reads planes, grey, white as zero, and 16 bits', async () => {
    const plane = (frame: Uint8Array) => {
      const count = frame.length / 3;
      return Uint8Array.from(frame, (_, i) => frame[(i % count) * 3 + Math.floor(i / count)] ?? 0);
    };
    expect(await readPixels({ ...image, planar: 1, frames: noise.frames.map(plane) })).toEqual(noise.pixels);
    const one: TinyDicom = { ...size, samples: 1, frames: grey.frames };
    expect(await readPixels(one)).toEqual(spread(grey.pixels));
    const inverted = await readPixels({ ...one, photometric: 'MONOCHROME1' });
    expect(inverted).toEqual(spread(grey.pixels).map((value) => 255 - value));
    for (const [syntax, little] of [
      ['.1', true],
      ['.2', false],
    ] as const) {
      const frames = grey.frames.map((frame) => widen(frame, (value) => value * 257, little));
      expect(await readPixels({ ...one, syntax, bits: 16, frames, pixelVr: 'OW' })).toEqual(spread(grey.pixels));
    }
  });

  it('spreads 12 bits of 16 over all grey levels, and says how many there are', async () => {
    const frames = grey.frames.map((frame) => widen(frame, (value) => Math.round((value * 4095) / 255)));
    await using slide = await open({ ...size, samples: 1, bits: 16, bitsStored: 12, frames });
    expect(await readAll(slide)).toEqual(spread(grey.pixels));
    expect(slide.channels).toEqual([{ name: 'grey', bitDepth: 12, type: 'uint16', range: [0, 4095] }]);
  });

  it('spreads as many bits of JPEG 2000 as the file says', async () => {
    const { stream, pixels, width, height } = findStream('j2k grey 12');
    const tile = { width, height, tileWidth: width, tileHeight: height };
    const file: TinyDicom = { ...tile, samples: 1, bits: 16, frames: [stream], syntax: '.4.90' };
    const values = new Uint16Array(pixels.slice().buffer);
    for (const bitsStored of [12, 16]) {
      const shown = await readPixels({ ...file, bitsStored });
      const wide = values.map((value) => Math.round((value * 65_535) / (2 ** bitsStored - 1)));
      expect(shown).toEqual(spread(Uint8Array.from(wide, (value) => Math.floor((value + 128) / 257))));
    }
  });

  it('is not copied into a TIFF, which has no word for it, where fewer bits count than are stored', async () => {
    const frames = Array.from({ length: 4 }, () => new Uint8Array(64));
    const tiles = { width: 32, height: 32, tileWidth: 16, tileHeight: 16 };
    const file: TinyDicom = { ...tiles, samples: 1, bits: 16, frames, syntax: '.4.90' };
    for (const [bitsStored, copied] of [
      [12, false],
      [16, true],
    ] as const) {
      const source = createBufferSource(buildDicom({ ...file, bitsStored }), 'a.dcm');
      await using slide = await openSlide(Object.assign(source, { path: '/a.dcm' }));
      expect((await slide.getTileLayout?.(0))?.parameters.significantBits).toBe(copied ? undefined : bitsStored);
      expect((await describeCopy(slide, 0, 'auto')) !== undefined).toBe(copied);
    }
  });

  it('is white where a sparse image stores no frame', async () => {
    const frames = noise.frames.slice(1);
    await using slide = await open({ ...image, organization: 'TILED_SPARSE', frames, positions: places.slice(1) });
    expect(await slide.readTile(0, 0, 0)).toBeUndefined();
    const { data } = await slide.readRegion({ x: 14, y: 0, level: 0, width: 4, height: 1 });
    expect([...data]).toEqual([...Array(6).fill(255), ...noise.pixels.subarray(48, 54)]);
  });

  it('reads the focal plane that is asked for, and the first optical path', async () => {
    const other = createNoiseFrames(size, 'plane 1');
    const full = [...noise.frames, ...other.frames];
    const planes: TinyElement = [0x00480303, 'UL', [2]];
    const paths: TinyElement = [0x00480302, 'UL', [2]];
    expect(await readPixels({ ...image, frames: full, elements: [planes] })).toEqual(noise.pixels);
    expect(await readPixels({ ...image, frames: full, elements: [planes] }, { z: 1 })).toEqual(other.pixels);
    const sparse = { ...image, frames: full, organization: 'TILED_SPARSE' };
    const heights = [...places.map((at) => ({ ...at, z: 3 })), ...places.map((at) => ({ ...at, z: -1.5 }))];
    expect(await readPixels({ ...sparse, positions: heights })).toEqual(other.pixels);
    expect(await readPixels({ ...sparse, positions: heights }, { z: 1 })).toEqual(noise.pixels);
    const stains = [...places.map((at) => ({ ...at, path: 'H' })), ...places.map((at) => ({ ...at, path: 'E' }))];
    for (const file of [
      { ...sparse, positions: stains },
      { ...image, frames: full, elements: [paths] },
    ]) {
      await using slide = await open(file);
      expect(await readAll(slide)).toEqual(noise.pixels);
      expect(slide.properties.get('slideloom.notice')).toMatch(/only the first of 2 optical paths/);
    }
    const focused = places.map((at, i) => ({ ...at, z: i * 0.25 }));
    expect(await readPixels({ ...image, organization: 'TILED_SPARSE', positions: focused })).toEqual(noise.pixels);
    await expect(open(image, { z: 1 })).rejects.toMatchObject({ tag: 'option', option: 'z' });
    await expect(open(image, { t: 1 })).rejects.toMatchObject({ tag: 'option', option: 't' });
  });
});

describe('dicom: compressed frames', () => {
  const square = { width: 60, height: 40, tileWidth: 32, tileHeight: 32 };
  const soft = createNoiseFrames(square);
  const encode = (options: object) =>
    Promise.all(
      soft.frames.map((frame) =>
        sharp(frame, { raw: { width: 32, height: 32, channels: 3 } })
          .blur(2)
          .jpeg({ quality: 80, ...options })
          .toBuffer(),
      ),
    );
  const decode = async (jpeg: Uint8Array) => new Uint8Array(await sharp(jpeg).raw().toBuffer());

  it.each<[string, Partial<TinyDicom>]>([
    ['a basic offset table', { table: 'basic' }],
    ['an extended offset table', { table: 'extended' }],
    ['no table', { table: 'none' }],
    ['fragments and a basic table', { table: 'basic', fragments: 3 }],
    ['fragments that begin with a marker', { table: 'none', fragments: 3 }],
  ])('finds frames by %s', async (_name, change) => {
    const frames = await encode({});
    await using slide = await open({ ...square, syntax: '.4.50', photometric: 'YBR_FULL_422', frames, ...change });
    for (const [index, jpeg] of frames.entries()) {
      const tile = await slide.readTile(0, index % 2, Math.floor(index / 2));
      // An odd frame is padded with a zero; only an extended table says so.
      expect(tile?.data.subarray(0, jpeg.length)).toEqual(new Uint8Array(jpeg));
      expect((tile?.data.length ?? 0) - jpeg.length).toBeLessThanOrEqual(change.table === 'extended' ? 0 : 1);
    }
    const { data } = await slide.readRegion({ x: 0, y: 0, level: 0, width: 32, height: 32 });
    expect(data).toEqual(await decode(frames[0] ?? new Uint8Array()));
    expect(slide.levels[0]?.codec).toBe('jpeg');
  });

  it('lays the colours of a JPEG out as the photometric interpretation says, or the stream itself', async () => {
    const [ycbcr] = await encode({ chromaSubsampling: '4:4:4' });
    const one = { width: 32, height: 32, tileWidth: 32, tileHeight: 32, syntax: '.4.50' };
    const plain = await decode(ycbcr ?? new Uint8Array());
    // sharp writes no JFIF segment: nothing in the stream says what it is.
    const mute = ycbcr ?? new Uint8Array();
    const frames = [mute];
    expect(await readPixels({ ...one, photometric: 'YBR_FULL', frames })).toEqual(plain);
    const asRgb = await readPixels({ ...one, photometric: 'RGB', frames });
    expect(asRgb).not.toEqual(plain);
    // An Adobe segment without a transform: RGB, whatever the data set says.
    const adobe = Buffer.from('ffee000e41646f626500640000000000', 'hex');
    const marked = Buffer.concat([mute.subarray(0, 2), adobe, mute.subarray(2)]);
    expect(await readPixels({ ...one, photometric: 'YBR_FULL_422', frames: [marked] })).toEqual(asRgb);
    expect(await readPixels({ ...one, photometric: 'RGB', frames: [marked] })).toEqual(asRgb);
  });

  it('takes all fragments of an only frame together', async () => {
    const [jpeg] = await encode({});
    const file = { width: 32, height: 32, tileWidth: 32, tileHeight: 32, syntax: '.4.50', photometric: 'YBR_FULL_422' };
    const pixels = await readPixels({ ...file, frames: [jpeg ?? new Uint8Array()], table: 'none', fragments: 5 });
    expect(pixels).toEqual(await decode(jpeg ?? new Uint8Array()));
  });

  it('is an error where a frame is empty', async () => {
    const frames = await encode({});
    frames[1] = Buffer.alloc(0);
    await using slide = await open({ ...square, syntax: '.4.50', photometric: 'YBR_FULL_422', frames });
    const region = { x: 32, y: 0, level: 0, width: 4, height: 4 };
    await expect(slide.readRegion(region)).rejects.toMatchObject({
      tag: 'tile',
      col: 1,
      row: 0,
      cause: { tag: 'codec' },
    });
    await expect(slide.readTile(0, 1, 0)).rejects.toThrow(/an empty frame/);
  });
});

describe('dicom: what it says of the slide', () => {
  it('takes the first value of PixelSpacing for y, and the imaged volume where there is none', async () => {
    await using slide = await open({ ...image, spacing: [0.0005, 0.00025] });
    expect(slide.mpp).toEqual({ x: 0.25, y: 0.5, source: 'metadata' });
    const volume: TinyElement[] = [
      [0x00480001, 'FL', [0.0125]],
      [0x00480002, 'FL', [0.0185]],
    ];
    await using other = await open({ ...image, spacing: null, elements: volume });
    expect(other.mpp?.x).toBeCloseTo(0.25, 6);
    expect(other.mpp?.y).toBeCloseTo(0.5, 6);
    await using none = await open({ ...image, spacing: null });
    expect(none.mpp).toBeUndefined();
  });

  it('reads the objective, the colour profile, and who made it', async () => {
    const path: TinyElement[] = [
      [0x00282000, 'OB', Uint8Array.of(1, 2, 3, 4)],
      [0x00480106, 'SH', '1'],
      [0x00480107, 'ST', 'Hämatoxylin'],
      [0x00480112, 'DS', '20'],
    ];
    const elements: TinyElement[] = [
      [0x00080005, 'CS', 'ISO_IR 192'],
      [0x00080070, 'LO', 'Zeiß'],
      [0x00100010, 'PN', 'Doe^Jane'],
      [0x00480105, 'SQ', { items: [path] }],
    ];
    await using slide = await open({ ...size, samples: 1, frames: grey.frames, elements, spacing: null });
    expect(slide.objectivePower).toBe(20);
    expect(slide.mpp).toBeUndefined();
    expect(slide.iccProfile).toEqual(Uint8Array.of(1, 2, 3, 4));
    expect(slide.channels).toEqual([{ name: 'Hämatoxylin', bitDepth: 8, type: 'uint8' }]);
    expect(slide.properties.get('dicom.Manufacturer')).toBe('Zeiß');
    expect(slide.properties.get('dicom.ImageType')).toBe('ORIGINAL\\PRIMARY\\VOLUME\\NONE');
    expect([...slide.properties.values()].join()).not.toContain('Doe');
  });
});

describe('dicom: what it refuses', () => {
  const segmentation = '1.2.840.10008.5.1.4.1.1.66.4';
  it.each<[string, Partial<TinyDicom>, string, RegExp]>([
    ['a segmentation', { sopClass: segmentation }, 'unsupported-format', /a segmentation, not a slide/],
    ['another class', { sopClass: '1.2.3' }, 'unsupported-format', /object of the class 1\.2\.3/],
    [
      'JPEG XL',
      { syntax: '.4.112' },
      'unsupported-format',
      /JPEG XL \(1\.2\.840\.10008\.1\.2\.4\.112\), which is not read/,
    ],
    ['lossless JPEG', { syntax: '.4.70' }, 'unsupported-format', /JPEG lossless/],
    ['deflated', { syntax: '.1.99' }, 'unsupported-format', /deflated/],
    ['palettes', { samples: 1, photometric: 'PALETTE COLOR' }, 'unsupported-format', /PALETTE COLOR/],
    ['uncompressed YBR_FULL_422', { photometric: 'YBR_FULL_422' }, 'unsupported-format', /YBR_FULL_422/],
    ['signed samples', { elements: [[0x00280103, 'US', [1]]] }, 'unsupported-format', /signed/],
    ['32 bits', { bits: 32, bitsStored: 32 }, 'unsupported-format', /32 bits/],
    [
      'a label alone',
      { imageType: 'ORIGINAL\\PRIMARY\\LABEL\\NONE' },
      'unsupported-format',
      /without a VOLUME image: LABEL/,
    ],
    ['no word on positions', { organization: null }, 'unsupported-format', /nothing says where they lie/],
    [
      'frames off the grid',
      { organization: 'TILED_SPARSE', positions: places.map(({ x, y }) => ({ x: x + 1, y })) },
      'unsupported-format',
      /off the grid/,
    ],
    [
      'positions outside',
      { organization: 'TILED_SPARSE', positions: places.map(({ x, y }) => ({ x: x - 64, y })) },
      'dicom',
      /outside the image/,
    ],
    [
      'two frames at a place',
      { organization: 'TILED_SPARSE', positions: places.map(() => ({ x: 0, y: 0 })) },
      'dicom',
      /two frames at tile 0, 0/,
    ],
    ['too few positions', { organization: 'TILED_SPARSE', positions: places.slice(1) }, 'dicom', /15 for 16 frames/],
    ['too few frames', { frames: noise.frames.slice(1) }, 'dicom', /15 frames for 4 x 4 tiles/],
    [
      'frames that are too short',
      { frames: noise.frames.map((frame) => frame.subarray(1)) },
      'dicom',
      /16 frames of 576 bytes expected/,
    ],
    ['no width', { elements: [[0x00480006, 'UL', []]] }, 'dicom', /TotalPixelMatrixColumns is missing/],
    ['an absurd number of frames', { elements: [[0x00280008, 'IS', '4000000000']] }, 'dicom', /4000000000 frames/],
    ['an absurd width', { elements: [[0x00480006, 'UL', [4e9]]] }, 'dicom', /16 frames for 250000000 x 4 tiles/],
    [
      'a sparse image of absurd width',
      { organization: 'TILED_SPARSE', positions: places, elements: [[0x00480006, 'UL', [4e9]]] },
      'dicom',
      /16 frames for 250000000 x 4 tiles/,
    ],
    ['large frames', { tileWidth: 65_535, tileHeight: 65_535 }, 'unsupported-format', /frames of 65535 x 65535 pixels/],
  ])('%s', async (_name, change, tag, message) => {
    const opening = open({ ...image, ...change });
    await expect(opening).rejects.toMatchObject({ tag });
    await expect(opening).rejects.toThrow(message);
  });
});
