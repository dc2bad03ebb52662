import { buildTiff, type TinyTag, type TinyTiff, TYPE } from '../tiny-tiff.ts';
import { createNoisePage, type NoisePage } from './noise-page.ts';

/** Level-0 pixels on the slide, which may be fractions, and the sizes of the levels. */
export interface ScnRegion {
  readonly x: number;
  readonly y: number;
  readonly levels: readonly (readonly [width: number, height: number])[];
}

export interface LeicaSlideOptions {
  /** Level-0 pixels of the collection. */
  readonly width?: number;
  readonly height?: number;
  readonly regions?: readonly ScnRegion[];
  readonly macro?: boolean;
  readonly illumination?: string;
  readonly schema?: string;
  readonly edit?: (xml: string) => string;
}

/** Nanometres of a level-0 pixel. */
const PIXEL = 500;
const TILE = 16;

const REGIONS: readonly ScnRegion[] = [
  {
    x: 4,
    y: 8,
    levels: [
      [80, 48],
      [20, 12],
    ],
  },
  {
    x: 40,
    y: 92,
    levels: [
      [40, 32],
      [10, 8],
    ],
  },
];

/** A Leica SCN by its documented layout: the macro picture first, then the levels of each region (two, off the grid of tiles). */
export function buildLeicaSlide(options: LeicaSlideOptions = {}): { tiff: TinyTiff; pages: NoisePage[] } {
  const { width = 120, height = 160, regions = REGIONS, macro = true, edit = (xml) => xml } = options;
  const pages: NoisePage[] = [];
  const images: string[] = [];
  const add = (levels: ScnRegion['levels'], view: number[], objective: string) => {
    const dimensions = levels.map(([w, h], r) => {
      pages.push(
        createNoisePage({ width: w, height: h, tile: TILE, seed: pages.length + 1, tags: describeResolution(r) }),
      );
      return `<dimension sizeX="${w}" sizeY="${h}" r="${r}" ifd="${pages.length - 1}"/>`;
    });
    images.push(
      describeImage(dimensions.join(''), view, { objective, illumination: options.illumination ?? 'brightfield' }),
    );
  };
  const [wide, high] = [Math.round(width * PIXEL), Math.round(height * PIXEL)];
  if (macro) add([[20, 10]], [0, 0, wide, high], '0.60833');
  for (const { x, y, levels } of regions) {
    const [[w, h] = [0, 0]] = levels;
    add(levels, [Math.round(x * PIXEL), Math.round(y * PIXEL), w * PIXEL, h * PIXEL], '20');
  }
  const schema = options.schema ?? 'http://www.leica-microsystems.com/scn/2010/10/01';
  const xml = `<?xml version="1.0"?><scn xmlns="${schema}" uuid="urn:uuid:1"><collection name="c" uuid="urn:uuid:2" sizeX="${wide}" sizeY="${high}"><barcode>${Buffer.from('B-77').toString('base64')}</barcode>${images.join('')}</collection></scn>`;
  const described = pages.map((page, index) => (index === 0 ? { ...page, description: edit(xml) } : page));
  return { tiff: buildTiff(described, { big: true }), pages };
}

function describeImage(
  dimensions: string,
  [left, top, wide, high]: readonly number[],
  { objective, illumination }: { objective: string; illumination: string },
): string {
  return `<image name="i"><creationDate>2012-05-02T14:00:29.07Z</creationDate><device model="Leica SCN400;Leica SCN" version="1.4"/>
<pixels sizeX="1" sizeY="1">${dimensions}</pixels><view sizeX="${wide}" sizeY="${high}" offsetX="${left}" offsetY="${top}" spacingZ="0"/>
<scanSettings><objectiveSettings><objective>${objective}</objective></objectiveSettings><illuminationSettings>
<numericalAperture>0.4</numericalAperture><illuminationSource>${illumination}</illuminationSource></illuminationSettings></scanSettings></image>`;
}

/** Pixels per centimetre. */
function describeResolution(level: number): TinyTag[] {
  const rational = [1e7, PIXEL * 4 ** level];
  return [
    { tag: 254, type: TYPE.long, values: [level > 0 ? 1 : 0] },
    { tag: 282, type: TYPE.rational, values: rational },
    { tag: 283, type: TYPE.rational, values: rational },
    { tag: 296, type: TYPE.short, values: [3] },
  ];
}
