import { appendBytes, type ByteList, createByteList } from '../../../xml/kernels/byte-list.ts';

/** Splits JSON into the elements of its one big list; what they mean is for `JSON.parse`. */
export interface ElementScan {
  readonly listKey: string;
  readonly limit: number;
  /** Bytes of the elements that are whole. */
  readonly elements: Uint8Array[];
  /** The element under way. */
  readonly element: ByteList;
  /** All else, with `0` in the place of each element. */
  readonly rest: ByteList;
  inElement: boolean;
  depth: number;
  /** Depth inside the list; 0 before it was found. */
  listDepth: number;
  listDone: boolean;
  inString: boolean;
  escaped: boolean;
  /** The last string outside of the list, to know a list by its key. */
  readonly key: ByteList;
  offset: number;
  problem: string | undefined;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const ZERO = Uint8Array.of(0x30);
const MAX_DEPTH = 1000;

export function createElementScan(listKey: string, limit: number): ElementScan {
  return {
    listKey,
    limit,
    elements: [],
    element: createByteList(),
    rest: createByteList(),
    inElement: false,
    depth: 0,
    listDepth: 0,
    listDone: false,
    inString: false,
    escaped: false,
    key: createByteList(),
    offset: 0,
    problem: undefined,
  };
}

/** Takes the next block of a file; whole elements are appended to `scan.elements`. */
export function scanElements(scan: ElementScan, bytes: Uint8Array): void {
  // Where what is kept begins: bytes [from, p) belong together.
  let from = 0;
  for (let p = 0; p < bytes.length && scan.problem === undefined; p++) {
    if (scan.inString) {
      p = skipString(scan, bytes, p);
      continue;
    }
    const byte = bytes[p]!;
    if (isIn(scan) && !scan.inElement && byte > 0x20 && byte !== COMMA && byte !== CLOSE_LIST) {
      keep(scan, bytes, from, p);
      keep(scan, ZERO, 0, 1);
      scan.inElement = true;
      from = p;
    }
    if (byte === QUOTE) {
      scan.inString = true;
      scan.key.length = 0;
    } else if (byte === OPEN_LIST || byte === OPEN_OBJECT) open(scan, byte);
    else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT || byte === COMMA) {
      if (scan.inElement && scan.depth === scan.listDepth) {
        keep(scan, bytes, from, p);
        from = p;
        endElement(scan);
      }
      if (byte !== COMMA) close(scan);
    }
  }
  keep(scan, bytes, from, bytes.length);
  scan.offset += bytes.length;
}

/** Called at the end of the file. */
export function finishElements(scan: ElementScan): void {
  if (scan.problem !== undefined) return;
  if (scan.depth > 0 || scan.inString)
    scan.problem = 'the file ends too early: it was cut off, or a bracket is missing';
}

/** Whether the scan stands in the list itself or in one of its elements. */
function isIn(scan: ElementScan): boolean {
  return scan.listDepth > 0 && !scan.listDone;
}

/** Runs to the end of the string or of the block, and returns where the next byte is looked at less one. */
function skipString(scan: ElementScan, bytes: Uint8Array, at: number): number {
  let p = at;
  for (; p < bytes.length; p++) {
    const byte = bytes[p]!;
    if (scan.escaped) scan.escaped = false;
    else if (byte === BACKSLASH) scan.escaped = true;
    else if (byte === QUOTE) {
      scan.inString = false;
      break;
    }
  }
  if (!isIn(scan) && scan.key.length < 64) appendBytes(scan.key, bytes, at, Math.min(p, at + 64));
  return p;
}

function open(scan: ElementScan, byte: number): void {
  scan.depth++;
  if (scan.depth > MAX_DEPTH) scan.problem = `brackets are nested more than ${MAX_DEPTH} deep`;
  if (scan.listDepth > 0 || byte !== OPEN_LIST) return;
  if (scan.depth === 1 || (scan.depth === 2 && isListKey(scan))) scan.listDepth = scan.depth;
}

function isListKey({ key, listKey }: ElementScan): boolean {
  if (key.length !== listKey.length) return false;
  for (let k = 0; k < key.length; k++) if (key.values[k] !== listKey.charCodeAt(k)) return false;
  return true;
}

function close(scan: ElementScan): void {
  if (scan.depth === 0) scan.problem = 'a bracket is closed that was never opened';
  if (scan.depth === scan.listDepth) scan.listDone = true;
  scan.depth--;
}

function endElement(scan: ElementScan): void {
  scan.elements.push(scan.element.values.slice(0, scan.element.length));
  scan.element.length = 0;
  scan.inElement = false;
}

function keep(scan: ElementScan, bytes: Uint8Array, from: number, to: number): void {
  const list = scan.inElement ? scan.element : scan.rest;
  if (list.length + to - from > scan.limit)
    scan.problem = `one value of more than ${scan.limit / 2 ** 20} MiB, which is not parsed in one piece`;
  else appendBytes(list, bytes, from, to);
}
