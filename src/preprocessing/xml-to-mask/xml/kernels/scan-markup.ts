import { closeElement, dropStrays, keep, openElement, pushName } from './markup-elements.ts';
import { localName, readName } from './markup-names.ts';
import type { MarkupScan } from './markup-scan.ts';
import { findTagEnd, INCOMPLETE, MALFORMED, scanNestedVertex, scanVertexTag } from './scan-tag.ts';

const LESS = 0x3c;
const GREATER = 0x3e;
const SLASH = 0x2f;
const BANG = 0x21;
const QUESTION = 0x3f;

/**
 * Scans bytes [0, end) of a block and appends to `scan.records`. Returns how far it came: the start of a token that the
 * block does not hold whole, or of what `scan.problem` is about.
 */
export function scanMarkup(scan: MarkupScan, bytes: Uint8Array, end: number): number {
  const { vertexName } = scan;
  const plain = scan.names.nested !== true;
  let p = 0;
  while (p < end) {
    if (bytes[p]! <= 0x20) {
      p++;
      continue;
    }
    let next: number;
    if (bytes[p] !== LESS) next = takeText(scan, bytes, p, end);
    else if (p + 1 >= end) return p;
    else if (plain && isNamed(bytes, p + 1, end, vertexName)) next = takeVertex(scan, bytes, p, end);
    else next = takeMarkup(scan, bytes, p, end);
    if (next === INCOMPLETE) return p;
    if (next === MALFORMED) scan.problem ??= 'a tag is not written as XML asks';
    if (scan.problem !== undefined) return p;
    p = next;
  }
  return p;
}

function isNamed(bytes: Uint8Array, at: number, end: number, name: Uint8Array): boolean {
  const stop = at + name.length;
  if (stop >= end || bytes[at] !== name[0]) return false;
  for (let k = 1; k < name.length; k++) if (bytes[at + k] !== name[k]) return false;
  const after = bytes[stop]!;
  return after <= 0x20 || after === SLASH;
}

function takeVertex(scan: MarkupScan, bytes: Uint8Array, at: number, end: number): number {
  const inside = scan.recordDepth >= 0;
  const list = inside ? scan.vertices : scan.strays;
  const next = scanVertexTag(bytes, at + 1 + scan.vertexName.length, end, list);
  if (next < 0) return next;
  if (bytes[next - 2] !== SLASH) pushName(scan, scan.names.vertex);
  if (!inside) dropStrays(scan);
  return next;
}

/** Text up to the next tag. */
function takeText(scan: MarkupScan, bytes: Uint8Array, at: number, end: number): number {
  let p = at;
  while (p < end && bytes[p] !== LESS) p++;
  if (p >= end) return INCOMPLETE;
  if (scan.open.length === 0) scan.problem = 'text outside of all elements';
  keep(scan, bytes, at, p);
  return p;
}

function takeMarkup(scan: MarkupScan, bytes: Uint8Array, at: number, end: number): number {
  const byte = bytes[at + 1];
  if (byte === BANG) return takeBang(scan, bytes, at, end);
  if (byte === QUESTION) return findAfter(bytes, at + 2, end, '?>');
  if (byte === SLASH) return takeEndTag(scan, bytes, at, end);
  return takeStartTag(scan, bytes, at, end);
}

/** Comments are left out, CDATA is kept, a document type is refused. */
function takeBang(scan: MarkupScan, bytes: Uint8Array, at: number, end: number): number {
  if (at + 9 > end) return INCOMPLETE;
  if (bytes[at + 2] === 0x2d && bytes[at + 3] === 0x2d) return findAfter(bytes, at + 4, end, '-->');
  if (readName(bytes, at + 2, at + 9) !== '[CDATA[') {
    scan.problem = 'it declares a document type, which is never read (entities of its own can eat all memory)';
    return MALFORMED;
  }
  const next = findAfter(bytes, at + 9, end, ']]>');
  if (next >= 0) keep(scan, bytes, at, next);
  return next;
}

function takeEndTag(scan: MarkupScan, bytes: Uint8Array, at: number, end: number): number {
  const next = findTagEnd(bytes, at + 2, end);
  if (next < 0) return next;
  let stop = next - 1;
  while (stop > at + 2 && bytes[stop - 1]! <= 0x20) stop--;
  const name = readName(bytes, at + 2, stop);
  const open = scan.open.pop();
  if (open !== name) {
    scan.problem = open === undefined ? `</${name}> closes nothing` : `</${name}> where <${open}> is open`;
    return MALFORMED;
  }
  if (localName(name) === scan.names.vertex) return next;
  keep(scan, bytes, at, next);
  closeElement(scan);
  return next;
}

function takeStartTag(scan: MarkupScan, bytes: Uint8Array, at: number, end: number): number {
  let stop = at + 1;
  while (stop < end && !endsName(bytes[stop]!)) stop++;
  if (stop >= end) return INCOMPLETE;
  const name = readName(bytes, at + 1, stop);
  const local = localName(name);
  if (name === '') return MALFORMED;
  if (local === scan.names.vertex) return takeOddVertex(scan, bytes, { at, stop, end, name });
  const next = findTagEnd(bytes, stop, end);
  if (next < 0) return next;
  openElement(scan, local);
  keep(scan, bytes, at, next);
  pushName(scan, name);
  if (bytes[next - 2] === SLASH) {
    scan.open.pop();
    closeElement(scan);
  }
  return next;
}

/** A vertex with a prefix before its name, or with its numbers as children. */
function takeOddVertex(
  scan: MarkupScan,
  bytes: Uint8Array,
  { at, stop, end, name }: { at: number; stop: number; end: number; name: string },
): number {
  const list = scan.recordDepth >= 0 ? scan.vertices : scan.strays;
  let next = scan.names.nested ? findTagEnd(bytes, stop, end) : scanVertexTag(bytes, stop, end, list);
  if (next < 0) return next;
  const closed = bytes[next - 2] === SLASH && next - 2 > at;
  if (scan.names.nested && !closed) next = scanNestedVertex(bytes, next, end, list);
  if (next < 0) return next;
  if (!closed) pushName(scan, name);
  if (scan.recordDepth < 0) dropStrays(scan);
  return next;
}

function findAfter(bytes: Uint8Array, from: number, end: number, mark: string): number {
  const first = mark.charCodeAt(0);
  const last = mark.length - 1;
  for (let p = from; p + last < end; p++) {
    if (bytes[p] !== first) continue;
    let k = 1;
    while (k <= last && bytes[p + k] === mark.charCodeAt(k)) k++;
    if (k > last) return p + mark.length;
  }
  return INCOMPLETE;
}

/** A blank, `/`, `<` or `>`. */
function endsName(byte: number): boolean {
  return byte <= 0x20 || byte === SLASH || byte === LESS || byte === GREATER;
}
