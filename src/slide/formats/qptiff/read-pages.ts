import type { TiffDirectory } from '../../../io/tiff/directory.ts';
import { TAG } from '../../../io/tiff/tags.ts';
import { parseXml } from '../../../io/xml/parse-xml.ts';
import { findChild, type XmlNode } from '../../../io/xml/xml-node.ts';
import { UnsupportedFormatError } from '../../../utils/errors.ts';

/** The root element of a page's description. */
export const QPTIFF_ROOT = 'PerkinElmer-QPI-ImageDescription';

export interface QptiffPage {
  readonly directory: TiffDirectory;
  /** The description; without its scan profile where the slide's is known from a page before. */
  readonly node: XmlNode;
  /** FullResolution, ReducedResolution, Thumbnail, Overview, Label. */
  readonly type: string;
}

/** Of all descriptions of a file together: thousands of pages may all point to one text of megabytes. */
const MAX_BYTES = 128 * 2 ** 20;
/** Tags of all descriptions, scan profiles apart: 50 for each of 2,600 pages. */
const MAX_TAGS = 2 ** 17;
const PROFILE = { start: '<ScanProfile>', end: '</ScanProfile>' } as const;

/**
 * Pages that describe themselves. A later one whose description is missing or damaged is left out with a notice.
 * @throws UnsupportedFormatError where the first description is damaged, or all of them are too long
 */
export async function readQptiffPages(
  directories: readonly TiffDirectory[],
  { name, notices }: { name: string; notices: string[] },
): Promise<QptiffPage[]> {
  const pages: QptiffPage[] = [];
  const left = { bytes: MAX_BYTES, tags: MAX_TAGS };
  for (const directory of directories) {
    const bytes = await directory.readBytes(TAG.ImageDescription).catch(() => undefined);
    const isKnown = pages.some(({ type }) => type === 'FullResolution');
    const text = bytes && Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    const xml = text && isKnown ? cutProfile(text) : text;
    left.bytes -= bytes?.length ?? 0;
    left.tags -= xml ? countTags(xml) : 0;
    if (left.bytes < 0 || left.tags < 0)
      throw new UnsupportedFormatError(name, `the descriptions of its ${directories.length} pages are too long`);
    const node = directory.index === 0 ? parseXml(xml ?? '', name) : tryParse(xml, name);
    if (node?.name === QPTIFF_ROOT) pages.push({ directory, node, type: findChild(node, 'ImageType')?.text ?? '' });
    else notices.push(`page ${directory.index} is left out: it does not say what it is`);
  }
  return pages;
}

/** The profile says how the whole slide was scanned: the longest part of a description, and the same on each page. */
function cutProfile(text: Buffer): Buffer {
  const start = text.indexOf(PROFILE.start);
  const end = text.lastIndexOf(PROFILE.end);
  if (start < 0 || end < start) return text;
  return Buffer.concat([text.subarray(0, start), text.subarray(end + PROFILE.end.length)]);
}

function countTags(text: Buffer): number {
  let found = 0;
  for (let at = text.indexOf('<'); at >= 0; at = text.indexOf('<', at + 1)) found++;
  return found;
}

function tryParse(bytes: Uint8Array | undefined, name: string): XmlNode | undefined {
  try {
    return bytes && parseXml(bytes, name);
  } catch {
    return undefined;
  }
}
