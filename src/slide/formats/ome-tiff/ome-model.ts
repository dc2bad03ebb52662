import { findChild, findChildren, type XmlNode } from '../../../io/xml/xml-node.ts';
import { UnsupportedFormatError } from '../../../utils/errors.ts';
import { toMicrons } from './length-units.ts';

/** What slideloom takes from an OME-XML document. Element and attribute names are those of the OME data model. */
export interface OmeDocument {
  /** Of the file that holds the document. */
  readonly uuid: string | undefined;
  /** BinaryOnly: the document is in this file, beside. */
  readonly metadataFile: string | undefined;
  readonly images: readonly OmeImage[];
}

export interface OmeImage {
  readonly id: string;
  readonly name: string;
  readonly acquisitionDate: string | undefined;
  readonly objectivePower: number | undefined;
  readonly pixels: OmePixels;
}

export interface OmePixels {
  /** Order in which planes follow each other, fastest first, without X and Y: "CZT". */
  readonly order: string;
  /** Of a sample: uint8, int8, uint16 ... */
  readonly type: string;
  readonly significantBits: number | undefined;
  readonly sizeX: number;
  readonly sizeY: number;
  readonly sizeZ: number;
  readonly sizeC: number;
  readonly sizeT: number;
  /** µm per pixel. */
  readonly physicalSizeX: number | undefined;
  readonly physicalSizeY: number | undefined;
  readonly channels: readonly OmeChannel[];
  readonly blocks: readonly OmeBlock[];
}

export interface OmeChannel {
  readonly name: string | undefined;
  readonly samplesPerPixel: number;
  readonly color: readonly [red: number, green: number, blue: number] | undefined;
}

/** A TiffData element: planes that lie one after another in the directories of a file. */
export interface OmeBlock {
  readonly firstC: number;
  readonly firstZ: number;
  readonly firstT: number;
  /** Directory of the first plane. */
  readonly ifd: number;
  /** Undefined: as many as there are. */
  readonly planeCount: number | undefined;
  readonly file: OmeFileReference | undefined;
}

export interface OmeFileReference {
  readonly uuid: string | undefined;
  readonly fileName: string | undefined;
}

/** @throws UnsupportedFormatError where the document is no OME-XML or lacks what is needed to find pixels. */
export function readOmeDocument(root: XmlNode, source: string): OmeDocument {
  if (root.name !== 'OME') throw new UnsupportedFormatError(source, `the XML is <${root.name}>, not <OME>`);
  const objectives = readObjectives(root);
  const images = findChildren(root, 'Image').filter((image) => findChild(image, 'Pixels'));
  return {
    uuid: root.attributes.get('UUID'),
    metadataFile: findChild(root, 'BinaryOnly')?.attributes.get('MetadataFile'),
    images: images.map((image) => readImage(image, objectives, source)),
  };
}

/** NominalMagnification by the objective's ID. */
function readObjectives(root: XmlNode): Map<string, number> {
  const objectives = findChildren(root, 'Instrument').flatMap((node) => findChildren(node, 'Objective'));
  const found = new Map<string, number>();
  for (const { attributes } of objectives) {
    const power = Number(attributes.get('NominalMagnification') || Number.NaN);
    if (Number.isFinite(power) && power > 0) found.set(attributes.get('ID') ?? '', power);
  }
  return found;
}

function readImage(image: XmlNode, objectives: ReadonlyMap<string, number>, source: string): OmeImage {
  // Schemas before 2012 call it ObjectiveRef.
  const settings = findChild(image, 'ObjectiveSettings') ?? findChild(image, 'ObjectiveRef');
  const only = objectives.size === 1 ? [...objectives.values()][0] : undefined;
  return {
    id: image.attributes.get('ID') ?? '',
    name: image.attributes.get('Name') ?? '',
    acquisitionDate: findChild(image, 'AcquisitionDate')?.text ?? image.attributes.get('AcquiredDate'),
    objectivePower: settings ? objectives.get(settings.attributes.get('ID') ?? '') : only,
    pixels: readPixels(findChild(image, 'Pixels') ?? image, source),
  };
}

function readPixels(pixels: XmlNode, source: string): OmePixels {
  const size = (name: string, fallback?: number) => readCount(pixels, name, { source, fallback, least: 1 });
  const text = (name: string) => pixels.attributes.get(name);
  return {
    order: readOrder(text('DimensionOrder'), source),
    type: (text('Type') ?? text('PixelType') ?? '').toLowerCase(),
    significantBits: Number(text('SignificantBits')) || undefined,
    sizeX: size('SizeX'),
    sizeY: size('SizeY'),
    sizeZ: size('SizeZ', 1),
    sizeC: size('SizeC', 1),
    sizeT: size('SizeT', 1),
    physicalSizeX: toMicrons(text('PhysicalSizeX'), text('PhysicalSizeXUnit')),
    physicalSizeY: toMicrons(text('PhysicalSizeY'), text('PhysicalSizeYUnit')),
    channels: findChildren(pixels, 'Channel').map((channel) => ({
      name: channel.attributes.get('Name'),
      samplesPerPixel: readCount(channel, 'SamplesPerPixel', { source, fallback: 1, least: 1 }),
      color: readColor(channel.attributes.get('Color')),
    })),
    blocks: findChildren(pixels, 'TiffData').map((block) => readBlock(block, source)),
  };
}

/** The six orders of the schema: with any other, planes would be looked for in wrong places. */
const ORDERS: readonly string[] = ['XYZCT', 'XYZTC', 'XYCTZ', 'XYCZT', 'XYTCZ', 'XYTZC'];

function readOrder(order: string | undefined, source: string): string {
  if (order === undefined) return 'CZT';
  if (ORDERS.includes(order.trim())) return order.trim().slice(2);
  throw new UnsupportedFormatError(source, `OME-XML: DimensionOrder of <Pixels> is ${order.slice(0, 40)}`);
}

function readBlock(block: XmlNode, source: string): OmeBlock {
  const count = (name: string) => readCount(block, name, { source, fallback: 0, least: 0 });
  const uuid = findChild(block, 'UUID');
  const planes = block.attributes.has('PlaneCount') ? count('PlaneCount') : undefined;
  return {
    firstC: count('FirstC'),
    firstZ: count('FirstZ'),
    firstT: count('FirstT'),
    ifd: count('IFD'),
    // The schema's default: one plane where a directory is named, all of them where none is.
    planeCount: planes ?? (block.attributes.has('IFD') ? 1 : undefined),
    file: uuid && { uuid: uuid.text || undefined, fileName: uuid.attributes.get('FileName') },
  };
}

/** A colour as one signed 32-bit number: red in the highest byte, then green, blue, alpha. */
function readColor(text: string | undefined): OmeChannel['color'] {
  const value = Number(text?.trim() || Number.NaN);
  if (!Number.isInteger(value) || value < -(2 ** 31) || value >= 2 ** 32) return undefined;
  return [(value >>> 24) & 255, (value >>> 16) & 255, (value >>> 8) & 255];
}

function readCount(
  node: XmlNode,
  name: string,
  { source, fallback, least }: { source: string; fallback?: number | undefined; least: number },
): number {
  const text = node.attributes.get(name);
  const value = text === undefined ? (fallback ?? Number.NaN) : Number(text.trim() || Number.NaN);
  if (Number.isInteger(value) && value >= least && value < 2 ** 31) return value;
  throw new UnsupportedFormatError(source, `OME-XML: ${name} of <${node.name}> is ${text ?? 'missing'}`);
}
