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

/**
 * Goes from header to header, ten bytes each, up to the delimiter behind the last fragment.
 * @throws DicomError for a fragment that leaves the file, for more than `most` of them, and where the delimiter is missing
 */
export async function scanFragments(source: ByteSource, from: number, { most }: { most: number }): Promise<Fragments> {
  const starts: number[] = [];
  const opens: boolean[] = [];
  for (let at = from; ; ) {
    if (at + HEADER > source.size) throw new DicomError(source.name, 'pixel data that end without a delimiter');
    const peeked = await source.read(at, Math.min(PEEK, source.size - at));
    const view = new DataView(peeked.buffer, peeked.byteOffset, peeked.length);
    const tag = view.getUint16(0, true) * 0x1_0000 + view.getUint16(2, true);
    const length = view.getUint32(4, true);
    if (tag === TAG.SequenceEnd) return { starts, opens, end: at };
    if (tag !== TAG.Item) throw new DicomError(source.name, `no fragment of pixel data at byte ${at}`);
    if (at + HEADER + length > source.size)
      throw new DicomError(source.name, `the fragment at byte ${at} has ${length} bytes and leaves the file`);
    if (starts.push(at) > most) throw new DicomError(source.name, `more than ${most} fragments of pixel data`);
    opens.push(length >= 2 && peeked[8] === 0xff && (peeked[9] === 0xd8 || peeked[9] === 0x4f));
    at += HEADER + length;
  }
}
