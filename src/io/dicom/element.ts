import { formatTag, TAG } from './tags.ts';

/** How the data elements of a data set are written (PS3.5, annex A). */
export interface DicomEncoding {
  /** Each element names its value representation. */
  readonly explicit: boolean;
  readonly littleEndian: boolean;
}

/** The header of one data element; positions are bytes of the view that it was read from. */
export interface DicomElement {
  readonly tag: number;
  /** Two letters; empty where the encoding does not say it. */
  readonly vr: string;
  /** Of its first byte. */
  readonly start: number;
  /** Of its value. */
  readonly at: number;
  /** Bytes of the value; undefined where delimiters end it. */
  readonly length: number | undefined;
}

/** The structure is damaged at a byte; `readDicomHead` makes a `DicomError` of it. */
export class DicomStructureFault extends Error {}

/** Sequences within sequences; real files stay below 10. */
const MAX_DEPTH = 32;
const UNDEFINED_LENGTH = 0xffff_ffff;
const IMPLICIT: DicomEncoding = { explicit: false, littleEndian: true };
/** Value representations with two reserved bytes and a length of four (PS3.5, 7.1.2). */
const LONG_LENGTH = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'SQ', 'SV', 'UC', 'UN', 'UR', 'UT', 'UV']);

/** @returns undefined where the view ends before the header does. @throws DicomStructureFault */
export function readElement(view: DataView, start: number, encoding: DicomEncoding): DicomElement | undefined {
  if (start + 8 > view.byteLength) return undefined;
  const { littleEndian } = encoding;
  const group = view.getUint16(start, littleEndian);
  const tag = group * 0x1_0000 + view.getUint16(start + 2, littleEndian);
  // Items and delimiters never name a representation.
  if (!encoding.explicit || group === 0xfffe) return finish(view.getUint32(start + 4, littleEndian), '', start + 8);
  const vr = String.fromCharCode(view.getUint8(start + 4), view.getUint8(start + 5));
  if (!/^[A-Z]{2}$/.test(vr)) throw new DicomStructureFault(`no element at byte ${start}`);
  if (!LONG_LENGTH.has(vr)) return finish(view.getUint16(start + 6, littleEndian), vr, start + 8);
  if (start + 12 > view.byteLength) return undefined;
  return finish(view.getUint32(start + 8, littleEndian), vr, start + 12);

  function finish(length: number, vr: string, at: number): DicomElement {
    return { tag, vr, start, at, length: length === UNDEFINED_LENGTH ? undefined : length };
  }
}

/**
 * The first byte behind an element, which may lie behind the view. An element of undefined length is walked through.
 * @returns undefined where the view ends first. @throws DicomStructureFault
 */
export function findElementEnd(
  view: DataView,
  element: DicomElement,
  encoding: DicomEncoding,
  depth = 0,
): number | undefined {
  if (element.length !== undefined) return element.at + element.length;
  if (depth > MAX_DEPTH) throw new DicomStructureFault(`more than ${MAX_DEPTH} nested sequences`);
  // An unknown of undefined length is a sequence in implicit little endian, whatever is around it (PS3.5, 6.2.2, note 4).
  const inner = element.vr === 'UN' ? IMPLICIT : encoding;
  let at = element.at;
  for (;;) {
    const item = readElement(view, at, inner);
    if (!item) return undefined;
    if (item.tag === TAG.SequenceEnd) return item.at;
    const end = findItemEnd(view, item, { encoding: inner, depth });
    if (end === undefined) return undefined;
    at = end;
  }
}

function findItemEnd(
  view: DataView,
  item: DicomElement,
  { encoding, depth }: { encoding: DicomEncoding; depth: number },
): number | undefined {
  if (item.tag !== TAG.Item)
    throw new DicomStructureFault(`${formatTag(item.tag)} at byte ${item.start}, where an item must stand`);
  if (item.length !== undefined) return item.at + item.length;
  let at = item.at;
  for (;;) {
    const element = readElement(view, at, encoding);
    if (!element) return undefined;
    if (element.tag === TAG.ItemEnd) return element.at;
    const end = findElementEnd(view, element, encoding, depth + 1);
    if (end === undefined) return undefined;
    at = end;
  }
}

/** The elements of a sequence's items, item by item, all of which must lie in the view. @throws DicomStructureFault */
export function* walkItems(
  view: DataView,
  sequence: DicomElement,
  encoding: DicomEncoding,
): Generator<DicomRange, undefined> {
  const inner = sequence.vr === 'UN' ? IMPLICIT : encoding;
  const end = sequence.length === undefined ? view.byteLength : sequence.at + sequence.length;
  let at = sequence.at;
  while (at < end) {
    const item = readElement(view, at, inner);
    if (!item) throw new DicomStructureFault('a sequence that ends within an item');
    if (item.tag === TAG.SequenceEnd) return undefined;
    const itemEnd = findItemEnd(view, item, { encoding: inner, depth: 0 });
    if (itemEnd === undefined || itemEnd > end) throw new DicomStructureFault('an item that leaves its sequence');
    yield { start: item.at, end: itemEnd, encoding: inner };
    at = itemEnd;
  }
  return undefined;
}

/** Elements one behind the other. */
export interface DicomRange {
  readonly start: number;
  readonly end: number;
  readonly encoding: DicomEncoding;
}

/** The first element of that tag, not looking into sequences. @throws DicomStructureFault */
export function findElement(view: DataView, range: DicomRange, tag: number): DicomElement | undefined {
  for (let at = range.start; at < range.end; ) {
    const element = readElement(view, at, range.encoding);
    if (!element || element.tag === TAG.ItemEnd) return undefined;
    const end = findElementEnd(view, element, range.encoding);
    if (end === undefined || end > range.end) throw new DicomStructureFault('an element that leaves its item');
    if (element.tag === tag) return element;
    at = end;
  }
  return undefined;
}
