import { readFileSync } from 'node:fs';
import { decompress } from 'fzstd';
import { describe, expect, it } from 'vitest';
import { decodeJpegLs } from '../../src/io/codec/jpeg-ls.ts';
import { decodeRle } from '../../src/io/codec/rle.ts';
import { expandZstd } from '../../src/io/kernels/expand-zstd.ts';
import { openSlide } from '../../src/slide/open-slide.ts';
import { describeWithShared, sharedPath } from '../support/shared-data.ts';
import { describeWithPillow, readShared } from './encode-support.ts';
import {
  decodeAs,
  decodeWithPillow,
  describeTile,
  findStream,
  getDifference,
  LONG_RUN,
  narrow,
  requireCodec,
  STREAMS,
} from './tile-codecs-support.ts';

const wsi = (name: string) => sharedPath('data', 'wsi', name);

describe('streams of reference libraries', () => {
  // The same libraries, or lossless: no difference is allowed.
  const plain = STREAMS.filter(({ name, samples }) => !/42[02]|16|12|same/.test(name) && samples !== 4);
  it.each(plain.map(({ name }) => name))('%s: the very samples', async (name) => {
    const stream = findStream(name);
    expect(getDifference(await decodeAs(stream, stream.stream), stream.pixels)).toBe(0);
  });

  it('of 16 and 12 bits: samples of JPEG-LS, the nearest of 256 levels of JPEG 2000', async () => {
    for (const name of ['jls grey 16', 'jls grey 12', 'jls planes 16']) {
      const stream = findStream(name);
      expect(getDifference(await decodeAs(stream, stream.stream), stream.pixels), name).toBe(0);
    }
    for (const name of ['j2k grey 16', 'j2k grey 12']) {
      const stream = findStream(name);
      expect(await decodeAs(stream, stream.stream), name).toEqual(narrow(stream.pixels));
    }
  });

  it('of 12 bits in samples of 16: dark as the same values uncompressed, bright where the file says that 12 bits count', async () => {
    const { stream, pixels, ...about } = findStream('j2k grey 12');
    const tile = describeTile({ ...about, stream, pixels });
    const [j2k, plain] = [await requireCodec(34_712), await requireCodec(1)];
    expect((await j2k.decode(stream, tile)).data).toEqual((await plain.decode(pixels.slice(), tile)).data);
    expect(Math.max(...(await j2k.decode(stream, tile)).data)).toBeLessThanOrEqual(16);
    const told = await j2k.decode(stream, { ...tile, significantBits: 12 });
    expect(told.data).toEqual(narrow(pixels, 12));
    expect(Math.max(...told.data)).toBeGreaterThan(200);
    // As numbers they are what is stored, either way.
    for (const parameters of [tile, { ...tile, significantBits: 12 }]) {
      const { data } = (await j2k.samples?.decode(stream, parameters)) ?? { data: [] };
      expect([...data]).toEqual([...new Uint16Array(pixels.slice().buffer)]);
    }
  });

  it('of one long run', async () => {
    const decoded = await decodeAs(findStream(LONG_RUN.name), findStream(LONG_RUN.name).stream);
    expect(getDifference(decoded, new Uint8Array(LONG_RUN.length).fill(LONG_RUN.value))).toBe(0);
  });

  it('with alpha: laid over white, or dropped where the file does not call it alpha', async () => {
    const webp = await requireCodec(50_001);
    for (const name of ['webp alpha', 'webp lossy alpha']) {
      const { pixels, ...stream } = findStream(name);
      const rgb = pixels.filter((_, i) => i % 4 < 3);
      const dropped = await webp.decode(stream.stream, describeTile({ ...stream, pixels }));
      expect(dropped.data, name).toEqual(rgb);
      const laid = await webp.decode(stream.stream, describeTile({ ...stream, pixels }, { extraSample: 2 }));
      const wanted = rgb.map((value, i) => {
        const alpha = pixels[Math.floor(i / 3) * 4 + 3] ?? 0;
        return Math.round((value * alpha) / 255) + 255 - alpha;
      });
      expect(laid.data, name).toEqual(wanted);
    }
  });
});

/** The colours of JFIF, in floating point. */
function convert(y: number, cb: number, cr: number): number[] {
  const rgb = [y + 1.402 * (cr - 128), y - 0.344136 * (cb - 128) - 0.714136 * (cr - 128), y + 1.772 * (cb - 128)];
  return rgb.map((value) => Math.min(255, Math.max(0, value)));
}

describe('colours of JPEG 2000', () => {
  it('are Y, Cb, Cr where the file says so and nothing has mixed or subsampled them', async () => {
    const codec = await requireCodec(33_003);
    const plain = findStream('j2k plain');
    const { data } = await codec.decode(plain.stream, describeTile(plain, { photometric: 6 }));
    const wanted = Array.from({ length: plain.pixels.length / 3 }, (_, i) =>
      convert(...(plain.pixels.subarray(3 * i, 3 * i + 3) as unknown as [number, number, number])),
    ).flat();
    // Fixed point against floating point: libjpeg's tables are rounded too.
    expect(Math.max(...wanted.map((value, i) => Math.abs(value - (data[i] ?? 0))))).toBeLessThan(1.01);
    const mixed = findStream('j2k mixed');
    const shown = await codec.decode(mixed.stream, describeTile(mixed, { photometric: 6 }));
    expect(shown.data).toEqual(mixed.pixels);
  });

  it.each([
    ['j2k 422', 2, 1],
    ['j2k 420', 2, 2],
    ['j2k 422 odd', 2, 1],
    ['j2k 420 odd', 2, 2],
  ])('of %s are converted by the decoder, each chroma sample for its pixels', async (name, dx, dy) => {
    const { width, height, pixels, ...stream } = findStream(name);
    const codec = await requireCodec(33_003);
    const tile = describeTile({ ...stream, width, height, pixels }, { photometric: 6 });
    const { data } = await codec.decode(stream.stream, tile);
    const [columns, rows] = [Math.ceil(width / dx), Math.ceil(height / dy)];
    const chroma = pixels.subarray(width * height);
    let most = 0;
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const at = Math.floor(y / dy) * columns + Math.floor(x / dx);
        const [cb = 0, cr = 0] = [chroma[at], chroma[at + columns * rows]];
        convert(pixels[y * width + x] ?? 0, cb, cr).forEach((value, c) => {
          most = Math.max(most, Math.abs(value - (data[(y * width + x) * 3 + c] ?? 0)));
        });
      }
    }
    // The wrapper cuts fractions off where others round: of two products in green.
    expect(most).toBeLessThan(2.01);
  });
});

describeWithShared('frames of one picture in many codecs', () => {
  const frame = (name: string) => new Uint8Array(readFileSync(wsi(`codec-frames/${name}`)));
  const raw = (kind: string) => frame(`Explicit_VR_Little_Endian-${kind}.raw`);
  const size = { width: 240, height: 240 };
  const kinds = {
    'GRAYSCALE-8': { ...size, samples: 1, bytesPerSample: 1 },
    'GRAYSCALE-16': { ...size, samples: 1, bytesPerSample: 2 },
    'RGB-8': { ...size, samples: 3, bytesPerSample: 1 },
  } as const;

  it.each(Object.entries(kinds))('RLE and JPEG-LS, %s: lossless is the raw frame', async (kind, expected) => {
    expect(getDifference(decodeRle(frame(`RLE_Lossless-${kind}.rle`), expected), raw(kind))).toBe(0);
    const lossless = frame(`JPEG-LS_Lossless_Image_Compression-${kind}.jls`);
    expect(getDifference(await decodeJpegLs(lossless, expected), raw(kind))).toBe(0);
    const near = await decodeJpegLs(frame(`JPEG-LS_Lossy_(Near-Lossless)_Image_Compression-${kind}.jls`), expected);
    const view = (bytes: Uint8Array) => (expected.bytesPerSample === 1 ? bytes : new Uint16Array(bytes.slice().buffer));
    // The streams say NEAR = 1: no sample is off by more.
    expect(getDifference(view(near), view(raw(kind)))).toBe(1);
  });

  it.each(Object.entries(kinds))(
    'JPEG 2000, %s: lossless is the raw frame',
    async (kind, { samples, bytesPerSample }) => {
      const codec = await requireCodec(34_712);
      const about = { name: kind, stream: new Uint8Array(), pixels: new Uint8Array(), ...size, samples };
      const tile = describeTile({ ...about, bits: 8 * bytesPerSample });
      const { data } = await codec.decode(frame(`JPEG_2000_Image_Compression_(Lossless_Only)-${kind}.jp2`), tile);
      expect(getDifference(data, bytesPerSample === 1 ? raw(kind) : narrow(raw(kind)))).toBe(0);
    },
  );

  it('JPEG 2000 of mixed components is RGB, whatever the file calls it', async () => {
    const codec = await requireCodec(34_712);
    const about = { name: '', stream: new Uint8Array(), pixels: new Uint8Array(), ...size, samples: 3, bits: 8 };
    const tile = describeTile(about, { photometric: 6 });
    const { data } = await codec.decode(frame('JPEG_2000_Image_Compression_(Lossless_Only)-YBR-8.jp2'), tile);
    expect(getDifference(data, raw('RGB-8'))).toBe(0);
  });
});

describeWithShared('real slides', () => {
  describeWithPillow('tiles against Pillow', () => {
    // The same libraries, though of other versions: openjpeg 2.5.0 and libwebp 1.2.4 in Pillow.
    it.each([
      ['CMU-1-Small-Region.jp2.tiff', 'jpeg2000'],
      ['CMU-1-Small-Region.webp.tiff', 'webp'],
    ])('%s: all tiles are equal', { timeout: 60_000 }, async (name, codec) => {
      await using slide = await openSlide(wsi(name));
      const [level] = slide.levels;
      expect(level).toMatchObject({ codec, tileWidth: 256, tileHeight: 256, width: 2220, height: 2967 });
      const places = Array.from({ length: 9 * 12 }, (_, i) => ({ col: i % 9, row: Math.floor(i / 9) }));
      const tiles = await Promise.all(places.map(({ col, row }) => slide.readTile(0, col, row)));
      const pictures = decodeWithPillow(tiles.map((tile) => tile?.data ?? new Uint8Array()));
      for (const [index, { col, row }] of places.entries()) {
        const [width, height] = [Math.min(256, 2220 - col * 256), Math.min(256, 2967 - row * 256)];
        const ours = await slide.readRegion({ x: col * 256, y: row * 256, level: 0, width, height });
        const theirs = pictures[index] ?? new Uint8Array();
        let same = ours.data.length === width * height * 3;
        for (let y = 0; y < height && same; y++) {
          const line = theirs.subarray(y * 768, y * 768 + width * 3);
          same = Buffer.compare(ours.data.subarray(y * width * 3, (y + 1) * width * 3), line) === 0;
        }
        expect(same, `tile ${col}, ${row}`).toBe(true);
      }
    });
  });

  it('yb10kx5k.zstd.tiff: its tiles are what another decoder makes of them', async () => {
    await using slide = await openSlide(sharedPath('data', 'tiff-robustness', 'large_image', 'yb10kx5k.zstd.tiff'));
    expect(slide).toMatchObject({ levels: expect.arrayContaining([expect.objectContaining({ codec: 'zstd' })]) });
    const out = new Uint8Array(1024 * 1024 * 3);
    for (const [level, col, row] of [
      [0, 0, 0],
      [0, 4, 2],
      [1, 4, 2],
      [2, 1, 1],
    ] as const) {
      const tile = await slide.readTile(level, col, row);
      const wanted = decompress(tile?.data ?? new Uint8Array());
      expect(expandZstd(tile?.data ?? new Uint8Array(), out)).toBe(wanted.length);
      expect(Buffer.compare(out.subarray(0, wanted.length), wanted)).toBe(0);
    }
  });

  it.each(['JPEG-2000', 'LZW', 'zlib'])('XYC_%s.ome.tiff is the card that it was made of', async (name) => {
    await using slide = await openSlide(wsi(`ome-bfconvert/XYC_${name}.ome.tiff`));
    const { width, height, data } = await readShared('data', 'wsi', 'XYC.png');
    const ours = await slide.readRegion({ x: 0, y: 0, level: 0, width, height });
    expect(Buffer.compare(ours.data, data)).toBe(0);
  });
});
