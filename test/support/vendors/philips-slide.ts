import { buildTiff, type TinyTiff, TYPE } from '../tiny-tiff.ts';
import { asciiTag, createNoisePage, type NoisePage } from './noise-page.ts';

export interface PhilipsSlideOptions {
  /** Pixels of level 0, in whole tiles as the scanner writes it. */
  readonly width?: number;
  readonly height?: number;
  readonly downsamples?: readonly number[];
  /** Millimetres per pixel of the whole-slide image and of each level; y first. */
  readonly spacing?: readonly [y: number, x: number];
  readonly levelSpacings?: readonly string[];
  /** Level-0 tiles that are not stored. */
  readonly missing?: readonly number[];
  /** JPEG files for the description. */
  readonly label?: Uint8Array;
  readonly macro?: Uint8Array;
  /** The label as a page of its own. */
  readonly labelPage?: boolean;
  readonly edit?: (xml: string) => string;
}

const TILE = 16;
/** NewSubfileType: OpenSlide wants it of each level but the first. */
const REDUCED = { tag: 254, type: TYPE.long, values: [1] };

/** A Philips TIFF by its documented layout: levels stored in whole tiles, XML in the first page. */
export function buildPhilipsSlide(options: PhilipsSlideOptions = {}): { tiff: TinyTiff; pages: NoisePage[] } {
  const { width = 80, height = 48, downsamples = [1, 2, 4], missing = [], edit = (xml) => xml } = options;
  const software = asciiTag(305, 'Philips DP v1.0');
  const padded = (size: number, by: number) => Math.ceil(size / by / TILE) * TILE;
  const pages = downsamples.map((by, index) =>
    createNoisePage({
      ...{ width: index ? padded(width, by) : width, height: index ? padded(height, by) : height },
      ...{ tile: TILE, seed: index + 1, tags: index ? [software, REDUCED] : [software], missing: index ? [] : missing },
      description: index ? undefined : edit(describe(options, downsamples)),
    }),
  );
  if (options.labelPage)
    pages.push(createNoisePage({ width: 9, height: 6, seed: 50, description: 'Label', tags: [software] }));
  return { tiff: buildTiff(pages), pages };
}

function describe(
  { spacing = [0.000251, 0.000262], levelSpacings, label, macro }: PhilipsSlideOptions,
  downsamples: readonly number[],
): string {
  const levels = downsamples.map((by, index) => {
    const text = levelSpacings?.[index] ?? quote((spacing[0] * by).toPrecision(6), (spacing[1] * by).toPrecision(6));
    return `<DataObject ObjectType="PixelDataRepresentation">
${attribute('DICOM_PIXEL_SPACING', text)}
${attribute('PIIM_PIXEL_DATA_REPRESENTATION_NUMBER', String(index))}
</DataObject>`;
  });
  const main = [
    attribute('PIM_DP_IMAGE_TYPE', 'WSI'),
    attribute('DICOM_PIXEL_SPACING', quote(String(spacing[0]), String(spacing[1]))),
    attribute('DICOM_DERIVATION_DESCRIPTION', 'levels=10003,10002 &amp; more'),
    '<Attribute/>',
    attribute('PIIM_PIXEL_DATA_REPRESENTATION_SEQUENCE', `<Array>${levels.join('')}</Array>`),
  ];
  const images = [main.join('\n'), picture('LABELIMAGE', label), picture('MACROIMAGE', macro)]
    .filter(Boolean)
    .map((content) => `<DataObject ObjectType="DPScannedImage">${content}</DataObject>`);
  return `<?xml version="1.0" encoding="UTF-8" ?>
<DataObject ObjectType="DPUfsImport">
${attribute('DICOM_MANUFACTURER', 'PHILIPS')}
${attribute('PIM_DP_UFS_BARCODE', Buffer.from('S-12/34').toString('base64'))}
${attribute('PIM_DP_SCANNED_IMAGES', `<Array>${images.join('\n')}</Array>`)}
</DataObject>`;
}

function picture(type: string, jpeg: Uint8Array | undefined): string {
  if (!jpeg) return '';
  return attribute('PIM_DP_IMAGE_TYPE', type) + attribute('PIM_DP_IMAGE_DATA', Buffer.from(jpeg).toString('base64'));
}

function attribute(name: string, content: string): string {
  return `<Attribute Name="${name}" Group="0x301D" Element="0x1004" PMSVR="IString">${content}</Attribute>`;
}

function quote(...values: string[]): string {
  return values.map((value) => `&quot;${value}&quot;`).join(' ');
}
