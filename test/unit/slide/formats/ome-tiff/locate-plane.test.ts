import { describe, expect, it } from 'vitest';
import { parseXml } from '../../../../../src/io/xml/parse-xml.ts';
import { listUnclaimedPages, locatePlane } from '../../../../../src/slide/formats/ome-tiff/locate-plane.ts';
import { type OmePixels, readOmeDocument } from '../../../../../src/slide/formats/ome-tiff/ome-model.ts';

function readPixels(blocks: string, order = 'XYCZT', sizes = 'SizeC="2" SizeZ="3" SizeT="4"'): OmePixels {
  const pixels = `<Pixels DimensionOrder="${order}" Type="uint8" SizeX="9" SizeY="8" ${sizes}>${blocks}</Pixels>`;
  const { images } = readOmeDocument(parseXml(`<OME><Image ID="0">${pixels}</Image></OME>`, 's'), 's');
  return images[0]!.pixels;
}

describe('locatePlane', () => {
  it.each([
    ['XYCZT', 1 + 2 * 2 + 3 * 6],
    ['XYCTZ', 1 + 3 * 2 + 2 * 8],
    ['XYZCT', 2 + 1 * 3 + 3 * 6],
    ['XYZTC', 2 + 3 * 3 + 1 * 12],
    ['XYTCZ', 3 + 1 * 4 + 2 * 8],
    ['XYTZC', 3 + 2 * 4 + 1 * 12],
  ])('follows the order %s', (order, ifd) => {
    for (const blocks of ['', '<TiffData/>', '<TiffData IFD="0" PlaneCount="24"/>'])
      expect(locatePlane(readPixels(blocks, order), 2, { c: 1, z: 2, t: 3 })?.ifd).toBe(ifd);
  });

  it('takes one plane where only a directory is named', () => {
    const pixels = readPixels('<TiffData IFD="7" FirstC="1" FirstZ="2"/>');
    expect(locatePlane(pixels, 2, { c: 1, z: 2, t: 0 })?.ifd).toBe(7);
    expect(locatePlane(pixels, 2, { c: 0, z: 0, t: 1 })).toBeUndefined();
    expect(locatePlane(pixels, 2, { c: 0, z: 0, t: 0 })).toBeUndefined();
  });

  it('lets an element without a count reach to the next one', () => {
    const uuid = (name: string) => `<UUID FileName="${name}">urn:uuid:${name}</UUID>`;
    const pixels = readPixels(`<TiffData FirstT="2">${uuid('b')}</TiffData><TiffData>${uuid('a')}</TiffData>`);
    expect(locatePlane(pixels, 2, { c: 1, z: 0, t: 1 })).toEqual({
      ifd: 7,
      file: { fileName: 'a', uuid: 'urn:uuid:a' },
    });
    expect(locatePlane(pixels, 2, { c: 1, z: 0, t: 3 })).toMatchObject({ ifd: 7, file: { fileName: 'b' } });
  });
});

describe('listUnclaimedPages', () => {
  it('lists what no image claims, whatever the claims are', () => {
    const one = {
      pixels: readPixels('<TiffData IFD="1" PlaneCount="2"/><TiffData IFD="2" PlaneCount="2"/>'),
      channels: 2,
    };
    const two = {
      pixels: readPixels('<TiffData IFD="6"/><TiffData IFD="2147483647" PlaneCount="2147483647"/>'),
      channels: 2,
    };
    expect(listUnclaimedPages([one, two], 9)).toEqual([0, 4, 5, 7, 8]);
    expect(listUnclaimedPages([{ pixels: readPixels(''), channels: 2 }], 26)).toEqual([24, 25]);
    expect(listUnclaimedPages([], 0)).toEqual([]);
  });
});

describe('readOmeDocument', () => {
  it('reads colours as signed or unsigned numbers: red, green, blue, alpha', () => {
    const channels = ['-16776961', '65535', '16711935', '-1', 'x', '1e99'].map(
      (color) => `<Channel Color="${color}"/>`,
    );
    expect(readPixels(channels.join('')).channels.map(({ color }) => color)).toEqual([
      [255, 0, 0],
      [0, 0, 255],
      [0, 255, 0],
      [255, 255, 255],
      undefined,
      undefined,
    ]);
  });

  it.each(['SizeX="0"', 'SizeX="-3"', 'SizeX="1.5"', 'SizeX="1e12"', 'SizeX=""', ''])('refuses %s', (size) => {
    const text = `<OME><Image ID="0"><Pixels ${size} SizeY="8" DimensionOrder="XYCZT"/></Image></OME>`;
    expect(() => readOmeDocument(parseXml(text, 's'), 's')).toThrow(/SizeX of <Pixels>/);
  });

  it('takes the objective that the image names, or the only one', () => {
    const objective = (id: string, power: string) => `<Objective ID="${id}" NominalMagnification="${power}"/>`;
    const read = (objectives: string, settings: string) => {
      const image = `<Image ID="0">${settings}<Pixels SizeX="1" SizeY="1"/></Image>`;
      const text = `<OME><Instrument>${objectives}</Instrument>${image}</OME>`;
      return readOmeDocument(parseXml(text, 's'), 's').images[0]?.objectivePower;
    };
    expect(read(objective('a', '20'), '')).toBe(20);
    expect(read(objective('a', '20') + objective('b', '40.0'), '<ObjectiveSettings ID="b"/>')).toBe(40);
    expect(read(objective('a', '20') + objective('b', '40'), '')).toBeUndefined();
    expect(read(objective('a', '-1'), '')).toBeUndefined();
    expect(read(objective('a', '20'), '<ObjectiveSettings ID="c"/>')).toBeUndefined();
  });
});

describe('the order of dimensions', () => {
  it.each(['XYCZ', 'XYCCC', 'CZTXY', `XY${'C'.repeat(1000)}`, ''])(
    '"%s" is refused: planes would lie anywhere',
    (order) => {
      expect(() => readPixels('', order)).toThrow(/DimensionOrder of <Pixels> is/);
    },
  );

  it('is XYCZT where it is not said', () => {
    const pixels = '<Pixels Type="uint8" SizeX="9" SizeY="8" SizeC="2" SizeZ="3" SizeT="4"/>';
    const { images } = readOmeDocument(parseXml(`<OME><Image ID="0">${pixels}</Image></OME>`, 's'), 's');
    expect(locatePlane(images[0]!.pixels, 2, { c: 1, z: 1, t: 0 })?.ifd).toBe(3);
  });
});
