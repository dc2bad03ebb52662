import { appendBytes, type ByteList, createByteList } from './byte-list.ts';
import { findTagEnd, INCOMPLETE, MALFORMED, scanNestedVertex, scanVertexTag } from './scan-tag.ts';
import { createVertexList, rewindVertices, takeVertices, type VertexList } from './vertex-list.ts';

/** Which elements of a kind of file are lifted out. */
export interface MarkupNames {
  /** A drawn shape: its markup is handed over by itself, without its vertices. */
  readonly record: string;
  /** A vertex: attributes X and Y, or with `nested` the children x and y. */
  readonly vertex: string;
  readonly nested?: boolean;
  /** What holds records and says something about all of them: a layer. */
  readonly group?: string;
}

/** Markup of one shape, and what was lifted out of it. */
export interface MarkupRecord {
  /** Bytes of `record.values`, until `rewindRecords`. */
  readonly from: number;
  readonly to: number;
  readonly vertices: Float64Array;
  /** Index of the first vertex without finite numbers; -1 where all have them. */
  readonly firstBad: number;
  /** Which group it lies in, from 0; -1 outside of all. */
  readonly group: number;
}

/** What a group says before its first record: enough for its name and colour long before the file ends. */
export interface GroupHead {
  readonly group: number;
  readonly markup: Uint8Array;
  /** What has to be closed behind `markup`, outermost first. */
  readonly open: readonly string[];
}

/** A scan between two blocks of a file. */
export interface MarkupScan {
  readonly names: MarkupNames;
  /** Whether the vertices of records are views that `rewindVertices` makes void. */
  readonly reuse: boolean;
  readonly vertexName: Uint8Array;
  /** Names of the open elements, as written. */
  readonly open: string[];
  /** How many elements were open where the current record begins; -1 outside of records. */
  recordDepth: number;
  groupDepth: number;
  group: number;
  /** Where the current group begins in `skeleton`. */
  groupStart: number;
  /** Everything outside of records. */
  readonly skeleton: ByteList;
  /** Markup of the records, one behind the other; that of the current one begins at `recordStart`. */
  readonly record: ByteList;
  recordStart: number;
  readonly vertices: VertexList;
  /** Vertices outside of records. */
  readonly strays: VertexList;
  strayCount: number;
  readonly records: MarkupRecord[];
  readonly heads: GroupHead[];
  /** What ends the scan; undefined while all is well. */
  problem: string | undefined;
}

/** Bytes of markup, beside vertices, of one shape and of all that is no shape. */
const MAX_RECORD = 2 ** 20;
const MAX_SKELETON = 2 ** 24;
const MAX_DEPTH = 64;
const LESS = 0x3c;
const GREATER = 0x3e;
const SLASH = 0x2f;
const BANG = 0x21;
const QUESTION = 0x3f;

export function createMarkupScan(names: MarkupNames, reuse = false): MarkupScan {
  return {
    names,
    reuse,
    vertexName: Uint8Array.from(names.vertex, (letter) => letter.charCodeAt(0)),
    open: [],
    recordDepth: -1,
    groupDepth: -1,
    group: -1,
    groupStart: 0,
    skeleton: createByteList(),
    record: createByteList(),
    recordStart: 0,
    vertices: createVertexList(),
    strays: createVertexList(),
    strayCount: 0,
    records: [],
    heads: [],
    problem: undefined,
  };
}

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

/** They are counted only. */
function dropStrays(scan: MarkupScan): void {
  scan.strayCount += scan.strays.count;
  scan.strays.count = 0;
  scan.strays.orders = undefined;
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

/** Called before a start tag is kept. */
function openElement(scan: MarkupScan, local: string): void {
  if (scan.recordDepth >= 0) return;
  const depth = scan.open.length;
  if (local === scan.names.record) {
    scan.recordDepth = depth;
    scan.recordStart = scan.record.length;
  } else if (local === scan.names.group && scan.groupDepth < 0) {
    scan.groupDepth = depth;
    scan.group++;
    scan.groupStart = scan.skeleton.length;
  }
}

/** Called after an end tag was kept. */
function closeElement(scan: MarkupScan): void {
  const depth = scan.open.length;
  if (depth === scan.recordDepth) {
    const { firstBad } = scan.vertices;
    const group = scan.groupDepth < 0 ? -1 : scan.group;
    if (group >= 0 && group !== scan.heads.at(-1)?.group) scan.heads.push(takeHead(scan));
    scan.records.push({
      from: scan.recordStart,
      to: scan.record.length,
      vertices: takeVertices(scan.vertices, scan.reuse),
      firstBad,
      group,
    });
    scan.recordStart = scan.record.length;
    scan.recordDepth = -1;
  } else if (depth === scan.groupDepth) scan.groupDepth = -1;
}

/** Forgets the markup and the vertices of records, which must all have been taken from `records`. */
export function rewindRecords(scan: MarkupScan): void {
  const { record, recordStart } = scan;
  record.values.copyWithin(0, recordStart, record.length);
  record.length -= recordStart;
  scan.recordStart = 0;
  rewindVertices(scan.vertices);
}

function takeHead({ group, skeleton, groupStart, open, groupDepth }: MarkupScan): GroupHead {
  return { group, markup: skeleton.values.slice(groupStart, skeleton.length), open: open.slice(groupDepth) };
}

function pushName(scan: MarkupScan, name: string): void {
  scan.open.push(name);
  if (scan.open.length > MAX_DEPTH) scan.problem = `elements are nested more than ${MAX_DEPTH} deep`;
}

function keep(scan: MarkupScan, bytes: Uint8Array, from: number, to: number): void {
  const inside = scan.recordDepth >= 0;
  const list = inside ? scan.record : scan.skeleton;
  const most = inside ? MAX_RECORD : MAX_SKELETON;
  const length = list.length - (inside ? scan.recordStart : 0);
  if (length + to - from > most) scan.problem = `more than ${most} bytes of markup beside vertices`;
  else appendBytes(list, bytes, from, to);
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

/** A longer name is no name of ours, and a string of a megabyte nobody needs. */
const LONGEST_NAME = 256;
/** Names that were read before, by a number that is made of their bytes: most tags of a file have one of a few. */
const known = new Map<number, { readonly name: string; readonly bytes: Uint8Array }>();
const MOST_KNOWN = 256;

function readName(bytes: Uint8Array, from: number, to: number): string {
  const end = Math.min(to, from + LONGEST_NAME);
  let hash = end - from;
  for (let p = from; p < end; p++) hash = (Math.imul(hash, 31) + bytes[p]!) | 0;
  const found = known.get(hash);
  if (found !== undefined && isSame(found.bytes, bytes, from, end)) return found.name;
  let name = '';
  for (let p = from; p < end; p++) name += String.fromCharCode(bytes[p]!);
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(hash, { name, bytes: bytes.slice(from, end) });
  return name;
}

function isSame(name: Uint8Array, bytes: Uint8Array, from: number, end: number): boolean {
  if (name.length !== end - from) return false;
  for (let k = 0; k < name.length; k++) if (name[k] !== bytes[from + k]) return false;
  return true;
}

function localName(name: string): string {
  const colon = name.indexOf(':');
  return colon < 0 ? name : name.slice(colon + 1);
}
