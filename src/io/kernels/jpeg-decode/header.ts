import { CodecError } from '../../../utils/errors.ts';
import { explainUnsupportedFrame, explainUnsupportedScan } from './support.ts';
import { type JpegTables, NO_TABLES, readHuffman, readQuantisation } from './tables.ts';

/** What the headers of a JPEG stream say, with the tables that its one scan uses. */
export interface JpegHeader {
  readonly width: number;
  readonly height: number;
  /** Bits a sample. */
  readonly precision: number;
  readonly components: number;
  /** Luma blocks of a minimum coded unit across and down; chroma has one. 1 and 1 for grey. */
  readonly across: number;
  readonly down: number;
  readonly colour: 'grey' | 'ycbcr' | 'rgb';
  /** Units between restart markers; 0 without. */
  readonly restartInterval: number;
  /** Where the entropy-coded data begin. */
  readonly scan: number;
  /** One for each component; empty where the stream can't be decoded here. */
  readonly tables: readonly ComponentTables[];
  /** Why the kernels don't decode such a stream (it may be a good one: hand it to libjpeg); undefined where they do. */
  readonly unsupported: string | undefined;
}

export interface ComponentTables {
  readonly quantisation: Uint16Array;
  readonly dc: Uint8Array;
  readonly ac: Uint8Array;
}

export interface JpegHeaderContext {
  /** Tables from outside the stream (TIFF tag 347), parsed once by `parseJpegTables`; the stream's own ones win. */
  readonly tables?: JpegTables | undefined;
  /**
   * What the container says of three components (TIFF tag 262: 2 is RGB, 6 YCbCr). It wins over the stream, save where RGB
   * can't be: Bio-Formats labels as RGB what an ordinary encoder wrote, JFIF or Adobe YCbCr or with less chroma.
   */
  readonly colour?: 'rgb' | 'ycbcr' | undefined;
}

const MARKER = {
  Huffman: 0xc4,
  Arithmetic: 0xcc,
  EndOfImage: 0xd9,
  StartOfScan: 0xda,
  Quantisation: 0xdb,
  RestartInterval: 0xdd,
  Jfif: 0xe0,
  Adobe: 0xee,
} as const;

interface Found {
  tables: JpegTables;
  frame: Uint8Array | undefined;
  frameMarker: number;
  scanHeader: Uint8Array | undefined;
  scan: number;
  restartInterval: number;
  jfif: boolean;
  /** The transform of an Adobe segment; -1 without one. */
  adobe: number;
}

/** Parses a tables-only stream (TIFF tag 347). Cheap, but worth keeping: one object for all tiles of a level. @throws CodecError */
export function parseJpegTables(bytes: Uint8Array): JpegTables {
  return walk(bytes, undefined).tables;
}

/** The headers that were parsed last: the tiles of a level have the same ones. */
let known: { readonly bytes: Uint8Array; readonly context: JpegHeaderContext; readonly header: JpegHeader } | undefined;
/** Longer headers hold more than tables, and are not kept. */
const LONGEST_KNOWN = 2048;

/**
 * Parses the headers up to the first scan. Streams that are sound but not for the kernels come back with `unsupported`.
 * Streams that begin alike get one object, as long as no other ones come between them.
 * @throws CodecError where the headers are damaged or contradict each other
 */
export function parseJpegHeader(bytes: Uint8Array, context: JpegHeaderContext = {}): JpegHeader {
  if (
    known &&
    known.context.tables === context.tables &&
    known.context.colour === context.colour &&
    startsWith(bytes, known.bytes)
  )
    return known.header;
  const header = parse(bytes, context);
  if (header.scan <= LONGEST_KNOWN) {
    const { tables, colour } = context;
    known = { bytes: bytes.slice(0, header.scan), context: { tables, colour }, header };
  }
  return header;
}

function parse(bytes: Uint8Array, { tables, colour }: JpegHeaderContext): JpegHeader {
  const found = walk(bytes, tables);
  const { frame, scanHeader } = found;
  if (frame === undefined) fail('no frame header before the first scan');
  if (scanHeader === undefined) fail('no scan');
  const components = frame[5]!;
  if (components === 0 || frame.length < 6 + 3 * components) fail('a frame header that is too short');
  const shape = {
    precision: frame[0]!,
    height: (frame[1]! << 8) | frame[2]!,
    width: (frame[3]! << 8) | frame[4]!,
    components,
    across: components === 1 ? 1 : frame[7]! >> 4,
    down: components === 1 ? 1 : frame[7]! & 15,
    colour: components === 1 ? ('grey' as const) : chooseColour(found, frame, colour),
    restartInterval: found.restartInterval,
    scan: found.scan,
  };
  if (shape.width === 0 || shape.height === 0) fail('a frame without pixels');
  const { frameMarker, tables: own } = found;
  const unsupported =
    explainUnsupportedFrame(frame, { ...shape, frameMarker }) ?? explainUnsupportedScan(frame, scanHeader, own);
  if (unsupported !== undefined) return { ...shape, tables: [], unsupported };
  return { ...shape, tables: chooseTables(frame, scanHeader, found.tables), unsupported: undefined };
}

/** Walks the marker segments from the start to the first scan or the end (ITU T.81, annex B). */
function walk(bytes: Uint8Array, shared: JpegTables | undefined): Found {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) fail('no start marker (FFD8)');
  const found: Found = {
    tables: shared ?? NO_TABLES,
    frame: undefined,
    frameMarker: 0,
    scanHeader: undefined,
    scan: 0,
    restartInterval: 0,
    jfif: false,
    adobe: -1,
  };
  for (let at = 2; at < bytes.length; ) {
    // Fill bytes: any number of FF may stand before a marker.
    while (bytes[at] === 0xff && bytes[at + 1] === 0xff) at++;
    const marker = bytes[at + 1];
    if (bytes[at] !== 0xff || marker === undefined) fail(`no marker at byte ${at}`);
    if (marker === MARKER.EndOfImage) break;
    const end = at + 2 + (((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0));
    if (end < at + 4 || end > bytes.length) fail(`the segment at byte ${at} leaves the stream`);
    const segment = bytes.subarray(at + 4, end);
    at = end;
    if (marker === MARKER.StartOfScan) {
      found.scanHeader = segment;
      found.scan = end;
      break;
    }
    readSegment(found, marker, segment);
  }
  return found;
}

function readSegment(found: Found, marker: number, segment: Uint8Array): void {
  if (marker === MARKER.Quantisation) found.tables = readQuantisation(segment, found.tables);
  else if (marker === MARKER.Huffman) found.tables = readHuffman(segment, found.tables);
  else if (marker === MARKER.RestartInterval) {
    if (segment.length < 2) fail('a restart interval that is too short');
    found.restartInterval = (segment[0]! << 8) | segment[1]!;
  } else if (marker === MARKER.Jfif) found.jfif ||= startsWithText(segment, 'JFIF\0');
  else if (marker === MARKER.Adobe) {
    if (segment.length >= 12 && startsWithText(segment, 'Adobe')) found.adobe = segment[11]!;
  } else if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc8 && marker !== MARKER.Arithmetic) {
    if (found.frame) fail('two frame headers');
    if (segment.length < 6) fail('a frame header that is too short');
    found.frame = segment;
    found.frameMarker = marker;
  }
}

function startsWith(bytes: Uint8Array, start: Uint8Array): boolean {
  for (let i = 0; i < start.length; i++) if (bytes[i] !== start[i]) return false;
  return true;
}

function startsWithText(segment: Uint8Array, text: string): boolean {
  for (let i = 0; i < text.length; i++) if (segment[i] !== text.charCodeAt(i)) return false;
  return true;
}

function chooseColour(found: Found, frame: Uint8Array, told: 'rgb' | 'ycbcr' | undefined): 'rgb' | 'ycbcr' {
  if (told === undefined) return guessColour(found, frame);
  if (told === 'ycbcr' || found.adobe >= 0) return told === 'rgb' && found.adobe === 0 ? 'rgb' : 'ycbcr';
  const subsampled = frame[7] !== frame[10] || frame[7] !== frame[13];
  return found.jfif || subsampled ? 'ycbcr' : 'rgb';
}

/** As libjpeg guesses: JFIF means YCbCr, then Adobe's transform, then component ids "RGB". */
function guessColour({ jfif, adobe }: Found, frame: Uint8Array): 'rgb' | 'ycbcr' {
  if (jfif) return 'ycbcr';
  if (adobe >= 0) return adobe === 0 ? 'rgb' : 'ycbcr';
  return frame[6] === 0x52 && frame[9] === 0x47 && frame[12] === 0x42 ? 'rgb' : 'ycbcr';
}

function chooseTables(frame: Uint8Array, scan: Uint8Array, tables: JpegTables): ComponentTables[] {
  const chosen: ComponentTables[] = [];
  for (let i = 0; i < frame[5]!; i++) {
    const number = frame[8 + 3 * i]!;
    const quantisation = tables.quantisation[number];
    if (!quantisation) fail(`quantisation table ${number} is missing`);
    const numbers = scan[2 + 2 * i]!;
    chosen.push({ quantisation, dc: tables.dc[numbers >> 4]!, ac: tables.ac[numbers & 15]! });
  }
  return chosen;
}

function fail(problem: string): never {
  throw new CodecError('jpeg', problem);
}
