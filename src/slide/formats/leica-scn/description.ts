import { findChild, findChildren, findDescendant, type XmlNode } from '../../../io/xml/xml-node.ts';
import { UnsupportedFormatError } from '../../../utils/errors.ts';
import { requireInteger } from '../../vendor-xml.ts';

/** Nanometres on the slide. */
export interface ScnView {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** One resolution of an image: pixels, and the directory that stores them. */
export interface ScnDimension {
  readonly width: number;
  readonly height: number;
  readonly directory: number;
}

export interface ScnImage {
  readonly view: ScnView;
  /** Of the focal plane 0, finest first. */
  readonly dimensions: readonly ScnDimension[];
  /** Focal planes, of which the others are not read. */
  readonly planes: number;
  readonly objective: string | undefined;
  readonly properties: ReadonlyMap<string, string>;
}

export interface ScnDescription {
  /** Nanometres. */
  readonly width: number;
  readonly height: number;
  /** The regions that were scanned, in the order of the document. */
  readonly mains: readonly ScnImage[];
  /** The picture of the whole slide. */
  readonly macro: ScnImage | undefined;
  readonly barcode: string | undefined;
}

/** A slide is 26 mm x 76 mm; ten times that is no slide. */
const MAX_NANOMETRES = 1e9;
/** Regions of a slide, and levels of a region: far more than scanners write. */
const MAX_SCANS = 256;
const MAX_DIMENSIONS = 64;
const MAX_ALL_DIMENSIONS = 2048;

/**
 * @param base64 the bar code is written in base64 (schema 2010/10/01)
 * @throws UnsupportedFormatError where sizes are missing or absurd, or no image of the scan is brightfield
 */
export function readScnDescription(
  root: XmlNode,
  { slide, base64 }: { slide: string; base64: boolean },
): ScnDescription {
  const collection = root.name === 'scn' ? findChild(root, 'collection') : undefined;
  if (!collection) throw new UnsupportedFormatError(slide, `the description is <${root.name}> without a collection`);
  const size = { slide, min: 1, max: MAX_NANOMETRES };
  const width = requireInteger(collection, 'sizeX', size);
  const height = requireInteger(collection, 'sizeY', size);
  const nodes = findChildren(collection, 'image').map((node) => ({ node, view: readView(node, slide) }));
  const isWhole = ({ view }: { view: ScnView }) =>
    view.left === 0 && view.top === 0 && view.width === width && view.height === height;
  const scans = nodes.filter((one) => !isWhole(one));
  const dimensions = scans.reduce((sum, { node }) => sum + (findChild(node, 'pixels')?.children.length ?? 0), 0);
  if (dimensions > MAX_ALL_DIMENSIONS) throw new UnsupportedFormatError(slide, `${dimensions} levels of all regions`);
  const macro = nodes.filter(isWhole).find(({ node }) => isBrightfield(node));
  checkScans(
    scans.map(({ node }) => node),
    slide,
  );
  return {
    ...{ width, height },
    mains: scans.map(({ node, view }) => readImage(node, view, slide)),
    macro: macro && readImage(macro.node, macro.view, slide),
    barcode: readBarcode(findChild(collection, 'barcode')?.text, base64),
  };
}

function checkScans(scans: readonly XmlNode[], slide: string): void {
  if (scans.length === 0)
    throw new UnsupportedFormatError(slide, 'a Leica slide with no image but that of the whole slide');
  if (scans.length > MAX_SCANS) throw new UnsupportedFormatError(slide, `${scans.length} scanned regions`);
  const dark = scans.find((node) => !isBrightfield(node));
  if (!dark) return;
  const source = findDescendant(dark, 'illuminationSource')?.text || 'several channels';
  throw new UnsupportedFormatError(slide, `a Leica scan in ${source}`, { hint: 'only brightfield scans are read' });
}

/** One channel; where the light is named, it is brightfield. */
function isBrightfield(image: XmlNode): boolean {
  const source = findDescendant(image, 'illuminationSource')?.text;
  const channels = findChildren(findChild(image, 'pixels'), 'dimension').some(
    (one) => Number(one.attributes.get('c')) > 0,
  );
  return !channels && (source === undefined || source === '' || source === 'brightfield');
}

function readView(image: XmlNode, slide: string): ScnView {
  const view = findChild(image, 'view');
  if (!view) throw new UnsupportedFormatError(slide, 'an image in the description has no view');
  const size = { slide, min: 1, max: MAX_NANOMETRES };
  const offset = { slide, min: -MAX_NANOMETRES, max: MAX_NANOMETRES };
  return {
    left: requireInteger(view, 'offsetX', offset),
    top: requireInteger(view, 'offsetY', offset),
    width: requireInteger(view, 'sizeX', size),
    height: requireInteger(view, 'sizeY', size),
  };
}

function readImage(node: XmlNode, view: ScnView, slide: string): ScnImage {
  const pixels = findChildren(findChild(node, 'pixels'), 'dimension');
  const planes = new Set(pixels.map((one) => Number(one.attributes.get('z') ?? 0))).size;
  const dimensions = pixels
    .filter((one) => Number(one.attributes.get('z') ?? 0) === 0)
    .map((one) => readDimension(one, slide));
  if (dimensions.length === 0 || dimensions.length > MAX_DIMENSIONS)
    throw new UnsupportedFormatError(slide, `an image in the description has ${dimensions.length} dimensions`);
  dimensions.sort((a, b) => b.width - a.width);
  const device = findChild(node, 'device')?.attributes;
  const objective = findDescendant(node, 'objective')?.text;
  const found = {
    'leica.aperture': findDescendant(node, 'numericalAperture')?.text,
    'leica.creation-date': findChild(node, 'creationDate')?.text,
    'leica.device-model': device?.get('model'),
    'leica.device-version': device?.get('version'),
    'leica.illumination-source': findDescendant(node, 'illuminationSource')?.text,
    'leica.objective': objective,
  };
  const known = Object.entries(found).filter((entry): entry is [string, string] => Boolean(entry[1]));
  return { view, dimensions, planes, objective, properties: new Map(known) };
}

function readDimension(node: XmlNode, slide: string): ScnDimension {
  return {
    width: requireInteger(node, 'sizeX', { slide, min: 1, max: 2 ** 31 }),
    height: requireInteger(node, 'sizeY', { slide, min: 1, max: 2 ** 31 }),
    directory: requireInteger(node, 'ifd', { slide, min: 0, max: 2 ** 16 }),
  };
}

function readBarcode(text: string | undefined, base64: boolean): string | undefined {
  if (!text || !base64) return text || undefined;
  const decoded = Buffer.from(text, 'base64').toString('utf8');
  return /^[\x20-\x7e]+$/.test(decoded) ? decoded : text;
}
