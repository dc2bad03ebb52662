import { describe, expect, it } from 'vitest';
import { jpegCodec } from '../../../../src/io/codec/jpeg.ts';
import { createJpegStream } from '../../../../src/io/codec/jpeg-stream.ts';
import { sharp } from '../../../../src/io/codec/sharp.ts';
import type { TileParameters } from '../../../../src/io/codec/tile-codec.ts';
import type { Raster } from '../../../../src/io/raster.ts';
import { insertSegment, removeMarkers, splitJpeg } from '../../../support/jpeg-parts.ts';
import { createParameters } from './codec-support.ts';

const SIZE = 32;
/** Smooth colours, so that 4:4:4 at quality 100 is nearly lossless. */
const picture = Uint8Array.from({ length: SIZE * SIZE * 3 }, (_, i) => {
  const [x, y] = [Math.floor(i / 3) % SIZE, Math.floor(i / 3 / SIZE)];
  return [x * 7, 240 - y * 6, 60 + x * 2 + y * 3][i % 3] ?? 0;
});
const raw = { raw: { width: SIZE, height: SIZE, channels: 3 as const } };
const colour = await sharp(picture, raw).jpeg({ quality: 100, chromaSubsampling: '4:4:4' }).toBuffer();
const shades = Uint8Array.from({ length: SIZE * SIZE }, (_, i) => (i % SIZE) * 5 + Math.floor(i / SIZE) * 3);
const grey = await sharp(shades, { raw: { width: SIZE, height: SIZE, channels: 1 } })
  .toColourspace('b-w')
  .jpeg({ quality: 100 })
  .toBuffer();
/** Without JFIF: what a TIFF writer stores. */
const bare = removeMarkers(colour);
const ycc = createParameters({ width: SIZE, height: SIZE, samples: 3, photometric: 6 });
const mono = createParameters({ width: SIZE, height: SIZE });

const decode = (bytes: Uint8Array, parameters: TileParameters): Promise<Raster> => jpegCodec.decode(bytes, parameters);

function getLargestDifference(a: Uint8Array, b: ArrayLike<number>): number {
  return a.reduce((largest, value, i) => Math.max(largest, Math.abs(value - (b[i] ?? Number.NaN))), 0);
}

describe('JPEG', () => {
  it('decodes YCbCr', async () => {
    const raster = await decode(colour, ycc);
    expect(raster).toMatchObject({ width: SIZE, height: SIZE, channels: 3 });
    expect(raster.data.constructor).toBe(Uint8Array);
    // Each component is rounded twice, and blue takes 1.8 of it.
    expect(getLargestDifference(raster.data, picture)).toBeLessThanOrEqual(3);
  });

  it('takes the components as they are where the TIFF says RGB and the tile nothing', async () => {
    const components = (await decode(bare, { ...ycc, photometric: 2 })).data;
    // BT.601 of the components must be the picture: 1.5 levels for the rounding of each component, on top of coding.
    const rgb = Array.from(components, (_, i) => {
      const at = i - (i % 3);
      const [y = 0, cb = 0, cr = 0] = components.subarray(at, at + 3);
      return (
        [y + 1.402 * (cr - 128), y - 0.344136 * (cb - 128) - 0.714136 * (cr - 128), y + 1.772 * (cb - 128)][i % 3] ?? 0
      );
    });
    expect(getLargestDifference(picture, rgb)).toBeLessThanOrEqual(3);
    expect(getLargestDifference(picture, components)).toBeGreaterThan(50);
  });

  const adobe = (transform: number) => Uint8Array.of(0x41, 0x64, 0x6f, 0x62, 0x65, 0, 100, 0, 0, 0, 0, transform);
  const jfif = Uint8Array.of(0x4a, 0x46, 0x49, 0x46, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0);

  it('believes a TIFF that says YCbCr, whatever the tile says', async () => {
    const plain = await decode(bare, ycc);
    for (const marked of [
      insertSegment(bare, 0xee, adobe(0)),
      insertSegment(bare, 0xee, adobe(1)),
      insertSegment(bare, 0xe0, jfif),
    ])
      expect((await decode(marked, ycc)).data).toEqual(plain.data);
  });

  it('believes a TIFF that says RGB, unless the tile is YCbCr by its own word, as Bio-Formats writes them', async () => {
    const rgb = { ...ycc, photometric: 2 };
    const [asRgb, asYcc] = [await decode(bare, rgb), await decode(bare, ycc)];
    expect((await decode(insertSegment(bare, 0xee, adobe(0)), rgb)).data).toEqual(asRgb.data);
    expect((await decode(insertSegment(bare, 0xfe, Uint8Array.of(1, 2, 3)), rgb)).data).toEqual(asRgb.data);
    expect((await decode(insertSegment(bare, 0xee, adobe(1)), rgb)).data).toEqual(asYcc.data);
    expect((await decode(insertSegment(bare, 0xe0, jfif), rgb)).data).toEqual(asYcc.data);
    const subsampled = removeMarkers(await sharp(picture, raw).jpeg({ chromaSubsampling: '4:2:0' }).toBuffer());
    expect((await decode(subsampled, rgb)).data).toEqual((await decode(subsampled, ycc)).data);
    const sayingRgb = insertSegment(subsampled, 0xee, adobe(0));
    expect((await decode(sayingRgb, rgb)).data).not.toEqual((await decode(subsampled, ycc)).data);
  });

  it('leaves pixels as stored where a tile carries a colour profile', async () => {
    const p3 = await sharp(picture, raw)
      .withIccProfile('p3')
      .jpeg({ quality: 100, chromaSubsampling: '4:4:4' })
      .toBuffer();
    expect(p3.includes('ICC_PROFILE')).toBe(true);
    const stripped = Buffer.from(createJpegStream(p3, ycc).bytes);
    expect(stripped.includes('ICC_PROFILE')).toBe(false);
    const untagged = await sharp(stripped).raw().toBuffer();
    expect((await decode(p3, ycc)).data).toEqual(new Uint8Array(untagged));
  });

  it('joins shared tables and abbreviated tiles', async () => {
    const { tables, abbreviated } = splitJpeg(colour);
    const whole = await decode(colour, ycc);
    expect((await decode(abbreviated, { ...ycc, jpegTables: tables })).data).toEqual(whole.data);
    await expect(decode(abbreviated, ycc)).rejects.toMatchObject({ tag: 'codec', codec: 'jpeg' });
  });

  it('decodes one component to one channel, inverted where the TIFF says WhiteIsZero', async () => {
    const black = await decode(grey, mono);
    expect(black).toMatchObject({ channels: 1, width: SIZE });
    expect(black.data.length).toBe(SIZE * SIZE);
    expect(getLargestDifference(black.data, shades)).toBeLessThanOrEqual(2);
    const white = await decode(grey, { ...mono, photometric: 0 });
    expect(white.data).toEqual(black.data.map((value) => 255 - value));
  });

  it('takes a last strip that holds the rows of a full one', async () => {
    const { data, height } = await decode(colour, { ...ycc, height: 5, fullHeight: SIZE });
    expect(height).toBe(5);
    expect(data).toEqual((await decode(colour, ycc)).data.subarray(0, SIZE * 5 * 3));
  });
});

describe('JPEG refuses', () => {
  const cases: [string, Uint8Array, Partial<TileParameters>, RegExp][] = [
    ['nothing', new Uint8Array(0), {}, /jpeg: no start marker/],
    ['a tile of zeros', new Uint8Array(100), {}, /jpeg: no start marker \(FFD8\) in the tile/],
    ['a start marker alone', colour.subarray(0, 2), {}, /jpeg: no frame header/],
    ['a cut header', colour.subarray(0, 40), {}, /jpeg: the segment at byte \d+ of the tile leaves it/],
    ['no scan', colour.subarray(0, splitJpeg(colour).entropyAt - 14), {}, /jpeg: no scan/],
    ['broken tables', colour, { jpegTables: Uint8Array.of(1, 2, 3) }, /jpeg: no start marker \(FFD8\) in JPEGTables/],
    [
      'a narrower tile',
      colour,
      { width: 16 },
      /the stream holds 32 x 32 with 3 samples, the file promises 16 x 32 with 3/,
    ],
    ['a higher tile', colour, { height: 40, fullHeight: 40 }, /promises 32 x 40/],
    ['grey for colour', grey, {}, /32 x 32 with 1 samples, the file promises 32 x 32 with 3/],
    ['entropy data only in part', colour.subarray(0, colour.length >> 1), {}, /jpeg: /],
  ];
  it.each(cases)('%s', async (_what, bytes, change, message) => {
    await expect(decode(bytes, { ...ycc, ...change })).rejects.toMatchObject({ tag: 'codec', codec: 'jpeg' });
    await expect(decode(bytes, { ...ycc, ...change })).rejects.toThrow(message);
  });

  it('colour for grey', async () => {
    await expect(decode(colour, mono)).rejects.toThrow(/with 3 samples, the file promises 32 x 32 with 1/);
  });

  it('12 bits a sample in the stream', async () => {
    const frame = colour.indexOf(Buffer.from([0xff, 0xc0]));
    const deep = Uint8Array.from(colour);
    deep[frame + 4] = 12;
    await expect(decode(deep, ycc)).rejects.toThrow(/jpeg: 12 bits a sample/);
  });

  it.each([
    [{ bitsPerSample: 12 }, 'JPEG with 12 bits a sample'],
    [{ predictor: 2 }, 'JPEG with predictor 2'],
    [{ samples: 4, photometric: 5 }, 'JPEG with photometric interpretation 5 and 4 samples a pixel'],
    [{ samples: 3, photometric: 1 }, 'JPEG with photometric interpretation 1 and 3 samples a pixel'],
    [{ samples: 1, photometric: 0 }, undefined],
    [{ samples: 3, photometric: 6 }, undefined],
  ])('%o when a slide is opened: %s', (change, reason) => {
    expect(jpegCodec.getUnsupportedReason(createParameters(change))).toBe(reason);
  });
});
