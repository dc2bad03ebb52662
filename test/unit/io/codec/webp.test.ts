import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { webpCodec } from '../../../../src/io/codec/webp.ts';
import { readWebpHeader } from '../../../../src/io/codec/webp-header.ts';
import { wrapWebp } from '../../../../src/io/codec/wrap-webp.ts';
import { describeTile, findStream } from '../../../golden/tile-codecs-support.ts';

const lossy = findStream('webp lossy');
const lossless = findStream('webp lossless');
const alpha = findStream('webp lossy alpha');

describe('WebP', () => {
  it('says its size before it is decoded', () => {
    for (const { stream } of [lossy, lossless, alpha])
      expect(readWebpHeader(stream)).toMatchObject({ width: 24, height: 20 });
  });

  it('knows a stream that holds nothing but a picture without alpha', () => {
    expect(readWebpHeader(lossy.stream).plain).toBe(true);
    expect(readWebpHeader(lossless.stream).plain).toBe(true);
    expect(readWebpHeader(alpha.stream).plain).toBe(false);
    expect(readWebpHeader(lossless.stream.with(24, (lossless.stream[24] ?? 0) | 16)).plain).toBe(false);
    expect(readWebpHeader(addProfile(lossless.stream, new Uint8Array(2), { width: 24, height: 20 })).plain).toBe(false);
    const longer = Uint8Array.from([...lossy.stream, ...Buffer.from('EXIF'), 2, 0, 0, 0, 7, 7]);
    longer[4] = lossy.stream.length + 10 - 8;
    longer[5] = (lossy.stream.length + 10 - 8) >> 8;
    expect(readWebpHeader(longer).plain).toBe(false);
  });

  it.each([
    ['lossy', lossy],
    ['lossless', lossless],
  ])('is read by way of libtiff: %s', async (_name, { stream, pixels }) => {
    const { sharp } = await import('../../../../src/io/codec/sharp.ts');
    const wrapped = wrapWebp(stream, { width: 24, height: 20 });
    expect(new Uint8Array(await sharp(wrapped).raw().toBuffer())).toEqual(pixels);
  });

  it.each([
    ['lossy', lossy],
    ['lossless', lossless],
  ])('comes out as libvips reads it by itself, or not at all, whatever the damage: %s', async (_name, one) => {
    const { sharp } = await import('../../../../src/io/codec/sharp.ts');
    const limits = { failOn: 'warning', ignoreIcc: true } as const;
    const change = fc.record({
      at: fc.integer({ min: 12, max: one.stream.length - 1 }),
      value: fc.integer({ min: 0, max: 255 }),
    });
    let same = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(change, { maxLength: 5 }), async (changes) => {
        const stream = Uint8Array.from(one.stream);
        for (const { at, value } of changes) stream[at] = value;
        const theirs = await sharp(stream, limits)
          .removeAlpha()
          .raw()
          .toBuffer({ resolveWithObject: true })
          .catch(() => undefined);
        const ours = await webpCodec.decode(stream, describeTile(one)).catch(() => undefined);
        if (!ours) return;
        expect(theirs?.info).toMatchObject({ width: 24, height: 20 });
        expect(theirs?.data.equals(ours.data)).toBe(true);
        same++;
      }),
      { numRuns: 150 },
    );
    expect(same).toBeGreaterThan(20);
  });

  it('may be padded, as the tiles of some writers are', async () => {
    const padded = Uint8Array.from([...lossy.stream, 0, 0, 0]);
    expect((await webpCodec.decode(padded, describeTile(lossy))).data).toEqual(lossy.pixels);
  });

  it('gives the samples as stored, whatever colour profile stands beside them', async () => {
    const { sharp } = await import('../../../../src/io/codec/sharp.ts');
    const blank = sharp({ create: { width: 1, height: 1, channels: 3, background: 'white' } });
    const { icc } = await sharp(await blank.withIccProfile('p3').png().toBuffer()).metadata();
    const profiled = addProfile(lossless.stream, icc ?? new Uint8Array(), { width: 24, height: 20 });
    // What sharp would make of it.
    const shown = await sharp(profiled).raw().toBuffer();
    expect(Buffer.compare(shown, lossless.pixels)).not.toBe(0);
    expect((await webpCodec.decode(profiled, describeTile(lossless))).data).toEqual(lossless.pixels);
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

/** The extended form of a file (RFC 9649, section 2.7): `VP8X` with the flag of a profile, `ICCP`, and the picture. */
function addProfile(file: Uint8Array, profile: Uint8Array, size: { width: number; height: number }): Uint8Array {
  const part = (name: string, body: Uint8Array) => {
    const head = Buffer.alloc(8);
    head.write(name, 'latin1');
    head.writeUInt32LE(body.length, 4);
    return Buffer.concat([head, body, Buffer.alloc(body.length % 2)]);
  };
  const canvas = Buffer.alloc(10);
  canvas[0] = 0x20;
  canvas.writeUIntLE(size.width - 1, 4, 3);
  canvas.writeUIntLE(size.height - 1, 7, 3);
  const picture = file.subarray(12);
  return part(
    'RIFF',
    Buffer.concat([Buffer.from('WEBP', 'latin1'), part('VP8X', canvas), part('ICCP', profile), picture]),
  );
}
