import type { ByteSource } from '../../io/source/byte-source.ts';
import { AnnotationError } from '../../utils/errors.ts';
import { decodeBytes } from './xml/decode-bytes.ts';
import { readEncoding } from './xml/read-blocks.ts';

export const ANNOTATION_FORMATS = ['aperio', 'asap', 'geojson', 'ndpa', 'halo', 'ncrf'] as const;
export type AnnotationFormat = (typeof ANNOTATION_FORMATS)[number];

/** Bytes that are looked at: attributes and headers may stand before the first region. */
const HEAD = 2 ** 16;

/** By content alone. @throws AnnotationError where no reader knows it; SourceError */
export async function detectAnnotationFormat(source: ByteSource, signal?: AbortSignal): Promise<AnnotationFormat> {
  const encoding = await readEncoding(source, signal);
  const head = await source.read(0, Math.min(source.size, HEAD), signal ? { signal } : {});
  // The head may end inside a character, which does not matter here.
  const text = encoding.transcode
    ? new TextDecoder(encoding.label).decode(head)
    : decodeBytes(head, { ...encoding, declared: true });
  const format = detectFromText(text.replace(/^\uFEFF/, ''));
  if (format) return format;
  throw new AnnotationError(source.name, describeUnknown(text), {
    hint: `annotations are read from ${ANNOTATION_FORMATS.join(', ')}: XML or JSON as these programs write it`,
  });
}

function detectFromText(text: string): AnnotationFormat | undefined {
  const start = text.trimStart();
  if (start.startsWith('{') || start.startsWith('[')) return detectJson(start);
  if (!start.startsWith('<')) return undefined;
  const root = /<(?:[\w.-]+:)?([A-Za-z_][\w.-]*)/.exec(start.replace(/<!--[\s\S]*?(?:-->|$)/g, ''))?.[1];
  if (root === 'ASAP_Annotations') return 'asap';
  if (root === 'annotations') return 'ndpa';
  if (root !== 'Annotations') return undefined;
  // ImageScope numbers its types, HALO spells them out.
  return /<(?:[\w.-]+:)?V[\s/]|<(?:[\w.-]+:)?Region\s[^>]*\bType\s*=\s*["'][A-Za-z]/.test(start) ? 'halo' : 'aperio';
}

function detectJson(start: string): AnnotationFormat {
  if (/^\{\s*"(?:positive|negative)"\s*:/.test(start)) return 'ncrf';
  // Facts of its own may stand before its lists; all that is GeoJSON has a type.
  const lists = start.startsWith('{') && /[{,]\s*"(?:positive|negative)"\s*:\s*\[/.test(start);
  return lists && !/"(?:type|features|geometry)"\s*:/.test(start) ? 'ncrf' : 'geojson';
}

function describeUnknown(text: string): string {
  const start = text
    .trim()
    .slice(0, 40)
    .replaceAll(/[^\x20-\x7e]/g, '?');
  if (start === '') return 'the file is empty';
  return `no format of annotations that is known here; it begins with ${JSON.stringify(start)}`;
}
