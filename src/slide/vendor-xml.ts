import type { TiffDirectory } from '../io/tiff/directory.ts';
import { parseXml } from '../io/xml/parse-xml.ts';
import type { XmlNode } from '../io/xml/xml-node.ts';
import { UnsupportedFormatError } from '../utils/errors.ts';
import { readTiffProperties } from './tiff-properties.ts';

/** Longer documents are not parsed, see `parseXml`; so there is no use in looking for a word in them. */
const MAX_XML = 16 * 2 ** 20;

/**
 * The XML document in a text tag of a directory.
 * @throws UnsupportedFormatError where the tag is missing or holds no XML; TiffError where it leaves the file
 */
export async function readXmlTag(directory: TiffDirectory, tag: number): Promise<XmlNode> {
  const { name } = directory.file.source;
  const bytes = await directory.readBytes(tag);
  if (!bytes) throw new UnsupportedFormatError(name, `directory ${directory.index} has no XML (tag ${tag})`);
  return parseXml(bytes, name);
}

/** Whether a text tag contains `text`; false where the tag is missing or damaged. For `detect`. */
export async function hasTextInTag(directory: TiffDirectory | undefined, tag: number, text: string): Promise<boolean> {
  const bytes = await directory?.readBytes(tag, MAX_XML).catch(() => undefined);
  return bytes !== undefined && Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes(text);
}

/**
 * `tiff.*` properties of a page whose ImageDescription is XML, without it: as in OpenSlide it is no comment, and it may hold
 * pictures and be megabytes long.
 */
export async function readTagsWithoutXml(directory: TiffDirectory): Promise<Map<string, string>> {
  const properties = await readTiffProperties(directory);
  properties.delete('tiff.ImageDescription');
  properties.delete('openslide.comment');
  return properties;
}

/**
 * A number from an attribute.
 * @param slide for errors.
 * @throws UnsupportedFormatError where there is none, or it is outside [min, max]
 */
export function requireNumber(
  node: XmlNode,
  attribute: string,
  { slide, min = -1e12, max = 1e12 }: { slide: string; min?: number; max?: number },
): number {
  const text = node.attributes.get(attribute)?.trim();
  const value = text ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  const found = text === undefined ? 'is missing' : `is "${text.slice(0, 40)}"`;
  throw new UnsupportedFormatError(slide, `in the description, ${attribute} of <${node.name}> ${found}`, {
    hint: 'the description is damaged; write the file anew with the program that it comes from',
  });
}

/** As `requireNumber`, for counts and whole pixels. */
export function requireInteger(
  node: XmlNode,
  attribute: string,
  range: { slide: string; min?: number; max?: number },
): number {
  const value = requireNumber(node, attribute, range);
  if (Number.isInteger(value)) return value;
  throw new UnsupportedFormatError(range.slide, `in the description, ${attribute} of <${node.name}> is ${value}`);
}
