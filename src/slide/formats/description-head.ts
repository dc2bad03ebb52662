import type { ByteSource } from '../../io/source/byte-source.ts';
import type { Tiff } from '../../io/tiff/open-tiff.ts';
import { TAG } from '../../io/tiff/tags.ts';
import { decodeXmlText } from '../../io/xml/parse-xml.ts';

/** Comments and declarations before the root element are shorter. */
const HEAD_BYTES = 8192;

/** How the first ImageDescription begins, for formats that are told by its XML; undefined where it can't be read. */
export async function readDescriptionHead(tiff: Tiff): Promise<string | undefined> {
  const directory = tiff.directories[0];
  const field = directory?.fields.get(TAG.ImageDescription);
  // Four bytes and fewer lie in the entry itself, and no XML is so short.
  if (!directory || !field || field.count < 16) return undefined;
  // A short one may have come with the directory.
  if (field.count <= HEAD_BYTES) return toHead(await directory.readBytes(TAG.ImageDescription).catch(() => undefined));
  return readHead(tiff.source, { offset: field.offset, length: HEAD_BYTES });
}

/** How a file begins that may be XML alone. */
export async function readFileHead(source: ByteSource): Promise<string | undefined> {
  return readHead(source, { offset: 0, length: Math.min(source.size, HEAD_BYTES) });
}

async function readHead(
  source: ByteSource,
  { offset, length }: { offset: number; length: number },
): Promise<string | undefined> {
  return toHead(await source.read(offset, length).catch(() => undefined));
}

function toHead(bytes: Uint8Array | undefined): string | undefined {
  // Cut in the middle of a character, it is read as Latin-1, which serves to find a tag.
  const text = bytes && decodeXmlText(bytes).replace(/^(?:\uFEFF|ï»¿)?\s*/, '');
  return text?.startsWith('<') ? text : undefined;
}
