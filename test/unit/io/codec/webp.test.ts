import { describe, expect, it } from 'vitest';
import { webpCodec } from '../../../../src/io/codec/webp.ts';
import { readWebpHeader } from '../../../../src/io/codec/webp-header.ts';
import { describeTile, findStream } from '../../../golden/tile-codecs-support.ts';

const lossy = findStream('webp lossy');
const lossless = findStream('webp lossless');
const alpha = findStream('webp lossy alpha');

describe('WebP', () => {
  it('says its size before it is decoded', () => {
    for (const { stream } of [lossy, lossless, alpha])
      expect(readWebpHeader(stream)).toEqual({ width: 24, height: 20 });
  });

  it('may be padded, as the tiles of some writers are', async () => {
    const padded = Uint8Array.from([...lossy.stream, 0, 0, 0]);
    expect((await webpCodec.decode(padded, describeTile(lossy))).data).toEqual(lossy.pixels);
  });

  it('takes a last strip of full height', async () => {
    const { data, height } = await webpCodec.decode(lossless.stream, { ...describeTile(lossless), height: 3 });
    expect([height, data]).toEqual([3, lossless.pixels.subarray(0, 24 * 3 * 3)]);
  });

  it.each<[string, Uint8Array, RegExp]>([
    ['what is no WebP', new Uint8Array(40), /no WebP stream/],
    ['a cut stream', lossy.stream.subarray(0, -1), /the stream is cut off: \d+ of \d+ bytes/],
    ['another size', lossless.stream.with(21, 30), /the stream holds 31 x 20, the file promises 24 x 20/],
    ['no key frame', lossy.stream.with(23, 0), /no key frame/],
    ['a part past the end', lossy.stream.with(16, 255), /the part at byte 12 leaves the stream/],
    ['a partition past the end', lossy.stream.with(22, 255), /webp: ./],
  ])('refuses %s', async (_what, bytes, message) => {
    const base = /another size/.test(_what) ? lossless : lossy;
    await expect(webpCodec.decode(bytes, describeTile(base))).rejects.toThrow(message);
    await expect(webpCodec.decode(bytes, describeTile(base))).rejects.toMatchObject({ tag: 'codec' });
  });

  it.each([
    [{ samples: 1, photometric: 1 }, /1 samples a pixel/],
    [{ bitsPerSample: 16 }, /of 16 bits/],
    [{ predictor: 2 }, /predictor 2/],
    [{ photometric: 6 }, /photometric interpretation 6/],
  ])('is refused when a slide is opened: %o', (change, message) => {
    expect(webpCodec.getUnsupportedReason(describeTile(lossy, change))).toMatch(message);
  });
});
