import { describe, expect, it } from 'vitest';
import { jpeg2000Codec } from '../../../../src/io/codec/jpeg2000.ts';
import { findCodestream } from '../../../../src/io/codec/jpeg2000-boxes.ts';
import { readCodestreamHeader } from '../../../../src/io/codec/jpeg2000-header.ts';
import { checkTileParts } from '../../../../src/io/codec/jpeg2000-tiles.ts';
import { describeTile, findStream } from '../../../golden/tile-codecs-support.ts';

const tiled = findStream('j2k tiles');
const plain = findStream('j2k plain');
const boxed = findStream('jp2');

/** A copy with other bytes from `at` on; SIZ has its width at 8, its height at 12, tiles at 24 and 28. */
function patch(bytes: Uint8Array, at: number, ...values: number[]): Uint8Array {
  const copy = bytes.slice();
  copy.set(values, at);
  return copy;
}

function indexOf(bytes: Uint8Array, ...wanted: number[]): number {
  return Buffer.from(bytes).indexOf(Buffer.from(wanted));
}

const codingAt = indexOf(plain.stream, 0xff, 0x52);
const partAt = indexOf(plain.stream, 0xff, 0x90);
const decode = (bytes: Uint8Array, base = plain) => jpeg2000Codec.decode(bytes, describeTile(base));

describe('the header of a codestream', () => {
  it('says what is in it', () => {
    const header = readCodestreamHeader(tiled.stream);
    expect(header).toMatchObject({ x0: 0, y0: 0, x1: 40, y1: 24, tiles: { width: 16, height: 16 } });
    expect(header.coding).toMatchObject({ layers: 3, mixed: true });
    expect(header.coding.components[2]).toMatchObject({ levels: 2, precincts: [{ x: 15 }, { x: 15 }, { x: 15 }] });
    expect(header.components[1]).toEqual({ bits: 8, signed: false, dx: 1, dy: 1 });
    expect(readCodestreamHeader(findStream('j2k 422').stream).components[1]).toMatchObject({ dx: 2, dy: 1 });
  });

  it.each<[string, Uint8Array, RegExp]>([
    ['no codestream', Uint8Array.of(1, 2, 3, 4, 5), /start marker \(FF4F\) is missing/],
    ['nothing', new Uint8Array(), /start marker/],
    ['another first segment', patch(plain.stream, 3, 0x52), /does not begin with its size/],
    ['no coding style', patch(plain.stream, codingAt + 1, 0x64), /no coding style/],
    ['no layers', patch(plain.stream, codingAt + 6, 0, 0), /no quality layers/],
    ['33 decompositions', patch(plain.stream, codingAt + 9, 33), /33 decompositions/],
    ['no pixels', patch(plain.stream, 8, 0, 0, 0, 0), /a size \(SIZ\) of no pixels/],
    ['a component with no samples', patch(plain.stream, 43, 0), /a component with no samples/],
    ['a header that ends the stream', plain.stream.subarray(0, partAt), /the stream ends in a header/],
  ])('%s is an error', async (_what, bytes, message) => {
    await expect(decode(bytes)).rejects.toThrow(message);
    await expect(decode(bytes)).rejects.toMatchObject({ tag: 'codec', codec: 'jpeg2000' });
  });
});

describe('what the stream and the file say', () => {
  it.each<[string, Uint8Array, RegExp]>([
    ['a huge width', patch(plain.stream, 8, 0x7f, 0xff, 0xff, 0xff), /holds 2147483647 x 20 .* promises 24 x 20/],
    ['a picture that begins inside', patch(plain.stream, 16, 0, 0, 0, 1), /begins at 1, 0/],
    ['signed samples', patch(plain.stream, 42, 0x87), /signed samples of 8 bits/],
    ['12 bits', patch(plain.stream, 42, 11), /samples of 12 bits/],
    ['odd subsampling', patch(plain.stream, 46, 4), /samples every 1x1, 4x1, 1x1 pixels/],
  ])('must be one: %s', async (_what, bytes, message) => {
    await expect(decode(bytes)).rejects.toThrow(message);
  });

  it.each([
    [{ predictor: 2 }, /predictor 2/],
    [{ samples: 4 }, /photometric interpretation 2 and 4 samples/],
    [{ bitsPerSample: 16 }, /3 samples a pixel of 16 bits/],
    [{ photometric: 5 }, /photometric interpretation 5/],
    [{ width: 5000, height: 5000 }, /tiles of 5000 x 5000 pixels, more than 8388608/],
  ])('is refused when a slide is opened: %o', (change, message) => {
    expect(jpeg2000Codec.getUnsupportedReason(describeTile(plain, change))).toMatch(message);
  });
});

describe('tile-parts', () => {
  const check = (bytes: Uint8Array) => checkTileParts(bytes, readCodestreamHeader(bytes));
  const lastPart = Buffer.from(tiled.stream).lastIndexOf(Buffer.of(0xff, 0x90));

  it('are whole in sound streams, with or without an end marker, and with bytes behind it', () => {
    check(tiled.stream);
    check(plain.stream.subarray(0, -2));
    check(Uint8Array.from([...plain.stream, 0, 0, 0]));
    // A last part without a length goes to the end marker.
    check(patch(plain.stream, partAt + 6, 0, 0, 0, 0));
  });

  it.each<[string, Uint8Array, RegExp]>([
    ['cut', plain.stream.subarray(0, -20), /a tile-part ends at byte \d+, the stream at \d+/],
    ['zeros at the end', patch(plain.stream, plain.stream.length - 2, 0, 0), /the stream ends in a tile-part at byte/],
    ['a tile that is missing', tiled.stream.subarray(0, lastPart), /the stream ends before tile 5 of 6/],
    ['a tile that does not exist', patch(tiled.stream, lastPart + 4, 0, 9), /a part of tile 9, of 6/],
    ['a part that is missing', patch(plain.stream, partAt + 11, 3), /1 of 3 parts of tile 0/],
    ['a short part', patch(plain.stream, partAt + 6, 0, 0, 0, 5), /a tile-part of 5 bytes/],
    ['no end', patch(plain.stream.subarray(0, -2), partAt + 6, 0, 0, 0, 0), /no end marker/],
    ['tiles of one pixel', patch(plain.stream, 24, 0, 0, 0, 1, 0, 0, 0, 1), /480 tiles in \d+ bytes/],
    ['65,535 layers', patch(plain.stream, codingAt + 6, 255, 255), /packets and more in \d+ bytes/],
  ])('are held against the header: %s', (_what, bytes, message) => {
    expect(() => check(bytes)).toThrow(message);
  });

  it('do not mix components otherwise than the header says: one conversion is for all', async () => {
    // The tile's own COD, which turns the mixing on.
    const own = patch(plain.stream.subarray(codingAt, codingAt + 14), 8, 1);
    const stream = Buffer.concat([plain.stream.subarray(0, partAt + 12), own, plain.stream.subarray(partAt + 12)]);
    stream.writeUInt32BE(stream.readUInt32BE(partAt + 6) + own.length, partAt + 6);
    await expect(decode(new Uint8Array(stream))).rejects.toThrow(/tile 0 mixes its components otherwise/);
  });

  it('with precincts of one sample are more than the stream can hold', () => {
    // COD with its own precincts: three sizes follow.
    const coding = plain.stream.subarray(codingAt, codingAt + 14);
    const own = Uint8Array.from([...patch(coding, 3, 15).with(4, 1), 0, 0, 0]);
    const bytes = Buffer.concat([plain.stream.subarray(0, codingAt), own, plain.stream.subarray(codingAt + 14)]);
    expect(() => check(new Uint8Array(bytes))).toThrow(/\d+ packets and more in/);
  });
});

describe('JP2 boxes', () => {
  it('are passed by', () => {
    const { codestream, ycbcr } = findCodestream(boxed.stream);
    expect([codestream[0], codestream[1], ycbcr]).toEqual([0xff, 0x4f, false]);
    expect(findCodestream(plain.stream).codestream).toBe(plain.stream);
  });

  it('may say Y, Cb, Cr, which are converted', async () => {
    const colour = indexOf(boxed.stream, 0x63, 0x6f, 0x6c, 0x72);
    const ycbcr = patch(boxed.stream, colour + 10, 18);
    expect(findCodestream(ycbcr).ycbcr).toBe(true);
    const bare = findCodestream(boxed.stream).codestream;
    const wanted = await jpeg2000Codec.decode(bare, describeTile(boxed, { photometric: 6 }));
    expect((await decode(ycbcr, boxed)).data).toEqual(wanted.data);
    expect(wanted.data).not.toEqual(boxed.pixels);
  });

  it.each<[string, Uint8Array, RegExp]>([
    ['a box past the end', boxed.stream.subarray(0, -10), /a box of \d+ bytes at \d+, of \d+/],
    ['no codestream', boxed.stream.subarray(0, 12), /a JP2 file without a codestream/],
    [
      'a palette',
      patch(boxed.stream, indexOf(boxed.stream, 0x63, 0x6f, 0x6c, 0x72), 0x70, 0x63, 0x6c, 0x72),
      /a palette/,
    ],
  ])('%s is an error', async (_what, bytes, message) => {
    await expect(decode(bytes, boxed)).rejects.toThrow(message);
  });
});

describe('the decoder', () => {
  it('never hands out the tile before', async () => {
    const other = findStream('j2k lossy');
    const [a, bad, b] = await Promise.allSettled([
      decode(plain.stream),
      decode(patch(plain.stream, partAt + 30, ...Array(60).fill(0xff))),
      decode(other.stream, other),
    ]);
    expect(a).toMatchObject({ value: { data: plain.pixels } });
    expect(b).toMatchObject({ value: { data: other.pixels } });
    if (bad.status === 'fulfilled') expect(bad.value.data).not.toEqual(plain.pixels);
    else expect(bad.reason).toMatchObject({ tag: 'codec' });
  });

  it('prints nothing and leaves no listener', async () => {
    const listeners = () => ['uncaughtException', 'unhandledRejection'].map((name) => process.listenerCount(name));
    const before = listeners();
    await decode(patch(plain.stream, codingAt + 10, 9)).catch(() => {});
    expect(listeners()).toEqual(before);
  });
});
