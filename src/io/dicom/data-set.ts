import dicomParser, { type ByteArrayParser, type DataSet, type Element } from 'dicom-parser';
import { DicomError } from '../../utils/errors.ts';
import { checkElements } from './check-elements.ts';
import { DicomStructureFault } from './element.ts';
import type { DicomHead } from './read-head.ts';
import { TAG } from './tags.ts';

/** Values of a data set or of one item of a sequence. What is absent, empty or too short is undefined. */
export interface DicomValues {
  /** Text, split at backslashes and trimmed; empty values too. */
  readTexts(tag: number): readonly string[];
  /** The first value of text; undefined where it is empty. */
  readText(tag: number): string | undefined;
  /** Numbers written as text (DS, IS): NaN for what is none. */
  readDecimals(tag: number): readonly number[];
  readUint16(tag: number): number | undefined;
  readUint32(tag: number): number | undefined;
  readFloat(tag: number): number | undefined;
  /** A copy. */
  readBytes(tag: number): Uint8Array | undefined;
  /** The items of a sequence; none where there is no such sequence. */
  readItems(tag: number): readonly DicomValues[];
}

/** Of attributes that the parser is handed, of which colour profiles are the largest. */
const MAX_BYTES = 16 * 2 ** 20;

/**
 * The values of some elements of the data set's top. Only these go through dicom-parser, which makes objects of every
 * element: of a sparse slide's functional groups they would be millions.
 * @throws DicomError
 */
export function parseDataSet(name: string, head: DicomHead, tags: readonly number[]): DicomValues {
  const wanted = new Set([TAG.SpecificCharacterSet, ...tags]);
  const { buffer, byteOffset } = head.view;
  const elements = head.elements.filter(({ tag }) => wanted.has(tag));
  const parts = elements.map(({ start, end }) => new Uint8Array(buffer, byteOffset + start, end - start));
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  if (length > MAX_BYTES) throw new DicomError(name, `${length} bytes of attributes, more than ${MAX_BYTES}`);
  try {
    checkElements(head.view, elements, head.syntax);
  } catch (error) {
    if (!(error instanceof DicomStructureFault)) throw error;
    throw new DicomError(name, `attributes that can't be parsed: ${error.message}`, { cause: error });
  }
  const dataSet = parse(name, Buffer.concat(parts), head);
  const root = createValues(dataSet, 'latin1');
  const utf8 = root.readTexts(TAG.SpecificCharacterSet).includes('ISO_IR 192');
  return utf8 ? createValues(dataSet, 'utf8') : root;
}

/** The package's types leave out the class. */
const { DataSet: ParsedSet } = dicomParser as typeof dicomParser & {
  DataSet: new (parser: ByteArrayParser, bytes: Uint8Array, elements: Record<string, Element>) => DataSet;
};

function parse(name: string, bytes: Uint8Array, { syntax }: DicomHead): DataSet {
  const parser = syntax.littleEndian ? dicomParser.littleEndianByteArrayParser : dicomParser.bigEndianByteArrayParser;
  const dataSet = new ParsedSet(parser, bytes, {});
  dataSet.warnings = [];
  if (bytes.length === 0) return dataSet;
  try {
    const stream = new dicomParser.ByteStream(parser, bytes, 0);
    if (syntax.explicit) dicomParser.parseDicomDataSetExplicit(dataSet, stream, bytes.length);
    else dicomParser.parseDicomDataSetImplicit(dataSet, stream, bytes.length);
  } catch (cause) {
    // It throws strings.
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new DicomError(name, `attributes that can't be parsed: ${why}`, { cause });
  }
  return dataSet;
}

function createValues(dataSet: DataSet, charset: 'latin1' | 'utf8'): DicomValues {
  /** Undefined where the value has fewer than `least` bytes, or some of them lie outside. */
  const find = (tag: number, least = 1): Element | undefined => {
    const element = dataSet.elements[toKey(tag)];
    const inside =
      element && element.length >= least && element.dataOffset + element.length <= dataSet.byteArray.length;
    return inside ? element : undefined;
  };
  const readBytes = (tag: number): Uint8Array | undefined => {
    const element = find(tag);
    return (
      element && new Uint8Array(dataSet.byteArray.subarray(element.dataOffset, element.dataOffset + element.length))
    );
  };
  const readTexts = (tag: number): readonly string[] => {
    const bytes = readBytes(tag);
    if (!bytes) return [];
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString(charset);
    return text.split('\\').map(trimPadding);
  };
  return {
    readTexts,
    readText: (tag) => readTexts(tag)[0] || undefined,
    readDecimals: (tag) => readTexts(tag).map((text) => (text === '' ? Number.NaN : Number(text))),
    readUint16: (tag) => (find(tag, 2) ? dataSet.uint16(toKey(tag)) : undefined),
    readUint32: (tag) => (find(tag, 4) ? dataSet.uint32(toKey(tag)) : undefined),
    readFloat: (tag) => (find(tag, 4) ? dataSet.float(toKey(tag)) : undefined),
    readBytes,
    readItems: (tag) =>
      (dataSet.elements[toKey(tag)]?.items ?? []).flatMap((item) =>
        item.dataSet ? [createValues(item.dataSet, charset)] : [],
      ),
  };
}

/** As dicom-parser names an element. */
function toKey(tag: number): string {
  return `x${tag.toString(16).padStart(8, '0')}`;
}

/** Text is padded to an even length with a space, UIDs with a zero. */
function trimPadding(text: string): string {
  let end = text.length;
  while (end > 0 && (text[end - 1] === '\0' || text[end - 1] === ' ')) end--;
  return text.slice(0, end).trimStart();
}
