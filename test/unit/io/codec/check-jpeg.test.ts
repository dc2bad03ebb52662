import { describe, expect, it } from 'vitest';
import { checkJpegScans } from '../../../../src/io/codec/check-jpeg.ts';
import { jpegCodec } from '../../../../src/io/codec/jpeg.ts';
import { sharp } from '../../../../src/io/codec/sharp.ts';
import { splitJpeg } from '../../../support/jpeg-parts.ts';
import { createNoise } from '../../../support/tiny-tiff.ts';
import { createParameters } from './codec-support.ts';

/** 40 x 24, 4:2:0, a restart marker behind each row of MCUs, by OpenCV 4.6. */
const RESTARTS = Buffer.from(
  '/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDABALDA4MChAODQ4SERATGCgaGBYWGDEjJR0oOjM9PDkzODdASFxOQERXRTc4UG1RV19iZ2hnPk1xeXBkeFxlZ2P/2wBDARESEhgVGC8aGi9jQjhCY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2NjY2P/wAARCAAYACgDASIAAhEBAxEB/8QAHwAAAQUBAQEBAQEAAAAAAAAAAAECAwQFBgcICQoL/8QAtRAAAgEDAwIEAwUFBAQAAAF9AQIDAAQRBRIhMUEGE1FhByJxFDKBkaEII0KxwRVS0fAkM2JyggkKFhcYGRolJicoKSo0NTY3ODk6Q0RFRkdISUpTVFVWV1hZWmNkZWZnaGlqc3R1dnd4eXqDhIWGh4iJipKTlJWWl5iZmqKjpKWmp6ipqrKztLW2t7i5usLDxMXGx8jJytLT1NXW19jZ2uHi4+Tl5ufo6erx8vP09fb3+Pn6/8QAHwEAAwEBAQEBAQEBAQAAAAAAAAECAwQFBgcICQoL/8QAtREAAgECBAQDBAcFBAQAAQJ3AAECAxEEBSExBhJBUQdhcRMiMoEIFEKRobHBCSMzUvAVYnLRChYkNOEl8RcYGRomJygpKjU2Nzg5OkNERUZHSElKU1RVVldYWVpjZGVmZ2hpanN0dXZ3eHl6goOEhYaHiImKkpOUlZaXmJmaoqOkpaanqKmqsrO0tba3uLm6wsPExcbHyMnK0tPU1dbX2Nna4uPk5ebn6Onq8vP09fb3+Pn6/90ABAAB/9oADAMBAAIRAxEAPwDjUtfapktfatRLX2qZLX2rOlXIjUP/0OaS19qmS19q1Etfapktfau+lXNY1D//0cZLX2oraS19qK9+NfQ61UP/0nJa+1TJa+1FFeJSmzhi2f/Tvpa+1TJa+1FFc1KbMYtn/9TbS19qKKK6IzdgTZ//2Q==',
  'base64',
);

function encode(
  width: number,
  height: number,
  options: { chromaSubsampling?: string; optimiseCoding?: boolean; progressive?: boolean; channels?: 1 | 3 },
): Promise<Buffer> {
  const { channels = 3, ...jpeg } = options;
  const raw = { raw: { width, height, channels } };
  return sharp(createNoise(width * height * channels), raw)
    .toColourspace(channels === 1 ? 'b-w' : 'srgb')
    .jpeg({ quality: 85, ...jpeg })
    .toBuffer();
}

/** Replaces bytes, given as offset and new value. */
function patch(bytes: Uint8Array, ...changes: [number, number][]): Uint8Array {
  const patched = Uint8Array.from(bytes);
  for (const [at, value] of changes) patched[at] = value;
  return patched;
}

describe('checkJpegScans passes', () => {
  const sizes = [
    [8, 8],
    [16, 16],
    [240, 240],
    [17, 9],
    [1, 1],
    [33, 70],
  ] as const;
  const kinds = [
    { chromaSubsampling: '4:2:0' },
    { chromaSubsampling: '4:4:4' },
    { chromaSubsampling: '4:4:4', optimiseCoding: false },
    { channels: 1 as const },
  ];
  it.each(kinds)('sound streams of any size, %o', async (options) => {
    for (const [width, height] of sizes) {
      const jpeg = await encode(width, height, options);
      expect(() => checkJpegScans(jpeg), `${width} x ${height}`).not.toThrow();
    }
  });

  it('restart markers', () => {
    expect(() => checkJpegScans(RESTARTS)).not.toThrow();
  });

  it('fill bytes before markers, and bytes behind the end', async () => {
    const jpeg = await encode(16, 16, {});
    expect(() =>
      checkJpegScans(Uint8Array.from([...jpeg.subarray(0, -2), 0xff, 0xff, 0xff, 0xd9, 1, 2, 3])),
    ).not.toThrow();
  });

  it('progressive streams, unchecked', async () => {
    const jpeg = await encode(64, 64, { progressive: true });
    expect(() => checkJpegScans(jpeg.subarray(0, jpeg.length >> 1))).not.toThrow();
  });

  it('one scan for each component', async () => {
    const parameters = createParameters({ width: 24, height: 24, samples: 3, photometric: 2 });
    const planes = await Promise.all([1, 2, 3].map((seed) => encodePlane(seed)));
    const separate = createSeparateScans(planes);
    expect(() => checkJpegScans(separate)).not.toThrow();
    const { data } = await jpegCodec.decode(separate, parameters);
    for (const [c, plane] of planes.entries()) {
      const { data: alone } = await jpegCodec.decode(plane, createParameters({ width: 24, height: 24 }));
      expect(data.filter((_, i) => i % 3 === c)).toEqual(alone);
    }
    expect(() => checkJpegScans(createSeparateScans(planes.slice(0, 2), 3))).toThrow(/do not hold every component/);
    expect(() => checkJpegScans(createSeparateScans([...planes.slice(0, 2), planes[2]!.subarray(0, -40)]))).toThrow(
      /end before the last block/,
    );
  });
});

/** With the standard tables, so that all planes share them. */
function encodePlane(seed: number): Promise<Buffer> {
  const raw = { raw: { width: 24, height: 24, channels: 1 as const } };
  return sharp(createNoise(576, seed), raw)
    .toColourspace('b-w')
    .jpeg({ quality: 85, optimiseCoding: false })
    .toBuffer();
}

/** A frame of `count` components, each in a scan of its own, made of grey JPEGs with the same tables. */
function createSeparateScans(planes: readonly Uint8Array[], count = planes.length): Uint8Array {
  const frame = [0xff, 0xc0, 0, 8 + 3 * count, 8, 0, 24, 0, 24, count];
  for (let i = 0; i < count; i++) frame.push(i + 1, 0x11, 0);
  const bytes = [...splitJpeg(planes[0]!).tables.subarray(0, -2), ...frame];
  for (const [i, plane] of planes.entries()) {
    const data = plane.subarray(splitJpeg(plane).entropyAt);
    const end = data.at(-1) === 0xd9 && data.at(-2) === 0xff ? -2 : data.length;
    bytes.push(0xff, 0xda, 0, 8, 1, i + 1, 0, 0, 63, 0, ...data.subarray(0, end));
  }
  return Uint8Array.from([...bytes, 0xff, 0xd9]);
}

describe('checkJpegScans finds', () => {
  const scanAt = splitJpeg(RESTARTS).entropyAt;
  const restart = RESTARTS.indexOf(Buffer.from([0xff, 0xd1]));

  it('data that end early', async () => {
    const jpeg = await encode(64, 64, {});
    const { entropyAt } = splitJpeg(jpeg);
    const end = [0xff, 0xd9];
    for (let length = entropyAt; length < jpeg.length - 3; length += 37)
      expect(() => checkJpegScans(Uint8Array.from([...jpeg.subarray(0, length), ...end]))).toThrow(
        /end before the last block|not exist/,
      );
  });

  it('bytes left over', async () => {
    const jpeg = await encode(64, 64, {});
    expect(() => checkJpegScans(Uint8Array.from([...jpeg.subarray(0, -2), 0x55, 0xff, 0xd9]))).toThrow(
      /bytes are left over/,
    );
    expect(() => checkJpegScans(Uint8Array.from([...jpeg.subarray(0, -2), 0xff, 0x00, 0xff, 0xd9]))).toThrow(
      /bytes are left over/,
    );
  });

  it('a code that does not exist', () => {
    // Sixteen ones are no code of any table; FF is stuffed with 00.
    const ones = [0xff, 0, 0xff, 0, 0xff, 0, 0xff, 0];
    const damaged = patch(RESTARTS, ...ones.map((value, i): [number, number] => [scanAt + i, value]));
    expect(() => checkJpegScans(damaged)).toThrow(/a Huffman code that does not exist/);
  });

  it('restart markers that are missing or out of turn', () => {
    expect(() => checkJpegScans(patch(RESTARTS, [restart + 1, 0xd3]))).toThrow(/a restart marker is missing/);
    expect(() => checkJpegScans(patch(RESTARTS, [restart, 0x12], [restart + 1, 0x34]))).toThrow(/damaged data/);
  });

  it('too many coefficients in a block', async () => {
    // A grey stream whose only AC code stands for 15 zeros and a value: five of them pass 64 coefficients.
    const table = (kind: number, symbol: number) => [0xff, 0xc4, 0, 20, kind, 1, ...Array(15).fill(0), symbol];
    const frame = [0xff, 0xc0, 0, 11, 8, 0, 8, 0, 8, 1, 1, 0x11, 0];
    const scan = [0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0, ...Array(8).fill(0)];
    const bytes = Uint8Array.from([0xff, 0xd8, ...frame, ...table(0x00, 0), ...table(0x10, 0xf1), ...scan, 0xff, 0xd9]);
    expect(() => checkJpegScans(bytes)).toThrow(/more than 64 coefficients/);
  });

  it('damaged tables, frames and scan headers', async () => {
    const jpeg = await encode(16, 16, {});
    const dht = jpeg.indexOf(Buffer.from([0xff, 0xc4]));
    const sof = jpeg.indexOf(Buffer.from([0xff, 0xc0]));
    const sos = jpeg.indexOf(Buffer.from([0xff, 0xda]));
    expect(() => checkJpegScans(patch(jpeg, [dht + 5, 200]))).toThrow(/a damaged Huffman table/);
    expect(() => checkJpegScans(patch(jpeg, [sof + 11, 0x50]))).toThrow(/sampling factors 80/);
    expect(() => checkJpegScans(patch(jpeg, [sos + 5, 99]))).toThrow(/a component that the frame does not have/);
    expect(() => checkJpegScans(patch(jpeg, [sos + 6, 0x33]))).toThrow(/a scan without its Huffman tables/);
    expect(() => checkJpegScans(patch(jpeg, [sos + 4, 0]))).toThrow(/an empty scan/);
  });
});
