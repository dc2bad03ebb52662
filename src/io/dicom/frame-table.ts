import { DicomError } from '../../utils/errors.ts';
import type { ByteSource } from '../source/byte-source.ts';
import type { DicomElement } from './element.ts';
import type { DicomHead } from './read-head.ts';
import { type Fragments, scanFragments } from './scan-fragments.ts';
import { TAG } from './tags.ts';

/** Where compressed frames lie: from the tag of each one's first fragment to behind its last fragment. */
export interface FrameTable {
  readonly starts: Float64Array;
  readonly ends: Float64Array;
  /** Bytes without padding, where the file says so. */
  readonly lengths?: Float64Array;
  /** Each frame is known to be one fragment. */
  readonly whole?: boolean;
}

const HEADER = 8;

/**
 * The extended offset table where there is one, else the basic one, else what the headers of the fragments say. A basic
 * table is also passed over where its 32 bits ran over, as in files above 4 GiB of some writers.
 * @throws DicomError
 */
export async function readFrameTable(
  source: ByteSource,
  head: DicomHead & { readonly pixelData: DicomElement },
  frames: number,
): Promise<FrameTable> {
  const { at, length } = head.pixelData;
  if (length !== undefined) throw new DicomError(source.name, 'pixel data that are not in fragments');
  // Each frame has at least the header of a fragment: a number of frames is believed only when there is room for it.
  if (at + HEADER + frames * HEADER > source.size)
    throw new DicomError(source.name, `${source.size - at} bytes of pixel data for ${frames} frames`);
  const basic = await readBasicTable(source, at);
  return (
    readExtendedTable(source, head, { base: basic.end, frames }) ??
    (await fromBasicTable(source, basic, frames)) ??
    (await fromFragments(source, basic.end, frames))
  );
}

/** (7FE0,0001) and (7FE0,0002): 64 bits for each frame, which is one fragment (PS3.3, C.7.6.3.1.8). */
function readExtendedTable(
  source: ByteSource,
  { view, elements }: DicomHead,
  { base, frames }: { base: number; frames: number },
): FrameTable | undefined {
  const offsets = elements.find(({ tag }) => tag === TAG.ExtendedOffsetTable);
  if (!offsets?.length) return undefined;
  const lengths = elements.find(({ tag }) => tag === TAG.ExtendedOffsetTableLengths);
  if (offsets.length !== frames * 8 || lengths?.length !== frames * 8)
    throw new DicomError(source.name, `an extended offset table that is not for ${frames} frames`);
  const table = { starts: new Float64Array(frames), ends: new Float64Array(frames), lengths: new Float64Array(frames) };
  for (let frame = 0; frame < frames; frame++) {
    const start = base + Number(view.getBigUint64(offsets.at + frame * 8, true));
    const length = Number(view.getBigUint64(lengths.at + frame * 8, true));
    const end = start + HEADER + length + (length % 2);
    if (end > source.size) throw new DicomError(source.name, `frame ${frame} lies beyond the end of the file`);
    table.starts[frame] = start;
    table.lengths[frame] = length;
    table.ends[frame] = end;
  }
  return table;
}

interface BasicTable {
  /** Empty where the file has none. */
  readonly offsets: DataView;
  /** Behind the table: offsets count from here. */
  readonly end: number;
}

/** The first item of the pixel data, which may be empty. */
async function readBasicTable(source: ByteSource, at: number): Promise<BasicTable> {
  const header = await readView(source, at, HEADER);
  const tag = header.getUint16(0, true) * 0x1_0000 + header.getUint16(2, true);
  const length = header.getUint32(4, true);
  const end = at + HEADER + length;
  if (tag !== TAG.Item || end > source.size || length > MAX_TABLE || length % 4 !== 0)
    throw new DicomError(source.name, 'pixel data that do not begin with an offset table');
  return { offsets: await readView(source, at + HEADER, length), end };
}

/** Four bytes for each of 16 million frames. */
const MAX_TABLE = 64 * 2 ** 20;

async function readView(source: ByteSource, at: number, length: number): Promise<DataView> {
  const { buffer, byteOffset } = await source.read(at, length);
  return new DataView(buffer, byteOffset, length);
}

async function fromBasicTable(
  source: ByteSource,
  { offsets, end: base }: BasicTable,
  frames: number,
): Promise<FrameTable | undefined> {
  const entries = offsets.byteLength / 4;
  if (entries === 0) return undefined;
  if (entries !== frames)
    throw new DicomError(source.name, `an offset table of ${entries} entries for ${frames} frames`);
  const starts = new Float64Array(frames);
  for (let frame = 0; frame < frames; frame++) starts[frame] = base + offsets.getUint32(frame * 4, true);
  const rising = starts.every((start, frame) => start > (starts[frame - 1] ?? base - 1));
  const last = starts[frames - 1] ?? 0;
  if (!rising || starts[0] !== base || last + HEADER > source.size) return undefined;
  // The last frame ends where its fragments do.
  const tail = await scanFragments(source, last, { most: MOST_FRAGMENTS });
  const ends = new Float64Array(frames);
  ends.set(starts.subarray(1));
  ends[frames - 1] = tail.end;
  return { starts, ends };
}

const MOST_FRAGMENTS = 4096;

/**
 * Without a table: one fragment a frame, or one frame, or fragments that begin like a picture of their own. Anything else
 * leaves open where a frame begins.
 */
async function fromFragments(source: ByteSource, base: number, frames: number): Promise<FrameTable> {
  const fragments = await scanFragments(source, base, { most: frames * 16 + MOST_FRAGMENTS });
  const firsts = chooseFirsts(fragments, frames);
  if (!firsts)
    throw new DicomError(source.name, `${fragments.starts.length} fragments for ${frames} frames, and no offset table`);
  const starts = Float64Array.from(firsts, (index) => fragments.starts[index] ?? 0);
  const ends = new Float64Array(frames);
  ends.set(starts.subarray(1));
  ends[frames - 1] = fragments.end;
  return { starts, ends, whole: fragments.starts.length === frames };
}

/** Indices of the fragments that begin a frame. */
function chooseFirsts({ starts, opens }: Fragments, frames: number): readonly number[] | undefined {
  const all = starts.map((_, index) => index);
  if (starts.length === frames) return all;
  if (frames === 1 && starts.length > 0) return [0];
  const firsts = all.filter((index) => opens[index]);
  return firsts.length === frames && firsts[0] === 0 ? firsts : undefined;
}
