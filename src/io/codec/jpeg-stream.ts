import { CodecError } from '../../utils/errors.ts';
import { PHOTOMETRIC } from '../tiff/tags.ts';
import type { TileParameters } from './tile-codec.ts';

/** What the frame header (SOFn) of a JPEG stream says. */
export interface JpegFrame {
  readonly width: number;
  readonly height: number;
  readonly components: number;
  readonly precision: number;
  /** Some component has fewer samples than another. */
  readonly subsampled: boolean;
}

/** A stream that any JPEG decoder reads with the colours that the TIFF means. */
export interface JpegStream {
  readonly frame: JpegFrame;
  readonly bytes: Uint8Array;
}

/** A complete JPEG from an abbreviated one: `createJpegHead`, and the tile from its first scan on. @throws CodecError */
export function createJpegStream(tile: Uint8Array, parameters: HeadParameters): JpegStream {
  const { frame, head, scan } = createJpegHead(tile, parameters);
  return { frame, bytes: Buffer.concat([head, tile.subarray(scan)]) };
}

/** What stands before the first scan of a complete JPEG. */
export interface JpegHead {
  readonly frame: JpegFrame;
  readonly head: Uint8Array;
  /** Offset of the first scan's marker in the tile. */
  readonly scan: number;
}

type HeadParameters = Pick<TileParameters, 'jpegTables' | 'photometric'>;

/**
 * Start marker, colour marker, shared tables and the tile's own segments.
 *
 * A decoder guesses colours from APPn segments and component ids. In a TIFF PhotometricInterpretation says what they are:
 * RGB tiles (photometric 2, as Aperio writes them) carry ids 0, 1, 2 and no colour marker, from which every libjpeg
 * concludes YCbCr: colours are off by 50 levels. So all APPn and comments are left out, also because an ICC profile in
 * them would change the pixels, and an Adobe APP14 segment says what is meant.
 * @throws CodecError where the headers are damaged
 */
export function createJpegHead(tile: Uint8Array, { jpegTables, photometric }: HeadParameters): JpegHead {
  const own = readSegments(tile, 'the tile');
  if (!own.frame) fail('no frame header before the first scan');
  if (own.scan === undefined) fail('no scan');
  const shared = jpegTables ? readSegments(jpegTables, 'JPEGTables').kept : [];
  const rgb = photometric === PHOTOMETRIC.Rgb && !contradictsRgb(own);
  const colour = own.frame.components === 3 ? [createAdobeSegment(rgb ? 0 : 1)] : [];
  return { frame: own.frame, head: Buffer.concat([START, ...colour, ...shared, ...own.kept]), scan: own.scan };
}

/**
 * Bio-Formats labels YCbCr tiles as RGB. Such tiles come from an ordinary JPEG encoder: they are JFIF, which is YCbCr by
 * definition, or say so in an Adobe segment, or have fewer samples of chroma, which RGB never has.
 */
function contradictsRgb({ frame, colourMarker }: Segments): boolean {
  return colourMarker === 'YCbCr' || (colourMarker === undefined && frame?.subsampled === true);
}

const START = Uint8Array.of(0xff, 0xd8);

/** APP14 "Adobe", version 100, no flags; transform 0 is RGB, 1 is YCbCr. */
function createAdobeSegment(transform: number): Uint8Array {
  return Uint8Array.of(0xff, 0xee, 0, 14, 0x41, 0x64, 0x6f, 0x62, 0x65, 0, 100, 0, 0, 0, 0, transform);
}

const MARKER = {
  EndOfImage: 0xd9,
  StartOfScan: 0xda,
  FirstApp: 0xe0,
  Adobe: 0xee,
  LastApp: 0xef,
  Comment: 0xfe,
} as const;

interface Segments {
  /** Segments up to the first scan, markers included, without APPn and comments. */
  readonly kept: readonly Uint8Array[];
  readonly frame: JpegFrame | undefined;
  /** What a JFIF or Adobe segment says of three components. */
  readonly colourMarker: 'RGB' | 'YCbCr' | undefined;
  /** Offset of the first scan's marker. */
  readonly scan: number | undefined;
}

/** Walks the marker segments from the start to the first scan (ITU T.81, annex B). */
function readSegments(bytes: Uint8Array, what: string): Segments {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) fail(`no start marker (FFD8) in ${what}`);
  const kept: Uint8Array[] = [];
  let frame: JpegFrame | undefined;
  let colourMarker: Segments['colourMarker'];
  let at = 2;
  while (at < bytes.length) {
    // Fill bytes: any number of FF may stand before a marker.
    while (bytes[at] === 0xff && bytes[at + 1] === 0xff) at++;
    const marker = bytes[at + 1];
    if (bytes[at] !== 0xff || marker === undefined) fail(`no marker at byte ${at} of ${what}`);
    if (marker === MARKER.EndOfImage) break;
    if (marker === MARKER.StartOfScan) return { kept, frame, colourMarker, scan: at };
    const length = ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0);
    const end = at + 2 + length;
    if (length < 2 || end > bytes.length) fail(`the segment at byte ${at} of ${what} leaves it`);
    const segment = bytes.subarray(at, end);
    if (isFrameMarker(marker)) frame = readFrame(segment);
    if (marker === MARKER.FirstApp || marker === MARKER.Adobe) colourMarker = readColourMarker(segment) ?? colourMarker;
    const spare = (marker >= MARKER.FirstApp && marker <= MARKER.LastApp) || marker === MARKER.Comment;
    if (!spare) kept.push(segment);
    at = end;
  }
  return { kept, frame, colourMarker, scan: undefined };
}

/** Of an APP0 "JFIF" or an APP14 "Adobe" segment, whose twelfth byte is the transform: 0 none, 1 YCbCr. */
function readColourMarker(segment: Uint8Array): 'RGB' | 'YCbCr' | undefined {
  const name = Buffer.from(segment.subarray(4, 9)).toString('latin1');
  if (name === 'JFIF\0') return 'YCbCr';
  if (name !== 'Adobe' || segment.length < 16) return undefined;
  return segment[15] === 0 ? 'RGB' : 'YCbCr';
}

/** SOF0 to SOF15 without DHT (C4), JPG (C8) and DAC (CC). */
function isFrameMarker(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

function readFrame(segment: Uint8Array): JpegFrame {
  if (segment.length < 10) fail('a frame header that is too short');
  const view = new DataView(segment.buffer, segment.byteOffset, segment.byteLength);
  const factors = segment.subarray(11).filter((_, i) => i % 3 === 0);
  return {
    precision: view.getUint8(4),
    height: view.getUint16(5),
    width: view.getUint16(7),
    components: view.getUint8(9),
    subsampled: factors.some((factor) => factor !== factors[0]),
  };
}

function fail(problem: string): never {
  throw new CodecError('jpeg', problem);
}
