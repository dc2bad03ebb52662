import {
  type DicomElement,
  type DicomEncoding,
  type DicomRange,
  DicomStructureFault,
  findElementEnd,
  readElement,
  walkItems,
} from './element.ts';
import { TAG } from './tags.ts';

/** Of attributes that a parser makes objects of, some 500 bytes each; a real slide's have hundreds. */
const MAX_ELEMENTS = 2 ** 15;
/** Sequences within sequences, as `findElementEnd` has it. */
const MAX_DEPTH = 32;

/**
 * Counts the elements and items inside of elements, before a parser makes an object of each: megabytes of empty ones would
 * take a hundred times as much memory.
 * @throws DicomStructureFault where there are more than 32,768, or sequences are damaged
 */
export function checkElements(view: DataView, elements: readonly DicomElement[], encoding: DicomEncoding): void {
  let count = 0;
  const add = () => {
    if (++count > MAX_ELEMENTS) throw new DicomStructureFault(`more than ${MAX_ELEMENTS} elements in its sequences`);
  };
  const visit = (element: DicomElement, range: DicomEncoding, depth: number): void => {
    add();
    if (!isSequence(view, element, range)) return;
    if (depth > MAX_DEPTH) throw new DicomStructureFault(`more than ${MAX_DEPTH} nested sequences`);
    for (const item of walkItems(view, element, range)) {
      add();
      visitAll(item, depth + 1);
    }
  };
  const visitAll = ({ start, end, encoding: inner }: DicomRange, depth: number): void => {
    for (let at = start; at < end; ) {
      const element = readElement(view, at, inner);
      if (!element || element.tag === TAG.ItemEnd) return;
      visit(element, inner, depth);
      at = findElementEnd(view, element, inner) ?? end;
    }
  };
  for (const element of elements) visit(element, encoding, 0);
}

/** Implicit encodings don't say it: what begins with an item is a sequence. */
function isSequence(view: DataView, { vr, at, length }: DicomElement, { littleEndian }: DicomEncoding): boolean {
  if (vr !== '') return vr === 'SQ' || length === undefined;
  if (length === undefined) return true;
  if (length < 8 || at + 4 > view.byteLength) return false;
  return view.getUint16(at, littleEndian) * 0x1_0000 + view.getUint16(at + 2, littleEndian) === TAG.Item;
}
