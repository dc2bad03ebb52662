import { deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { deflateCodec } from '../../../../src/io/codec/deflate.ts';
import { createNoise } from '../../../support/tiny-tiff.ts';
import { createParameters } from './codec-support.ts';

/** [8x, 8y, 4(x + y)] over 32 x 32 with horizontal differences, by libtiff 4.5 through Pillow. */
const LIBTIFF =
  'eJy1zBEXg2AYgNEXBh8MgiAIgiAIgkEQBEEQBEEQBEEQBINgMAzDMAyHYRiGw2E4HO70I55zLl8RUXLhiALz89cU+xtX9rc09nd09vcM9vdN9g8t9o9t9k8d9s9d9i899q9v7N/67N8F7P8M2b+P2H+I2X9M2H9K2X/O2P+Vs/9SsP9asv9Wsf9es/+7Yf9Py/7Hnf2/Hfv/Huj/B8vqRcE=';
const noise = createNoise(48);
const parameters = createParameters({ samples: 3 });
const sound = deflateSync(noise);

describe('deflate', () => {
  it('decodes what libtiff wrote with horizontal differences', async () => {
    const wide = createParameters({ width: 32, height: 32, samples: 3, predictor: 2 });
    const { data } = await deflateCodec.decode(Buffer.from(LIBTIFF, 'base64'), wide);
    const wanted = Array.from({ length: 1024 }, (_, i) => [(i % 32) * 8, (i >> 5) * 8, ((i % 32) + (i >> 5)) * 4]);
    expect(data).toEqual(Uint8Array.from(wanted.flat()));
  });

  it('takes a last strip that is padded to its full height', async () => {
    const { data, height } = await deflateCodec.decode(deflateSync(noise), { ...parameters, height: 1 });
    expect([height, data]).toEqual([1, noise.subarray(0, 12)]);
  });

  it.each<[string, Uint8Array, RegExp]>([
    ['what is no zlib stream', createNoise(40), /deflate: incorrect header check/],
    ['a cut stream', sound.subarray(0, 30), /deflate: unexpected end of file/],
    ['a wrong checksum', Uint8Array.from([...sound.subarray(0, -4), 0, 0, 0, 0]), /deflate: incorrect data check/],
    ['too little', deflateSync(noise.subarray(0, 40)), /deflate: 40 bytes decoded, 48 expected/],
    ['a bomb', deflateSync(new Uint8Array(2 ** 24)), /deflate: more than 48 bytes/],
  ])('refuses %s', async (_what, bytes, message) => {
    await expect(deflateCodec.decode(bytes, parameters)).rejects.toMatchObject({ tag: 'codec' });
    await expect(deflateCodec.decode(bytes, parameters)).rejects.toThrow(message);
  });
});
