import fc from 'fast-check';
import { decompress } from 'fzstd';
import { describe, expect, it } from 'vitest';
import { zstdCodec } from '../../../../src/io/codec/zstd.ts';
import { expandZstd } from '../../../../src/io/kernels/expand-zstd.ts';
import { findStream, LONG_RUN, STREAMS } from '../../../golden/tile-codecs-support.ts';
import { createNoise } from '../../../support/tiny-tiff.ts';
import { createParameters } from './codec-support.ts';

const streams = STREAMS.filter(({ name }) => name.startsWith('zstd'));
const text = findStream('zstd text');
const skewed = findStream('zstd skewed');

/** A frame of one raw block, without its size: what libtiff's streaming writer does for noise. */
function packRaw(bytes: Uint8Array): Uint8Array {
  const head = (bytes.length << 3) | 1;
  return Uint8Array.from([0x28, 0xb5, 0x2f, 0xfd, 0, 0x50, head & 255, (head >> 8) & 255, head >> 16, ...bytes]);
}

describe('Zstandard', () => {
  it.each(streams.map(({ name }) => name))('%s: as another decoder reads it', (name) => {
    const { stream } = findStream(name);
    const wanted = decompress(stream);
    const out = new Uint8Array(wanted.length);
    expect(expandZstd(stream, out)).toBe(wanted.length);
    expect(Buffer.compare(out, wanted)).toBe(0);
  });

  it('takes frames one after another, and passes by the ones to be skipped', () => {
    const skip = Uint8Array.of(0x53, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 9, 9);
    const bytes = Uint8Array.from([...text.stream, ...skip, ...skewed.stream]);
    const out = new Uint8Array(text.pixels.length + skewed.pixels.length);
    expect(expandZstd(bytes, out)).toBe(out.length);
    expect(out).toEqual(Uint8Array.from([...text.pixels, ...skewed.pixels]));
  });

  it('does not care what follows once all is there', () => {
    const out = new Uint8Array(text.pixels.length);
    expect(expandZstd(Uint8Array.from([...text.stream, 0, 0, 0, 0]), out)).toBe(out.length);
  });

  it('is a codec of tiles, with horizontal differences and padded last strips', async () => {
    const noise = createNoise(48);
    const parameters = createParameters({ samples: 3 });
    expect((await zstdCodec.decode(packRaw(noise), parameters)).data).toEqual(noise);
    const strip = await zstdCodec.decode(packRaw(noise), { ...parameters, height: 1 });
    expect(strip.data).toEqual(noise.subarray(0, 12));
    const { data } = await zstdCodec.decode(packRaw(noise), { ...parameters, predictor: 2 });
    expect(data[3]).toBe(((noise[0] ?? 0) + (noise[3] ?? 0)) & 255);
  });

  it.each<[string, Uint8Array, number, RegExp]>([
    ['nothing', new Uint8Array(), 10, /no bytes/],
    ['another format', createNoise(40), 10, /no frame at byte 0/],
    ['a bomb that says its size', findStream(LONG_RUN.name).stream, 1000, /more than 1000 bytes/],
    ['a bomb of raw blocks', packRaw(createNoise(500)), 499, /more than 499 bytes/],
    ['a bomb of runs', Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0, 0x50, 3, 0, 16, 7), 1000, /more than 1000 bytes/],
    ['a dictionary', Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 1, 0x50, 7, 1, 0, 0), 10, /needs a dictionary/],
    ['a reserved block', Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0, 0x50, 7, 0, 0), 10, /a kind that does not exist/],
    ['a block of 2 MB', Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd, 0, 0x50, 5, 0, 255), 10, /a block of \d+ bytes/],
    ['another size than said', text.stream.with(5, 0x3d), 2000, /1340 bytes in a frame of 1341/],
  ])('refuses %s', (_what, bytes, room, message) => {
    expect(() => expandZstd(bytes, new Uint8Array(room))).toThrow(message);
    expect(() => expandZstd(bytes, new Uint8Array(room))).toThrow(expect.objectContaining({ tag: 'codec' }));
  });

  it('ends on any bytes, within its room', () => {
    const bytes = fc.uint8Array({ minLength: 0, maxLength: 200 });
    fc.assert(
      fc.property(bytes, (tail) => {
        const head = skewed.stream.subarray(0, 30);
        try {
          expect(expandZstd(Uint8Array.from([...head, ...tail]), new Uint8Array(4000))).toBeLessThanOrEqual(4000);
        } catch (error) {
          expect(error).toMatchObject({ tag: 'codec' });
        }
      }),
      { seed: 11, numRuns: 500 },
    );
  });

  it('does not wait for a tree whose table takes no bits', () => {
    // A block of compressed literals whose weights come from a table of one symbol, which never uses bits up.
    const tree = Uint8Array.of(4, 0xf0, 0x0f, 0xff, 0x01);
    const literals = Uint8Array.of(0b0000_0010 | (8 << 4), 0, 2, ...tree, 1, 1, 1);
    const block = Uint8Array.from([...literals, 0]);
    const head = (block.length << 3) | 5;
    const bytes = Uint8Array.from([0x28, 0xb5, 0x2f, 0xfd, 0, 0x50, head & 255, head >> 8, 0, ...block]);
    expect(() => expandZstd(bytes, new Uint8Array(100))).toThrow(expect.objectContaining({ tag: 'codec' }));
  });

  it('does not build tables without end for blocks that give nothing', () => {
    // Literals of a tree with 2^11 entries, none of which is used: 10 bytes that cost some microseconds.
    const block = Uint8Array.of(2, 192, 0, 128, 0xb0, 1, 0);
    const head = (block.length << 3) | 4;
    const blocks = Uint8Array.from({ length: 100_000 * 10 }, (_, i) =>
      i % 10 < 3 ? (head >> (8 * (i % 10))) & 255 : (block[(i % 10) - 3] ?? 0),
    );
    const frame = (count: number) =>
      Uint8Array.from([0x28, 0xb5, 0x2f, 0xfd, 0, 0x50, ...blocks.subarray(0, count * 10), 1, 0, 0]);
    expect(expandZstd(frame(1000), new Uint8Array(100))).toBe(0);
    expect(() => expandZstd(frame(2000), new Uint8Array(100))).toThrow(/too many blocks/);
    expect(() => expandZstd(frame(100_000), new Uint8Array(4096))).toThrow(/too many blocks/);
  });
});
