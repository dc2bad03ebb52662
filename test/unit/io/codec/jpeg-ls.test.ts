import { describe, expect, it } from 'vitest';
import { decodeJpegLs } from '../../../../src/io/codec/jpeg-ls.ts';
import { findStream } from '../../../golden/tile-codecs-support.ts';

const grey = findStream('jls grey');
const planes = findStream('jls planes');
const frame = { width: 24, height: 20, samples: 1, bytesPerSample: 1 } as const;
const start = (bytes: Uint8Array) => Buffer.from(bytes).indexOf(Buffer.of(0xff, 0xda));

describe('JPEG-LS', () => {
  it('widens samples of 8 bits where two bytes are expected', async () => {
    const wide = await decodeJpegLs(grey.stream, { ...frame, bytesPerSample: 2 });
    expect(wide.filter((_, i) => i % 2 === 0)).toEqual(grey.pixels);
    expect(wide.filter((_, i) => i % 2 === 1).every((value) => value === 0)).toBe(true);
  });

  it.each<[string, Uint8Array, RegExp]>([
    ['no stream', Uint8Array.of(1, 2, 3), /no start marker/],
    ['another size', grey.stream.with(10, 25), /holds 25 x 20 with 1 samples, 24 x 20 with 1 expected/],
    ['16 bits for one byte', grey.stream.with(6, 16), /samples of 16 bits/],
    ['no end marker', grey.stream.subarray(0, -2), /without an end marker/],
    [
      'a cut between scans',
      Uint8Array.from([...planes.stream.subarray(0, start(planes.stream)), 0xff, 0xd9]),
      /of its comp/,
    ],
    ['a segment past the end', grey.stream.subarray(0, 10), /the segment at byte 2 leaves the stream/],
  ])('refuses %s', async (_what, bytes, message) => {
    const expected = bytes.length > 500 || /between/.test(_what) ? { ...frame, samples: 3 } : frame;
    await expect(decodeJpegLs(bytes, expected)).rejects.toThrow(message);
    await expect(decodeJpegLs(bytes, expected)).rejects.toMatchObject({ tag: 'codec', codec: 'jpeg-ls' });
  });

  it('says what its library says of damage', async () => {
    const damaged = grey.stream.slice();
    damaged.fill(0, start(grey.stream) + 10, damaged.length - 2);
    await expect(decodeJpegLs(damaged, frame)).rejects.toThrow(/^jpeg-ls: [A-Za-z]/);
  });
});
