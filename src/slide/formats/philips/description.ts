import { findChild, findChildren, type XmlNode } from '../../../io/xml/xml-node.ts';
import { UnsupportedFormatError } from '../../../utils/errors.ts';

/** What slideloom takes from the XML of a Philips TIFF. */
export interface PhilipsDescription {
  /** `philips.<name>` of the document, of its whole-slide image and of that image's levels. */
  readonly properties: ReadonlyMap<string, string>;
  /** Millimetres per pixel of each level: rows first, as DICOM has it. */
  readonly spacings: readonly (readonly [y: number, x: number])[];
  /** JPEG files in base64, by name. */
  readonly pictures: ReadonlyMap<'label' | 'macro', string>;
}

const LEVELS = 'PIIM_PIXEL_DATA_REPRESENTATION_SEQUENCE';
const PICTURE = 'PIM_DP_IMAGE_DATA';
const PICTURE_NAMES = { LABELIMAGE: 'label', MACROIMAGE: 'macro' } as const;

/** @throws UnsupportedFormatError where the document is of another kind or describes no whole-slide image */
export function readPhilipsDescription(root: XmlNode, slide: string): PhilipsDescription {
  if (root.name !== 'DataObject' || root.attributes.get('ObjectType') !== 'DPUfsImport')
    throw new UnsupportedFormatError(slide, `the description is <${root.name}>, not a DataObject of type DPUfsImport`);
  const scanned = listObjects(root, 'PIM_DP_SCANNED_IMAGES');
  const main = scanned.find((image) => getText(image, 'PIM_DP_IMAGE_TYPE') === 'WSI');
  if (!main) throw new UnsupportedFormatError(slide, 'the description has no image of type WSI');
  const levels = listObjects(main, LEVELS);
  const properties = new Map([...listTexts(root, ''), ...listTexts(main, '')]);
  levels.forEach((level, index) => {
    for (const [key, value] of listTexts(level, `${LEVELS}[${index}].`)) properties.set(key, value);
  });
  const barcode = decodeBarcode(properties.get('philips.PIM_DP_UFS_BARCODE'));
  if (barcode) properties.set('openslide.barcode', barcode);
  return { properties, spacings: levels.map((level) => requireSpacing(level, slide)), pictures: findPictures(scanned) };
}

/** Two positive numbers in quotes, `"0.00025" "0.00025"`. */
export function parseSpacing(text: string | undefined): [y: number, x: number] | undefined {
  const [y = Number.NaN, x = Number.NaN] = (text ?? '').replaceAll('"', ' ').trim().split(/\s+/).map(Number);
  return y > 0 && x > 0 && Number.isFinite(y + x) ? [y, x] : undefined;
}

function requireSpacing(level: XmlNode, slide: string): [y: number, x: number] {
  const text = getText(level, 'DICOM_PIXEL_SPACING');
  const spacing = parseSpacing(text);
  if (spacing) return spacing;
  throw new UnsupportedFormatError(slide, `a level has the pixel spacing "${(text ?? '').slice(0, 40)}"`);
}

/** DataObjects in the array of an attribute. */
function listObjects(parent: XmlNode, name: string): XmlNode[] {
  return findChildren(findChild(findAttribute(parent, name), 'Array'), 'DataObject');
}

function findAttribute(parent: XmlNode, name: string): XmlNode | undefined {
  return parent.children.find((child) => child.name === 'Attribute' && child.attributes.get('Name') === name);
}

function getText(parent: XmlNode, name: string): string | undefined {
  return findAttribute(parent, name)?.text;
}

function* listTexts(parent: XmlNode, prefix: string): Generator<[key: string, value: string]> {
  for (const attribute of findChildren(parent, 'Attribute')) {
    const name = attribute.attributes.get('Name');
    if (!name || name === PICTURE || attribute.children.length > 0) continue;
    yield [`philips.${prefix}${name}`, attribute.text];
  }
}

function findPictures(scanned: readonly XmlNode[]): Map<'label' | 'macro', string> {
  const pictures = new Map<'label' | 'macro', string>();
  for (const [type, name] of Object.entries(PICTURE_NAMES)) {
    const image = scanned.find((one) => getText(one, 'PIM_DP_IMAGE_TYPE') === type);
    const base64 = image && getText(image, PICTURE);
    if (base64) pictures.set(name, base64);
  }
  return pictures;
}

/** Base64 of text; undefined where it is none. */
function decodeBarcode(text: string | undefined): string | undefined {
  if (!text || !/^[A-Za-z0-9+/]+=*$/.test(text)) return undefined;
  const decoded = Buffer.from(text, 'base64').toString('utf8').replaceAll('\0', '');
  return /^[\x20-\x7e]+$/.test(decoded) ? decoded : undefined;
}
