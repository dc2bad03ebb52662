import type { ByteSource } from '../../../io/source/byte-source.ts';
import { CodecError } from '../../../utils/errors.ts';

/** Where a page's one picture lies in the file, in bytes. */
export interface Strip {
  readonly offset: number;
  readonly count: number;
}

/** What the headers of a page's JPEG say. */
export interface StreamHead {
  /** Segments up to the scan's data without comments, application data (but for the colour markers) and restart interval. */
  readonly bytes: Uint8Array;
  /** Where the height stands in `bytes`, 2 bytes; the width follows it. */
  readonly sizeAt: number;
  /** Pixels as stored: 0 on an axis where it is more than 65,535. */
  readonly width: number;
  readonly height: number;
  /** Pixels of a minimum coded unit. */
  readonly unitWidth: number;
  readonly unitHeight: number;
  /** Units from one restart marker to the next; 0 without. */
  readonly interval: number;
  /** One sequential Huffman scan holds all components: restart intervals can be decoded by themselves. */
  readonly separable: boolean;
  /** Where the scan's data begin in the stream. */
  readonly dataAt: number;
}

const MARKER = { EndOfImage: 0xd9, StartOfScan: 0xda, RestartInterval: 0xdd, Comment: 0xfe } as const;
/** Application segments that say what the colours are: JFIF and Adobe. */
const COLOUR_MARKERS = [0xe0, 0xee];

/** Headers take some 700 bytes; a colour profile or a preview in them may take more. */
const READS = [4096, 65_536, 2 ** 20];

/** What stands before each tile's data: tables of less than 4 KiB, and colour markers. */
const MAX_KEPT = 65_536;

/** @throws CodecError where the headers are damaged, or longer than 1 MiB */
export async function readStreamHead(source: ByteSource, { offset, count }: Strip): Promise<StreamHead> {
  for (const length of READS) {
    const head = parseStreamHead(await source.read(offset, Math.min(length, count)));
    if (head) return head;
    if (length >= count) break;
  }
  throw new CodecError('jpeg', 'no scan within the first MiB of the stream');
}

/** @returns undefined where the headers go on beyond `bytes`. @throws CodecError */
function parseStreamHead(bytes: Uint8Array): StreamHead | undefined {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) throw new CodecError('jpeg', 'no start marker (FFD8)');
  const kept: Uint8Array[] = [bytes.subarray(0, 2)];
  let frame: { segment: Uint8Array; at: number } | undefined;
  let interval = 0;
  for (let at = 2; at + 4 <= bytes.length; ) {
    // Any number of FF may stand before a marker.
    if (bytes[at] === 0xff && bytes[at + 1] === 0xff) {
      at++;
      continue;
    }
    const marker = bytes[at + 1] ?? 0;
    if (bytes[at] !== 0xff || marker === MARKER.EndOfImage) throw new CodecError('jpeg', `no segment at byte ${at}`);
    const end = at + 2 + readUint16(bytes, at + 2);
    if (end < at + 4) throw new CodecError('jpeg', `the segment at byte ${at} is too short`);
    if (end > bytes.length) return undefined;
    const segment = bytes.subarray(at, end);
    at = end;
    if (marker === MARKER.RestartInterval) interval = readUint16(segment, 4);
    if (isFrameMarker(marker)) frame = { segment, at: countBytes(kept) };
    if (isKept(marker)) kept.push(segment);
    if (countBytes(kept) > MAX_KEPT) throw new CodecError('jpeg', `more than ${MAX_KEPT} bytes of tables`);
    if (marker === MARKER.StartOfScan) return describeHead({ kept, frame, interval, scan: segment, dataAt: end });
  }
  return undefined;
}

interface FoundSegments {
  readonly kept: readonly Uint8Array[];
  readonly frame: { readonly segment: Uint8Array; readonly at: number } | undefined;
  readonly interval: number;
  readonly scan: Uint8Array;
  readonly dataAt: number;
}

function describeHead({ kept, frame, interval, scan, dataAt }: FoundSegments): StreamHead {
  if (!frame || frame.segment.length < 10) throw new CodecError('jpeg', 'no frame header before the first scan');
  const { segment } = frame;
  const factors = segment.subarray(11).filter((_, i) => i % 3 === 0);
  const components = segment[9] ?? 0;
  if (factors.length === 0 || factors.length !== components) throw new CodecError('jpeg', 'a damaged frame header');
  const single = components === 1;
  const sequential = segment[1] === 0xc0 || segment[1] === 0xc1;
  return {
    bytes: Buffer.concat(kept),
    sizeAt: frame.at + 5,
    height: readUint16(segment, 5),
    width: readUint16(segment, 7),
    // A single component is not interleaved: its unit is one block (T.81, A.2.2).
    unitWidth: single ? 8 : 8 * Math.max(...factors.map((factor) => factor >> 4)),
    unitHeight: single ? 8 : 8 * Math.max(...factors.map((factor) => factor & 15)),
    interval,
    separable: sequential && scan[4] === components,
    dataAt,
  };
}

/** SOF0 to SOF15 without DHT (C4), JPG (C8) and DAC (CC). */
function isFrameMarker(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

function isKept(marker: number): boolean {
  const application = marker >= 0xe0 && marker <= 0xef;
  return application ? COLOUR_MARKERS.includes(marker) : marker !== MARKER.Comment && marker !== MARKER.RestartInterval;
}

function countBytes(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, { length }) => sum + length, 0);
}

function readUint16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}
