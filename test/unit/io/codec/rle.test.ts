import { describe, expect, it } from 'vitest';
import { decodeRle } from '../../../../src/io/codec/rle.ts';

const frame = { width: 3, height: 2, samples: 1, bytesPerSample: 1 } as const;

/** A frame of these segments, each behind the other. */
function pack(...segments: number[][]): Uint8Array {
  const header = new Uint8Array(64);
  const view = new DataView(header.buffer);
  view.setUint32(0, segments.length, true);
  let at = 64;
  segments.forEach((segment, i) => {
    view.setUint32(4 + 4 * i, at, true);
    at += segment.length;
  });
  return Uint8Array.from([...header, ...segments.flat()]);
}

const literal = (...values: number[]) => [values.length - 1, ...values];
const run = (value: number, count: number) => [257 - count, value];

describe('DICOM RLE', () => {
  it('joins samples from their segments, by hand', () => {
    expect([...decodeRle(pack([...literal(1, 2), ...run(7, 4)]), frame)]).toEqual([1, 2, 7, 7, 7, 7]);
    const rgb = pack(run(10, 6), literal(1, 2, 3, 4, 5, 6), run(30, 6));
    expect([...decodeRle(rgb, { ...frame, samples: 3 }).subarray(0, 6)]).toEqual([10, 1, 30, 10, 2, 30]);
  });

  it('puts the high byte first, and hands it out last', () => {
    const wide = pack(literal(1, 2, 3, 4, 5, 6), run(9, 6));
    expect([...decodeRle(wide, { ...frame, bytesPerSample: 2 })]).toEqual([9, 1, 9, 2, 9, 3, 9, 4, 9, 5, 9, 6]);
  });

  it.each<[string, Uint8Array, RegExp]>([
    ['no header', new Uint8Array(63), /63 bytes, the header alone takes 64/],
    ['another count', pack(run(1, 6), run(1, 6)), /2 segments, 1 expected/],
    ['a segment too short', pack(run(1, 5)), /segment 1 of 1: packbits: the stream ends after 5 of 6 bytes/],
    ['a segment past the end', pack(run(1, 6)).with(4, 200), /segment 1 begins at byte 200 of 66/],
    ['a segment in the header', pack(run(1, 6)).with(4, 63), /segment 1 begins at byte 63/],
  ])('refuses %s', (_what, bytes, message) => {
    expect(() => decodeRle(bytes, frame)).toThrow(message);
    expect(() => decodeRle(bytes, frame)).toThrow(expect.objectContaining({ tag: 'codec', codec: 'rle' }));
  });
});
