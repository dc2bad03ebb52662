import { describe, expect, it } from 'vitest';
import { describeCompression, listCodecs, loadTiffCodec } from '../../../../src/io/codec/codecs.ts';
import { convertSamples, getUnsupportedLayout } from '../../../../src/io/codec/samples-to-rgb.ts';
import { uncompressedCodec } from '../../../../src/io/codec/uncompressed.ts';
import { createParameters } from './codec-support.ts';

const row = (samples: number, width: number) => createParameters({ samples, width, height: 1 });

describe('convertSamples', () => {
  it('keeps RGB and grey', () => {
    expect(convertSamples('x', Uint8Array.of(1, 2, 3), row(3, 1))).toEqual({
      width: 1,
      height: 1,
      channels: 3,
      data: Uint8Array.of(1, 2, 3),
    });
    expect(convertSamples('x', Uint8Array.of(9, 8), row(1, 2)).channels).toBe(1);
  });

  it('adds up horizontal differences, sample by sample, row by row, modulo 256', () => {
    const parameters = createParameters({ samples: 3, width: 3, height: 2, predictor: 2 });
    const raw = Uint8Array.of(250, 1, 2, 10, 1, 1, 1, 255, 1, 5, 5, 5, 1, 2, 3, 1, 2, 3);
    const { data } = convertSamples('x', raw, parameters);
    expect([...data]).toEqual([250, 1, 2, 4, 2, 3, 5, 1, 4, 5, 5, 5, 6, 7, 8, 7, 9, 11]);
  });

  it('turns WhiteIsZero round, and leaves its alpha alone', () => {
    expect([...convertSamples('x', Uint8Array.of(0, 255, 10), { ...row(1, 3), photometric: 0 }).data]).toEqual([
      255, 0, 245,
    ]);
    const alpha = { ...row(2, 2), photometric: 0, extraSample: 2 };
    expect([...convertSamples('x', Uint8Array.of(200, 255, 200, 0), alpha).data]).toEqual([55, 255]);
  });

  it('lays straight alpha over white, rounded to the nearest level', () => {
    const raw = Uint8Array.from({ length: 256 * 256 * 4 }, (_, i) => [(i >> 2) & 255, 0, 255, i >> 10][i & 3] ?? 0);
    const { data } = convertSamples(
      'x',
      raw,
      createParameters({ samples: 4, width: 256, height: 256, extraSample: 2 }),
    );
    const wanted = Uint8Array.from({ length: 65_536 * 3 }, (_, i) => {
      const [value, alpha] = [[(i / 3) & 255, 0, 255][i % 3] ?? 0, Math.floor(i / 768)];
      return Math.round((value * alpha) / 255) + 255 - alpha;
    });
    expect(data).toEqual(wanted);
  });

  it('lays premultiplied alpha over white, and caps what no colour can be', () => {
    const parameters = { ...row(4, 2), extraSample: 1 };
    expect([...convertSamples('x', Uint8Array.of(10, 20, 100, 100, 255, 0, 0, 55), parameters).data]).toEqual([
      165, 175, 255, 255, 200, 200,
    ]);
  });

  it('drops an extra sample that is no alpha', () => {
    expect([...convertSamples('x', Uint8Array.of(1, 2, 3, 9, 4, 5, 6, 9), row(4, 2)).data]).toEqual([1, 2, 3, 4, 5, 6]);
    expect([...convertSamples('x', Uint8Array.of(1, 9, 4, 9), row(2, 2)).data]).toEqual([1, 4]);
  });

  it('refuses too few bytes', () => {
    expect(() => convertSamples('x', new Uint8Array(5), row(3, 2))).toThrow(/x: 5 bytes decoded, 6 expected/);
  });
});

describe('uncompressed', () => {
  it('leaves the bytes of the source as they are', async () => {
    const bytes = Uint8Array.of(0, 1, 2, 3, 99);
    const { data } = await uncompressedCodec.decode(bytes, { ...row(1, 4), photometric: 0 });
    expect([...data]).toEqual([255, 254, 253, 252]);
    expect([...bytes]).toEqual([0, 1, 2, 3, 99]);
  });
});

describe('getUnsupportedLayout', () => {
  it.each([
    [{ samples: 1 }, undefined],
    [{ samples: 1, photometric: 0 }, undefined],
    [{ samples: 2 }, undefined],
    [{ samples: 3 }, undefined],
    [{ samples: 4 }, undefined],
    [{ bitsPerSample: 16 }, undefined],
    [{ bitsPerSample: 12 }, '12 bits a sample'],
    [{ bitsPerSample: 0 }, 'mixed sample depths'],
    [{ predictor: 3 }, 'predictor 3'],
    [{ photometric: 3 }, 'photometric interpretation 3 with 1 samples a pixel'],
    [{ samples: 4, photometric: 5 }, 'photometric interpretation 5 with 4 samples a pixel'],
    [{ samples: 3, photometric: 6 }, 'photometric interpretation 6 with 3 samples a pixel'],
    [{ samples: 5 }, 'photometric interpretation 2 with 5 samples a pixel'],
  ])('%o: %s', (change, reason) => {
    expect(getUnsupportedLayout(createParameters(change))).toBe(reason);
  });
});

describe('the codecs', () => {
  it('are listed by name', async () => {
    expect((await listCodecs()).sort()).toEqual([
      'deflate',
      'jpeg',
      'jpeg2000',
      'lzw',
      'packbits',
      'uncompressed',
      'webp',
      'zstd',
    ]);
  });

  it('are found by compression number', async () => {
    const found = await Promise.all(
      [1, 5, 7, 8, 32_946, 32_773, 6, 33_003, 33_004, 33_005, 34_712, 50_000, 50_001].map(loadTiffCodec),
    );
    expect(found.map((codec) => codec?.name)).toEqual([
      'uncompressed',
      'lzw',
      'jpeg',
      'deflate',
      'deflate',
      'packbits',
      undefined,
      'jpeg2000',
      'jpeg2000',
      'jpeg2000',
      'jpeg2000',
      'zstd',
      'webp',
    ]);
  });

  it('that are missing have a name where the field knows one', () => {
    expect(describeCompression(50_002)).toBe('JPEG XL (compression 50002)');
    expect(describeCompression(4711)).toBe('compression 4711');
  });
});
