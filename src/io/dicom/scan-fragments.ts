import { DicomError } from '../../utils/errors.ts';
import type { ByteSource } from '../source/byte-source.ts';
import { TAG } from './tags.ts';

/** The fragments of encapsulated pixel data. */
export interface Fragments {
  /** Bytes of the file at which their tags stand. */
  readonly starts: readonly number[];
  /** Whether each begins like a picture: JPEG and JPEG-LS (FFD8), JPEG 2000 (FF4F). */
  readonly opens: readonly boolean[];
  /** The byte behind the last one. */
  readonly end: number;
}

/** Tag, length, and the first two bytes of what is in it. */
const PEEK = 10;
const HEADER = 8;

/** Read at once where fragments are as small as `SMALL` bytes: a file of empty ones has a million of them. */
const WINDOW = 4096;
const SMALL = 256;

/**
 * Goes from header to header up to the delimiter behind the last fragment; what is between them is passed over.
 * @throws DicomError for a fragment that leaves the file, for more than `most` of them, and where the delimiter is missing
 */
export async function scanFragments(source: ByteSource, from: number, { most }: { most: number }): Promise<Fragments> {
  const starts: number[] = [];
  const opens: boolean[] = [];
  let window: { from: number; view: DataView } = { from, view: new DataView(new ArrayBuffer(0)) };
  let last = Number.POSITIVE_INFINITY;
  for (let at = from; ; ) {
    if (at + HEADER > source.size) throw new DicomError(source.name, 'pixel data that end without a delimiter');
    const needed = Math.min(PEEK, source.size - at);
    if (at + needed > window.from + window.view.byteLength)
      window = await readWindow(source, at, last < SMALL ? WINDOW : PEEK);
    const { view } = window;
    const here = at - window.from;
    const tag = view.getUint16(here, true) * 0x1_0000 + view.getUint16(here + 2, true);
    const length = view.getUint32(here + 4, true);
    if (tag === TAG.SequenceEnd) return { starts, opens, end: at };
    if (tag !== TAG.Item) throw new DicomError(source.name, `no fragment of pixel data at byte ${at}`);
    if (at + HEADER + length > source.size)
      throw new DicomError(source.name, `the fragment at byte ${at} has ${length} bytes and leaves the file`);
    if (starts.push(at) > most) throw new DicomError(source.name, `more than ${most} fragments of pixel data`);
    opens.push(length >= 2 && OPENINGS.includes(view.getUint16(here + HEADER)));
    at += HEADER + length;
    last = length;
  }
}

/** FFD8 and FF4F. */
const OPENINGS = [0xffd8, 0xff4f];

async function readWindow(source: ByteSource, from: number, length: number): Promise<{ from: number; view: DataView }> {
  const bytes = await source.read(from, Math.min(length, source.size - from));
  return { from, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.length) };
}
