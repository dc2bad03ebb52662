import { describe, expect, it } from 'vitest';
import { createBufferSource } from '../../src/io/source/buffer-source.ts';
import { openSlide } from '../../src/slide/open-slide.ts';
import type { Slide } from '../../src/slide/slide.ts';
import { isSlideloomError } from '../../src/utils/errors.ts';
import { createSeededRandom } from '../support/seeded-random.ts';
import { buildTiff, createNoiseImage, setEntry, type TinyTiff } from '../support/tiny-tiff.ts';
import { buildLeicaSlide } from '../support/vendors/leica-slide.ts';
import { asciiTag, createNoisePage, xmpTag } from '../support/vendors/noise-page.ts';
import { buildPhilipsSlide } from '../support/vendors/philips-slide.ts';
import { buildTrestleSlide } from '../support/vendors/trestle-slide.ts';
import { buildVentanaSlide } from '../support/vendors/ventana-slide.ts';

const open = (bytes: Uint8Array) => openSlide(createBufferSource(bytes, 'damaged.tif'));
const UNSUPPORTED = 'unsupported-format';

type Case = [what: string, build: () => TinyTiff, tag: string, message: RegExp];

const philips: Case[] = [
  ['XML that ends early', () => philipsWith((xml) => xml.slice(0, xml.length / 2)), UNSUPPORTED, /XML/],
  [
    'an entity of its own',
    () => philipsWith((xml) => xml.replace('?>', '?><!DOCTYPE a [<!ENTITY b "c">]>')),
    UNSUPPORTED,
    /document type/,
  ],
  [
    'another kind of root',
    () => philipsWith((xml) => xml.replace('"DPUfsImport"', '"x DPUfsImport"')),
    UNSUPPORTED,
    /DataObject/,
  ],
  [
    'no image of type WSI',
    () => philipsWith((xml) => xml.replace('>WSI<', '>WSX<')),
    UNSUPPORTED,
    /no image of type WSI/,
  ],
  [
    'a level without its spacing',
    () => philipsWith((xml) => xml.replace(/.*0\.00100400.*\n/, '')),
    UNSUPPORTED,
    /pixel spacing/,
  ],
  [
    'fewer spacings than levels',
    () =>
      philipsWith((xml) =>
        xml.replace(/<DataObject ObjectType="PixelDataRepresentation">\s.*0\.00100400[\s\S]*?<\/DataObject>/, ''),
      ),
    UNSUPPORTED,
    /3 levels, but pixel spacings of 2/,
  ],
  ['a spacing of 0', () => philipsWith((xml) => xml.replaceAll('0.000502000', '0')), UNSUPPORTED, /pixel spacing/],
  [
    'a level finer than level 0',
    () => philipsWith((xml) => xml.replaceAll('0.000502000', '0.0000001')),
    UNSUPPORTED,
    /pixel spacing/,
  ],
  [
    'a level smaller than its spacing says',
    () => philipsWith((xml) => xml.replaceAll('0.00100400', '0.000251')),
    'tiff',
    /stores 32 x 16 pixels of a level of 20 x 48/,
  ],
];

const leica: Case[] = [
  ['XML that ends early', () => leicaWith((xml) => xml.slice(0, -30)), UNSUPPORTED, /XML/],
  [
    'no collection',
    () => leicaWith((xml) => xml.replaceAll('collection', 'selection')),
    UNSUPPORTED,
    /without a collection/,
  ],
  [
    'a collection without a size',
    () => leicaWith((xml) => xml.replace(/ sizeX="60000"/, '')),
    UNSUPPORTED,
    /sizeX of <collection> is missing/,
  ],
  [
    'an absurd collection',
    () => leicaWith((xml) => xml.replace('sizeX="60000"', 'sizeX="1e15"')),
    UNSUPPORTED,
    /sizeX of <collection> is "1e15"/,
  ],
  [
    'levels of absurd size',
    () =>
      buildLeicaSlide({
        macro: false,
        edit: changed((xml) => xml.replace('sizeX="60000" sizeY="80000"', 'sizeX="900000000" sizeY="900000000"')),
      }).tiff,
    UNSUPPORTED,
    /makes no sense/,
  ],
  [
    'a directory that is not there',
    () => leicaWith((xml) => xml.replace('ifd="4"', 'ifd="44"')),
    'tiff',
    /names directory 44 of 5/,
  ],
  [
    'a directory of another size',
    () => leicaWith((xml) => xml.replace('sizeX="80" sizeY="48"', 'sizeX="81" sizeY="48"')),
    'tiff',
    /directory 1: 80 x 48 pixels where/,
  ],
  [
    'no region',
    () => leicaWith((xml) => xml.replace(/(<image[\s\S]*?<\/image>)[\s\S]*<\/image>/, '$1')),
    UNSUPPORTED,
    /no image but that of the whole slide/,
  ],
  [
    'a fluorescence scan',
    () => buildLeicaSlide({ illumination: 'fluorescence' }).tiff,
    UNSUPPORTED,
    /a Leica scan in fluorescence/,
  ],
  [
    'regions at different resolutions',
    () =>
      buildLeicaSlide({
        regions: [
          { x: 1, y: 1, levels: [[80, 48]] },
          { x: 1, y: 60, levels: [[40, 40]] },
        ],
        edit: (xml) => xml.replace('sizeX="20000" sizeY="20000"', 'sizeX="40000" sizeY="40000"'),
      }).tiff,
    UNSUPPORTED,
    /different resolutions/,
  ],
  [
    'regions with different levels',
    () =>
      buildLeicaSlide({
        regions: [
          {
            x: 1,
            y: 1,
            levels: [
              [80, 48],
              [20, 12],
            ],
          },
          { x: 1, y: 60, levels: [[40, 40]] },
        ],
      }).tiff,
    UNSUPPORTED,
    /different numbers of levels/,
  ],
];

const ventana: Case[] = [
  [
    'XML of the scanner that ends early',
    () => buildVentanaSlide({ editScan: (xml) => xml.slice(0, 30) }).tiff,
    UNSUPPORTED,
    /XML/,
  ],
  [
    'an iScan in a foreign element',
    () => buildVentanaSlide({ editScan: (xml) => `<a>${xml}</a>` }).tiff,
    UNSUPPORTED,
    /iScan/,
  ],
  ['stitching data that end early', () => ventanaWith((xml) => xml.slice(0, -20)), UNSUPPORTED, /XML/],
  [
    'no SlideStitchInfo',
    () => ventanaWith((xml) => xml.replaceAll('SlideStitchInfo', 'Info')),
    UNSUPPORTED,
    /without SlideStitchInfo/,
  ],
  [
    'no origins',
    () => ventanaWith((xml) => xml.replaceAll('AoiOrigin', 'Origin')),
    UNSUPPORTED,
    /1 scanned areas, 0 origins/,
  ],
  [
    'nothing scanned',
    () => ventanaWith((xml) => xml.replace('AOIScanned="1"', 'AOIScanned="0"')),
    UNSUPPORTED,
    /no area was scanned/,
  ],
  [
    'tiles of another size',
    () => ventanaWith((xml) => xml.replace('Width="32"', 'Width="31"')),
    UNSUPPORTED,
    /tiles of 31 x 32 pixels, stored are 32 x 32/,
  ],
  [
    'an origin between tiles',
    () => ventanaWith((xml) => xml.replace('OriginX="0"', 'OriginX="5"')),
    UNSUPPORTED,
    /between tiles/,
  ],
  [
    'an area outside the stored grid',
    () => ventanaWith((xml) => xml.replace('OriginX="0"', 'OriginX="3200"')),
    UNSUPPORTED,
    /outside the 4 x 3 stored tiles/,
  ],
  [
    'more frames than makes sense',
    () => ventanaWith((xml) => xml.replace('NumCols="4"', 'NumCols="4000000000"')),
    UNSUPPORTED,
    /NumCols of <ImageInfo>/,
  ],
  [
    'more frames than are stored',
    () => ventanaWith((xml) => xml.replace('NumRows="3"', 'NumRows="500000"')),
    UNSUPPORTED,
    /outside the 4 x 3 stored tiles/,
  ],
  [
    'an absurd overlap',
    () => ventanaWith((xml) => xml.replace('OverlapX="8"', 'OverlapX="33"')),
    UNSUPPORTED,
    /OverlapX of <TileJointInfo> is "33"/,
  ],
  [
    'absurd overlaps throughout',
    () => ventanaWith((xml) => xml.replaceAll('OverlapX="8"', 'OverlapX="31"')),
    UNSUPPORTED,
    /frames of 32 pixels that overlap by 31/,
  ],
  [
    'an absurd sure overlap of a DP scanner',
    () =>
      buildVentanaSlide({
        model: 'VENTANA DP 200',
        areas: [{ columns: 2, rows: 2, overlapY: (col) => (col === 1 ? 20 : 0) }],
      }).tiff,
    UNSUPPORTED,
    /frames of 32 pixels that overlap by 20/,
  ],
  [
    'no stage position',
    () => ventanaWith((xml) => xml.replace(/ Pos-Y="[^"]*"/, '')),
    UNSUPPORTED,
    /Pos-Y of <ImageInfo> is missing/,
  ],
  [
    'a tile number that is not there',
    () => ventanaWith((xml) => xml.replace('Tile1="9"', 'Tile1="13"')),
    UNSUPPORTED,
    /Tile1 of <TileJointInfo> is "13"/,
  ],
  [
    'a joint of tiles that are no neighbours',
    () => ventanaWith((xml) => xml.replace('Tile1="9"', 'Tile1="1"')),
    UNSUPPORTED,
    /joined RIGHT/,
  ],
  [
    'an unknown direction',
    () => ventanaWith((xml) => xml.replace('"RIGHT"', '"INTO"')),
    UNSUPPORTED,
    /direction "INTO"/,
  ],
  [
    'an area far away',
    () => ventanaWith((xml) => xml.replace('Pos-X="0"', 'Pos-X="2000000000"').replace('Pos-Y="0"', 'Pos-Y="-9"')),
    UNSUPPORTED,
    /makes no sense/,
  ],
  [
    'a reduced level without its frames',
    () =>
      buildTiff(
        buildVentanaSlide().pages.map((page, index) =>
          index === 3
            ? { ...createNoisePage({ width: 32, height: 32, tile: 32, seed: 1, description: page.description }) }
            : page,
        ),
        { big: true },
      ),
    'tiff',
    /level 1 stores 1 x 1 tiles of 32 x 32 pixels, its 4 x 3 frames/,
  ],
  [
    'a level that is missing',
    () => relabel(buildVentanaSlide, 'level=1', 'level=5'),
    UNSUPPORTED,
    /out of order at level 1/,
  ],
];

const trestle: Case[] = [
  [
    'an overlap as large as the tile',
    () => buildTrestleSlide({ description: 'OverlapsXY= 16 2' }).tiff,
    UNSUPPORTED,
    /overlaps of 16 and 2 pixels/,
  ],
  [
    'a negative overlap',
    () => buildTrestleSlide({ description: 'OverlapsXY= -4 2' }).tiff,
    UNSUPPORTED,
    /overlaps of -4/,
  ],
  [
    'an overlap that is no number',
    () => buildTrestleSlide({ description: 'OverlapsXY= many 2' }).tiff,
    UNSUPPORTED,
    /overlaps of NaN/,
  ],
  [
    'levels that grow',
    () =>
      buildTrestleSlide({
        sizes: [
          [40, 24],
          [80, 54],
        ],
      }).tiff,
    UNSUPPORTED,
    /larger than the level above/,
  ],
];

describe.each([
  ['Philips', philips],
  ['Leica', leica],
  ['Ventana', ventana],
  ['Trestle', trestle],
])('a damaged %s slide', (_vendor, cases) => {
  it.each(cases)('with %s is refused with a typed error that names it', async (_what, build, tag, message) => {
    const opening = open(build().bytes);
    await expect(opening).rejects.toMatchObject({ tag, message: expect.stringMatching(message) });
    await expect(opening).rejects.toThrow(/^damaged\.tif: /);
  });
});

describe('foreign and damaged tags', () => {
  it('leave a file to the other formats', async () => {
    const page = { width: 40, height: 40, tile: 16, seed: 1 };
    const others = [
      createNoisePage({ ...page, tags: [asciiTag(305, 'Philips')], description: '<DataObject ObjectType="Other"/>' }),
      createNoisePage({ ...page, description: '<DataObject ObjectType="DPUfsImport"/>' }),
      createNoisePage({ ...page, description: '<scn xmlns="http://www.leica-microsystems.com/other"/>' }),
      createNoisePage({ ...page, tags: [xmpTag('<x:xmpmeta>iScan</x:xmpmeta>')] }),
      createNoisePage({ ...page, tags: [asciiTag(305, 'MedScan 1')] }),
      { ...createNoiseImage({ width: 9, height: 9 }), tags: [asciiTag(305, 'MedScan 1')], description: 'a=b' },
    ];
    for (const other of others) {
      await using slide = await open(buildTiff([other]).bytes);
      expect(slide.format).toBe('generic-tiff');
    }
  });

  it.each([
    ['Philips', buildPhilipsSlide().tiff, { directory: 0, tag: 270 }],
    ['Leica', buildLeicaSlide().tiff, { directory: 0, tag: 270 }],
    ['Ventana', buildVentanaSlide().tiff, { directory: 0, tag: 700 }],
  ])('of %s that leave the file are not believed', async (_vendor, tiff, at) => {
    // Some other format takes the file, or none does.
    const opened = await open(setEntry(tiff, at, { value: tiff.bytes.length - 1 })).catch((error) => error);
    if (opened instanceof Error)
      expect(opened).toMatchObject({ tag: expect.stringMatching(/^(unsupported-format|tiff)$/) });
    else {
      expect(opened.format).toBe('generic-tiff');
      opened.close();
    }
  });

  it.each([
    ['Philips', buildPhilipsSlide().tiff.bytes],
    ['Leica', buildLeicaSlide().tiff.bytes],
    ['Ventana', buildVentanaSlide().tiff.bytes],
    ['a Ventana DP', buildVentanaSlide({ model: 'VENTANA DP 200', newer: true }).tiff.bytes],
    ['Trestle', buildTrestleSlide().tiff.bytes],
  ])('and 200 random ones of %s end in pixels or typed errors', async (vendor, bytes) => {
    const random = createSeededRandom(vendor);
    const outcomes = new Map<string, number>();
    // Digits and quotes of the descriptions are hit as often as anything else.
    const digits = [...bytes.keys()].filter((at) => /[0-9"<=]/.test(String.fromCharCode(bytes[at] ?? 0)));
    for (let i = 0; i < 200; i++) {
      const damaged = bytes.slice();
      for (let n = random.integer(1, 4); n > 0; n--) {
        const at = i % 2 ? (digits[random.integer(0, digits.length - 1)] ?? 0) : random.integer(0, bytes.length - 1);
        damaged[at] = i % 2 ? 0x30 + random.integer(0, 9) : random.integer(0, 255);
      }
      const outcome = await readEverything(damaged);
      outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    }
    expect([...outcomes.keys()].filter((outcome) => !/^(read|tiff|tile|unsupported-format)$/.test(outcome))).toEqual(
      [],
    );
    expect(outcomes.size).toBeGreaterThan(1);
  });

  it('of one wrong joint among many costs nothing', async () => {
    await using slide = await open(ventanaWith((xml) => xml.replace('OverlapX="8"', 'OverlapX="31"')).bytes);
    expect(slide.width).toBe(Math.ceil(3 * (32 - (8 * 8 + 31) / 9) + 32));
  });

  it('a broken stored tile under a composed one is named', async () => {
    const { tiff } = buildVentanaSlide();
    const bytes = tiff.bytes.slice();
    bytes.fill(0xee, tiff.directories[2]?.chunkOffsets[5], (tiff.directories[2]?.chunkOffsets[5] ?? 0) + 60);
    await using slide = await open(bytes);
    const reading = slide.readRegion({ x: 0, y: 0, level: 0, width: 60, height: 60 });
    await expect(reading).rejects.toMatchObject({ tag: 'tile', slide: 'damaged.tif', level: 0, col: 0, row: 0 });
    await expect(reading).rejects.toThrow(/stored tile column 1, row 1 of image 0/);
    const bad: unknown[] = [];
    const options = { onBadTile: (error: unknown) => bad.push(error) };
    await slide.readRegion({ x: 0, y: 0, level: 0, width: 60, height: 60 }, options);
    expect(bad.length).toBe(4);
    await expectWhole(slide, 1);
  });

  it('a broken label costs the label alone', async () => {
    const label = Uint8Array.of(0xff, 0xd8, 0xff, 0xd9);
    await using slide = await open(buildPhilipsSlide({ label }).tiff.bytes);
    await expect(slide.readAssociatedImage('label')).rejects.toMatchObject({
      tag: 'tiff',
      message: expect.stringMatching(/^damaged\.tif: the label image in the description can't be read: jpeg: /),
    });
    await expectWhole(slide, 0);
  });
});

/** `read`, or the tag of a typed error, or what else it is. */
async function readEverything(bytes: Uint8Array): Promise<string> {
  try {
    await using slide = await open(bytes);
    for (const level of slide.levels.keys()) await slide.readRegion({ x: -3, y: -3, level, width: 150, height: 150 });
    for (const name of slide.associatedImages) {
      await slide.readAssociatedImage(name).catch((error: unknown) => {
        if (!isSlideloomError(error)) throw error;
      });
    }
    return 'read';
  } catch (error) {
    return isSlideloomError(error) ? error.tag : String(error);
  }
}

async function expectWhole(slide: Slide, level: number): Promise<void> {
  const { width, height } = slide.levels[level] ?? { width: 0, height: 0 };
  expect((await slide.readRegion({ x: 0, y: 0, level, width, height })).width).toBe(width);
}

function philipsWith(edit: (xml: string) => string): TinyTiff {
  return buildPhilipsSlide({ edit: changed(edit) }).tiff;
}

function leicaWith(edit: (xml: string) => string): TinyTiff {
  return buildLeicaSlide({ edit: changed(edit) }).tiff;
}

function ventanaWith(edit: (xml: string) => string): TinyTiff {
  return buildVentanaSlide({ editEncodeInfo: changed(edit) }).tiff;
}

/** An edit that changes nothing tests nothing. */
function changed(edit: (xml: string) => string): (xml: string) => string {
  return (xml) => {
    const edited = edit(xml);
    expect(edited).not.toBe(xml);
    return edited;
  };
}

function relabel(build: typeof buildVentanaSlide, from: string, to: string): TinyTiff {
  const pages = build().pages.map((page) => ({ ...page, description: page.description?.replace(from, to) ?? '' }));
  return buildTiff(pages, { big: true });
}
