import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodePackbits, packbitsCodec } from '../../../../src/io/codec/packbits.ts';
import { createParameters } from './codec-support.ts';

describe('PackBits', () => {
  it('decodes the example of the Macintosh technical note that defined it', () => {
    const packed = Buffer.from('feaa028000 2afdaa0380002a22f7aa'.replaceAll(' ', ''), 'hex');
    const plain = Buffer.from('aaaaaa80002aaaaaaaaa80002a22aaaaaaaaaaaaaaaaaaaa', 'hex');
    expect(decodePackbits(packed, plain.length)).toEqual(Uint8Array.from(plain));
  });

  it('passes over the no-operation byte 128', () => {
    expect(decodePackbits(Uint8Array.of(128, 0, 7, 128, 255, 9), 3)).toEqual(Uint8Array.of(7, 9, 9));
  });

  it('stops at the length asked for, also inside a run', () => {
    expect(decodePackbits(Uint8Array.of(129, 5), 3)).toEqual(Uint8Array.of(5, 5, 5));
    expect(decodePackbits(Uint8Array.of(3, 1, 2, 3, 4), 2)).toEqual(Uint8Array.of(1, 2));
  });

  it.each([
    ['nothing', [], /ends after 0 of 4 bytes/],
    ['a run without its value', [254], /ends after 0 of 4 bytes/],
    ['too little', [0, 1, 0, 2], /ends after 2 of 4 bytes/],
    ['a literal that is cut', [3, 1, 2], /a literal run leaves the stream at byte 1/],
  ])('refuses %s', (_what, bytes, message) => {
    expect(() => decodePackbits(Uint8Array.from(bytes), 4)).toThrow(message);
  });

  it('throws nothing but its own error, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        try {
          expect(decodePackbits(bytes, 200).length).toBe(200);
        } catch (error) {
          expect(error).toMatchObject({ tag: 'codec', codec: 'packbits' });
        }
      }),
      { seed: 5, numRuns: 1000 },
    );
  });

  it('is a tile codec', async () => {
    const raster = await packbitsCodec.decode(Uint8Array.of(241, 33), createParameters());
    expect(raster).toEqual({ width: 4, height: 4, channels: 1, data: new Uint8Array(16).fill(33) });
  });
});
