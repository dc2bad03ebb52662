import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeLzw, lzwCodec } from '../../../../src/io/codec/lzw.ts';
import { encodeLzw } from '../../../../src/io/tiff/writer/encode-lzw.ts';
import { createNoise } from '../../../support/tiny-tiff.ts';
import { createParameters } from './codec-support.ts';

/** (x * y) >> 3 over 32 x 32, encoded by libtiff 4.5 through Pillow. */
const LIBTIFF =
  'gAAgUDgkFg0HhEEAMLhkLAUPiEPAcTikThUMiMVAkbAgFjwFA0hAwHkgHgcYAUUjkekUlBAIBMxBUzBYLgUOlIDjcskYHl8yBU1BgMBoNBwOB4Pm4BnMdkEjn80BdEo1JCAQCISCQTm9Np8+mVTolIB9YrQTCgVCoWC9dnUgkkwoNjpFmtFqtgYDIaDYAplvqAJudVu1pvN7DYcDoeD9+lMdkeCqeEreGC96xOLD4gEIixwDuAIwdlrOWxAcxmcEYkEomx2QmGT0lovN81Afzoj1onFIqv06yIKollrdrzG3zusE4oFQrFou34EA2xo1YCfGvmLEAi3XL5otF4wGW/As+4VICPXCwYDWK3GrE3M5wvGIyGg28gHBILBvECj1vaxgQu6FLnBc8T7hwHQAAE6TRAYBwIAk/72NQ7YSPiFQWQO+wbQUHgfQZBzzvSCoLgyDYOg+EUMOZDYYBmGobhyHYeh+IMRAM/b+wm9cUtxFoVPAGIZw8HQeRuIYixE/QFwi64LwDAcMyG+8aB6IAhCII4kwY8rhAeCL/xQDwQN05jwPtGcQCCIYjCQJYmy8A4FR5Ez2xWEgTw0+gaTXG4iCMJImCcKMvAQ/gIAnHwPSmFMNhjPwcyRLQjiUJonikKtDydMUTg5FYShQFcDyLSYfiEItLCaKApisLIAAHHQGAeCQKgwDdGz1IUYBtU9UzhQoqCuLQu1jWdagqDNQBFUVSBkGocB2Hwgy2JdhWILowWOBIG0UCwNA7M09haGE/B0Htq0tbAti8MIyWPOoIAoC9chDZwXhlXweCBN1LijYd2jCMo0VjOgHAjW9QBGE0hUjaVUUFVmAi8MQyjSNmDAUB1bAzcU9BXfIbXRaokCYJ4p2Jd2LjYOGDAXWtwUaEoU3KGgcSQIYj2uKQrWLgeMDgOmXgeCd6xXhoXX0HVqCKJImiiKos20Mg0ZaOg8ICA==';
const encoded = Buffer.from(LIBTIFF, 'base64');
const expected = Uint8Array.from({ length: 1024 }, (_, i) => ((i % 32) * (i >> 5)) >> 3);

/** [8x, 8y, 4(x + y)] over 32 x 32 with horizontal differences, by libtiff. */
const LIBTIFF_PREDICTOR =
  'gAAgQIAAEgkGgsHhUJhkIh0Lh8NiETiUViMXigEAAIjEWjMfj0hjsjkEjAAQBEllUilcklkvi4ADAMls1mE2l05iAAEEom8/nVAnElAAoClDoVJoNLnYwDFIplKqEtAA4DlTqVZqMmIAgrFbr9hgoAJAksVgrVfABQFFnt1pmAALAst9ou1QABgGF1vlwmJoGl9u9+ohwHGCxF+AB4HmJwePjIAQBAx2VpQARBEy2QwljSBIzehuKYJmizmPACgKGm1kWACoKmt094WBY2W3sa4Lm42dAADAMG82QAZBk4WdpYAaBo4+9nIAbBs5umADgOHT5FEdB07HOyLwPHdzYAfB88XZi0BA';

describe('LZW', () => {
  it('decodes what libtiff wrote', () => {
    expect(decodeLzw(encoded, 1024)).toEqual(expected);
  });

  it('decodes what libtiff wrote with horizontal differences', async () => {
    const parameters = createParameters({ width: 32, height: 32, samples: 3, predictor: 2 });
    const { data } = await lzwCodec.decode(Buffer.from(LIBTIFF_PREDICTOR, 'base64'), parameters);
    const wanted = Array.from({ length: 1024 }, (_, i) => [(i % 32) * 8, (i >> 5) * 8, ((i % 32) + (i >> 5)) * 4]);
    expect(data).toEqual(Uint8Array.from(wanted.flat()));
  });

  it('decodes past a full table, which noise fills many times', () => {
    const noise = createNoise(60_000).map((value) => value & 7);
    expect(decodeLzw(encodeLzw(noise), noise.length)).toEqual(noise);
  });

  it('decodes what an encoder makes of any bytes', () => {
    const bytes = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 2000 });
    fc.assert(
      fc.property(bytes, (values) => {
        const plain = Uint8Array.from(values);
        expect(decodeLzw(encodeLzw(plain), plain.length)).toEqual(plain);
      }),
      { seed: 7, numRuns: 100 },
    );
  });

  it('stops at the length asked for', () => {
    expect(decodeLzw(encoded, 100)).toEqual(expected.subarray(0, 100));
  });

  it('never fills in where the stream is cut', () => {
    // The last code may be followed by the end code alone, so the very last bytes may go.
    for (let length = 0; length < encoded.length - 3; length++) {
      expect(() => decodeLzw(encoded.subarray(0, length), 1024), `${length} bytes`).toThrow(
        /lzw: the stream ends after/,
      );
    }
  });

  it('refuses a code that does not exist yet', () => {
    // 9-bit codes: CLEAR (256), then 300.
    const bits = `${(256).toString(2).padStart(9, '0')}${(300).toString(2).padStart(9, '0')}`.padEnd(24, '0');
    const bytes = Uint8Array.from([0, 8, 16].map((at) => Number.parseInt(bits.slice(at, at + 8), 2)));
    expect(() => decodeLzw(bytes, 10)).toThrow(/lzw: code 300 does not exist yet/);
  });

  it('throws nothing but its own error, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        try {
          expect(decodeLzw(bytes, 500).length).toBe(500);
        } catch (error) {
          expect(error).toMatchObject({ tag: 'codec', codec: 'lzw' });
        }
      }),
      { seed: 3, numRuns: 2000 },
    );
  });
});
