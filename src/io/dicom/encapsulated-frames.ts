import { DicomError } from '../../utils/errors.ts';
import type { ByteSource } from '../source/byte-source.ts';
import type { DicomElement } from './element.ts';
import type { FrameLimits, FramePlaces, FrameSource } from './frame-source.ts';
import { readFrameTable } from './frame-table.ts';
import type { DicomHead } from './read-head.ts';
import { TAG } from './tags.ts';

/** Tag and length of an item. */
const HEADER = 8;
/** Headers that are read at once. */
const BATCH = 64;

/**
 * Compressed frames: items of fragments behind an offset table (PS3.5, A.4). The table of where frames begin comes from the
 * extended or the basic offset table, or from the headers of the fragments; no pixel data are read for it.
 * @throws DicomError
 */
export async function openEncapsulatedFrames(
  source: ByteSource,
  head: DicomHead & { readonly pixelData: DicomElement },
  limits: FrameLimits,
): Promise<FrameSource> {
  const { starts, ends, lengths, whole } = await readFrameTable(source, head, limits.frames);

  const isPicture = head.syntax.pixels !== 'rle';
  const countPadding = (end: Uint8Array): number => (isPicture && endsPadded(end) ? 1 : 0);

  async function read(frame: number): Promise<Uint8Array> {
    const start = starts[frame] ?? 0;
    const bytes = (ends[frame] ?? 0) - start;
    if (bytes > limits.maxFrameBytes)
      throw new DicomError(
        source.name,
        `frame ${frame} is stored in ${bytes} bytes, more than ${limits.maxFrameBytes}`,
      );
    const joined = joinFragments(await source.read(start, bytes));
    if (!joined) throw new DicomError(source.name, `frame ${frame} is no whole number of fragments`);
    const length = lengths?.[frame] ?? joined.length;
    if (length > joined.length)
      throw new DicomError(source.name, `frame ${frame} has ${joined.length} bytes, its table says ${length}`);
    return joined.subarray(0, length - countPadding(joined.subarray(0, length)));
  }

  /** The bytes of a frame's fragment where it is the only one. */
  async function readStored(frame: number): Promise<number | undefined> {
    const start = starts[frame] ?? 0;
    const end = ends[frame] ?? 0;
    const stored = whole ? end - start - HEADER : readItem(await source.read(start, HEADER), 0);
    if (!stored || start + HEADER + stored !== end) return undefined;
    const length = lengths?.[frame];
    if (length !== undefined) return Math.min(stored, length);
    return stored - countPadding(await source.read(end - Math.min(stored, TAIL), Math.min(stored, TAIL)));
  }

  async function locate(): Promise<FramePlaces | undefined> {
    const offsets = new Float64Array(limits.frames);
    const counts = new Float64Array(limits.frames);
    for (let from = 0; from < limits.frames; from += BATCH) {
      const batch = Array.from({ length: Math.min(BATCH, limits.frames - from) }, (_, i) => readStored(from + i));
      for (const [i, stored] of (await Promise.all(batch)).entries()) {
        if (!stored) return undefined;
        const frame = from + i;
        offsets[frame] = (starts[frame] ?? 0) + HEADER;
        counts[frame] = stored;
      }
    }
    return { offsets, counts };
  }

  return { count: limits.frames, read, locate };
}

/**
 * JPEG, JPEG-LS and JPEG 2000 end with FFD9. Of an odd number of bytes a fragment has a zero behind it, which is no part of
 * the picture: without it a tile may be copied as it is.
 */
function endsPadded(bytes: Uint8Array): boolean {
  const [mark, end, padding] = bytes.subarray(-TAIL);
  return mark === 0xff && end === 0xd9 && padding === 0;
}

const TAIL = 3;

/** The payloads of items that fill `bytes`; undefined where they don't. */
function joinFragments(bytes: Uint8Array): Uint8Array | undefined {
  const fragments: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = readItem(bytes, at);
    if (length === undefined) return undefined;
    at += HEADER;
    if (at + length > bytes.length) return undefined;
    fragments.push(bytes.subarray(at, at + length));
    at += length;
  }
  const [first] = fragments;
  return first && fragments.length === 1 ? first : join(fragments);
}

function join(fragments: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(fragments.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const fragment of fragments) {
    joined.set(fragment, at);
    at += fragment.length;
  }
  return joined;
}

/** The length of the item whose header is at a byte; undefined where there is none. Always little endian. */
function readItem(bytes: Uint8Array, at: number): number | undefined {
  if (at + HEADER > bytes.length) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, HEADER);
  return view.getUint16(0, true) * 0x1_0000 + view.getUint16(2, true) === TAG.Item
    ? view.getUint32(4, true)
    : undefined;
}
