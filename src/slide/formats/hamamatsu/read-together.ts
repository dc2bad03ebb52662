import type { ByteSource } from '../../../io/source/byte-source.ts';

/** Bytes of a file. */
export interface Place {
  readonly offset: number;
  readonly length: number;
}

/** A gap up to this is read over: another read takes longer than these bytes do. */
const MAX_GAP = 16_384;

/** The bytes of each place, neighbours in ascending order by one read. Views of shared memory. */
export async function readTogether(source: ByteSource, places: readonly Place[]): Promise<Uint8Array[]> {
  const spans: { from: number; to: number; places: Place[] }[] = [];
  for (const place of places) {
    const { offset, length } = place;
    const last = spans.at(-1);
    const gap = last ? offset - last.to : -1;
    if (last && gap >= 0 && gap <= MAX_GAP) {
      last.to = offset + length;
      last.places.push(place);
    } else spans.push({ from: offset, to: offset + length, places: [place] });
  }
  const read = await Promise.all(
    spans.map(async ({ from, to, places: inside }) => {
      const bytes = await source.read(from, to - from);
      return inside.map(({ offset, length }) => bytes.subarray(offset - from, offset - from + length));
    }),
  );
  return read.flat();
}
