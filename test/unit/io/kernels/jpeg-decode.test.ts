import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { sharp } from '../../../../src/io/codec/sharp.ts';
import { resampleArea } from '../../../../src/io/kernels/area-resample.ts';
import {
  createJpegDecoder,
  type JpegCrop,
  type JpegDecoder,
  type JpegScale,
  parseJpegHeader,
  parseJpegTables,
} from '../../../../src/io/kernels/jpeg-decode.ts';
import { createKernels } from '../../../../src/io/kernels/wasm-kernels.ts';
import type { Raster } from '../../../../src/io/raster.ts';
import { JPEG_FIXTURES, readFixture } from '../../../golden/jpeg-decode-fixtures.ts';
import { removeMarkers, splitJpeg } from '../../../support/jpeg-parts.ts';
import { createSeededRandom, type SeededRandom } from '../../../support/seeded-random.ts';

const SCALES = [1, 2, 4, 8] as const;
const decoders: readonly JpegDecoder[] = [createJpegDecoder(createKernels(2 ** 25)), createJpegDecoder()];

describe.each(decoders)('JPEG decoder, $kind', (decoder) => {
  const decode = (jpeg: Uint8Array, scale: JpegScale = 1) => decoder.decode(jpeg, parseJpegHeader(jpeg), { scale });

  it.each(JPEG_FIXTURES)('gives the pixels of djpeg at every scale: $name', ({ name, sha256 }) => {
    for (const scale of SCALES) {
      const { data } = decode(readFixture(name), scale);
      expect(createHash('sha256').update(data).digest('hex').slice(0, 16), `1/${scale}`).toBe(sha256[scale]);
    }
  });

  it.each(JPEG_FIXTURES)('writes any part with any pitch, and nothing beside it: $name', ({ name }) => {
    const jpeg = readFixture(name);
    const header = parseJpegHeader(jpeg);
    const random = createSeededRandom(1);
    for (let i = 0; i < 60; i++) {
      const scale = SCALES[i & 3] ?? 1;
      const whole = decode(jpeg, scale);
      const crop = chooseCrop(whole, random);
      const pitch = crop.width * whole.channels + random.integer(0, 8);
      const data = new Uint8Array(pitch * crop.height + 7).fill(0xa5);
      decoder.decodeInto(jpeg, header, { data, pitch, scale, crop });
      expect(data, JSON.stringify({ scale, crop, pitch })).toEqual(
        cutExpected(whole, { ...crop, pitch, length: data.length }),
      );
    }
  });

  it('refuses a crop that leaves the image and data that are too short', () => {
    const jpeg = readFixture('420 plain');
    const header = parseJpegHeader(jpeg);
    const into =
      (data: Uint8Array, pitch: number, crop: { x: number; y: number; width: number; height: number }) => () =>
        decoder.decodeInto(jpeg, header, { data, pitch, crop });
    const data = new Uint8Array(61 * 43 * 3);
    expect(into(data, 183, { x: 1, y: 0, width: 61, height: 43 })).toThrow(/expected a part of 61 x 43 for `crop`/);
    expect(into(data, 183, { x: 0, y: -1, width: 61, height: 43 })).toThrow(RangeError);
    expect(into(data, 182, { x: 0, y: 0, width: 61, height: 43 })).toThrow(/at least 183 for `pitch`/);
    expect(into(data.subarray(1), 183, { x: 0, y: 0, width: 61, height: 43 })).toThrow(/at least 7869 bytes/);
  });

  it.each(JPEG_FIXTURES.filter(({ name }) => !name.startsWith('grey')))(
    'makes means of 2 x 2 pixels: $name',
    ({ name }) => {
      expectMeans(decoder, trimToEven(readFixture(name)));
    },
  );

  it('makes means of images of any even size, and of RGB', async () => {
    for (const [width, height] of [
      [2, 2],
      [34, 18],
      [64, 48],
      [90, 66],
    ] as const) {
      const jpeg = await encodeNoise(width, height);
      expectMeans(decoder, jpeg);
      expectMeans(decoder, removeMarkers(jpeg), 'rgb');
    }
  });

  it('refuses means of what has none', async () => {
    const grey = readFixture('grey restart 5');
    const data = new Uint8Array(10_000);
    const into = (jpeg: Uint8Array, more: { scale?: JpegScale; crop?: JpegCrop } = {}) => {
      return () => decoder.decodeInto(jpeg, parseJpegHeader(jpeg), { data, pitch: 200, mean: true, ...more });
    };
    expect(into(grey)).toThrow(/colour image of even size for `mean` but received 1 channels/);
    expect(into(readFixture('420 plain'))).toThrow(/61 x 43/);
    const even = await encodeNoise(16, 16);
    expect(into(even, { scale: 2 })).toThrow(/at scale 2/);
    expect(into(even, { crop: { x: 0, y: 0, width: 8, height: 8 } })).toThrow(/cropped/);
  });

  it('takes tables from outside, and those of the stream before them', async () => {
    const { tables, stream, whole } = await writeAbbreviated(60);
    const shared = parseJpegTables(tables);
    const expected = decode(whole).data;
    expect(decoder.decode(stream, parseJpegHeader(stream, { tables: shared })).data).toEqual(expected);
    const other = parseJpegTables((await writeAbbreviated(20)).tables);
    expect(decoder.decode(whole, parseJpegHeader(whole, { tables: other })).data).toEqual(expected);
    expect(decoder.decode(stream, parseJpegHeader(stream, { tables: other })).data).not.toEqual(expected);
  });

  it('keeps RGB as it is where the container says so', async () => {
    const { whole } = await writeAbbreviated(60);
    const bare = removeMarkers(whole);
    const data = decoder.decode(bare, parseJpegHeader(bare, { colour: 'rgb' })).data;
    const adobe = Uint8Array.of(0xff, 0xee, 0, 14, 0x41, 0x64, 0x6f, 0x62, 0x65, 0, 100, 0, 0, 0, 0, 0);
    const marked = Buffer.concat([bare.subarray(0, 2), adobe, bare.subarray(2)]);
    expect(data).toEqual(new Uint8Array(await sharp(marked).raw().toBuffer()));
    expect(decode(marked).data).toEqual(data);
    expect(decode(bare).data).not.toEqual(data);
  });

  it('accepts what leaves the image complete: no end marker, padding before it, bytes behind it, fill bytes', () => {
    const jpeg = readFixture('420 plain');
    const expected = decode(jpeg).data;
    const body = jpeg.subarray(0, -2);
    const accepted = [
      body,
      Buffer.concat([body, Buffer.alloc(9), END]),
      Buffer.concat([body, Uint8Array.of(0xff, 0xff), END]),
      Buffer.concat([body, Uint8Array.of(0xff)]),
      Buffer.concat([jpeg, Buffer.from('trailing')]),
    ];
    for (const [i, bytes] of accepted.entries()) expect(decode(bytes).data, `case ${i}`).toEqual(expected);
  });

  it('throws for what libjpeg would paint over', () => {
    const jpeg = readFixture('420 restart 1');
    const [first, second] = findRestarts(jpeg);
    const cases: [RegExp, Uint8Array][] = [
      [/end before the image is complete/, jpeg.subarray(0, -60)],
      [/restart marker is missing or out of order/, patch(jpeg, [first + 1, 0xd1])],
      [/restart marker is missing or out of order/, Buffer.concat([jpeg.subarray(0, first), jpeg.subarray(second)])],
      [/data are left where a marker must follow/, insert(jpeg, first, [0x12, 0x34])],
      [/data are left where a marker must follow/, insert(jpeg, jpeg.length - 2, [0x12, 0x34])],
      [/data are left where a marker must follow/, patch(jpeg, [jpeg.length - 1, 0xd0])],
      [/end before the image is complete/, Buffer.concat([jpeg.subarray(0, first), END])],
    ];
    for (const [message, bytes] of cases) expect(() => decode(bytes), String(message)).toThrow(message);
    for (const [, bytes] of cases) expect(() => decode(bytes)).toThrow(expect.objectContaining({ tag: 'codec' }));
  });

  it('throws for codes that do not exist and runs that leave their block', () => {
    const jpeg = readFixture('420 plain');
    const scan = parseJpegHeader(jpeg).scan;
    // FF 00 is a byte of ones, which no table has a code of.
    const ones = Buffer.concat([jpeg.subarray(0, scan), Uint8Array.of(0xff, 0, 0xff, 0, 0xff, 0), jpeg.subarray(scan)]);
    expect(() => decode(ones)).toThrow('a Huffman code that the tables do not have');
    // DC difference 0 (00), then 16 zeros (11111111001) over and over.
    const zeros = `00${'11111111001'.repeat(8)}${'0'.repeat(7)}`;
    const bytes = (zeros.match(/.{8}/g) ?? []).flatMap((bits) => {
      const byte = Number.parseInt(bits, 2);
      return byte === 0xff ? [byte, 0] : [byte];
    });
    const run = Buffer.concat([jpeg.subarray(0, scan), Uint8Array.from(bytes), jpeg.subarray(scan)]);
    expect(() => decode(run)).toThrow('a run of zeros that leaves its block');
  });

  it('decodes on after a fault as if nothing had been', () => {
    const jpeg = readFixture('444 restart 2');
    const expected = decode(jpeg).data;
    for (let cut = parseJpegHeader(jpeg).scan; cut < jpeg.length - 10; cut += 13) {
      expect(() => decode(jpeg.subarray(0, cut))).toThrow();
      expect(decode(jpeg).data).toEqual(expected);
    }
  });

  it('says why it does not decode a header that was found unsupported', () => {
    const jpeg = patch(readFixture('420 plain'), [findFrame(readFixture('420 plain')) + 1, 0xc9]);
    expect(() => decode(jpeg)).toThrow('expected a baseline JPEG but received arithmetic coding');
  });
});

describe('JPEG decoder in the memory of the kernels', () => {
  it('reads and writes there in place', () => {
    const kernels = createKernels(2 ** 25);
    const decoder = createJpegDecoder(kernels);
    const jpeg = readFixture('420 plain');
    const header = parseJpegHeader(jpeg);
    const expected = decoder.decode(jpeg, header).data;
    const from = kernels.allocate(jpeg.length);
    const to = kernels.allocate(expected.length + 4096);
    kernels.bytes(from, jpeg.length).set(jpeg);
    kernels.bytes(to, 4096).fill(0xa5);
    const data = kernels.bytes(to + 1024, expected.length);
    decoder.decodeInto(kernels.bytes(from, jpeg.length), header, { data, pitch: 61 * 3 });
    expect(kernels.bytes(to + 1024, expected.length)).toEqual(expected);
    expect(kernels.bytes(to, 1024).every((byte) => byte === 0xa5)).toBe(true);
  });

  it('keeps its memory flat, also with more tables than it has places for', async () => {
    const kernels = createKernels(2 ** 25);
    const decoder = createJpegDecoder(kernels);
    const jpegs = await Promise.all(Array.from({ length: 24 }, async (_, i) => (await writeOptimised(i)).subarray()));
    const twin = createJpegDecoder();
    const mark = kernels.mark();
    let size = 0;
    for (let i = 0; i < 240; i++) {
      const jpeg = jpegs[(i * 7) % jpegs.length] ?? new Uint8Array();
      const { data } = decoder.decode(jpeg, parseJpegHeader(jpeg));
      if (i < 24) expect(data).toEqual(twin.decode(jpeg, parseJpegHeader(jpeg)).data);
      if (i === 24) size = kernels.memory.buffer.byteLength;
    }
    expect(kernels.memory.buffer.byteLength).toBe(size);
    expect(kernels.mark()).toBe(mark);
  });

  it('throws a codec error at the cap of its memory, and goes on', async () => {
    const decoder = createJpegDecoder(createKernels(2 ** 21));
    const jpeg = readFixture('420 plain');
    const { data } = decoder.decode(jpeg, parseJpegHeader(jpeg));
    const create = { width: 2000, height: 2000, channels: 3 as const, background: 'teal' };
    const large = await sharp({ create }).jpeg().toBuffer();
    expect(() => decoder.decode(large, parseJpegHeader(large))).toThrow(/jpeg: decoding takes \d+ bytes more/);
    const crop = { x: 1000, y: 1990, width: 100, height: 10 };
    expect(decoder.decode(large, parseJpegHeader(large), { crop }).data.slice(0, 3)).toEqual(
      new Uint8Array(await sharp(large).extract({ left: 0, top: 0, width: 1, height: 1 }).raw().toBuffer()),
    );
    expect(decoder.decode(jpeg, parseJpegHeader(jpeg)).data).toEqual(data);
  });
});

describe('JPEG header', () => {
  const jpeg = readFixture('420 plain');
  const frame = findFrame(jpeg);

  it('says what the stream holds', () => {
    expect(parseJpegHeader(readFixture('422 restart 3'))).toMatchObject({
      ...{ width: 45, height: 21, precision: 8, components: 3, across: 2, down: 1 },
      ...{ colour: 'ycbcr', restartInterval: 3, unsupported: undefined },
    });
    expect(parseJpegHeader(readFixture('grey restart 5'))).toMatchObject({ components: 1, colour: 'grey' });
  });

  it.each([
    ['progressive', [frame + 1, 0xc2]],
    ['lossless', [frame + 1, 0xc3]],
    ['arithmetic coding', [frame + 1, 0xc9]],
    ['12 bits a sample', [frame + 4, 12]],
    ['sampling 4x1, 1x1, 1x1', [frame + 11, 0x41]],
    ['sampling 1x2, 1x1, 1x1', [frame + 11, 0x12]],
    ['sampling 2x2, 2x1, 1x1', [frame + 14, 0x21]],
  ] as [string, [number, number]][])('hands on: %s', (reason, change) => {
    expect(parseJpegHeader(patch(jpeg, change)).unsupported).toBe(reason);
  });

  it('hands on four components, several scans and missing Huffman tables', async () => {
    const cmyk = await sharp(jpeg).toColourspace('cmyk').jpeg().toBuffer();
    expect(parseJpegHeader(cmyk).unsupported).toBe('4 components');
    const scan = parseJpegHeader(jpeg).scan;
    const one = Buffer.concat([
      jpeg.subarray(0, scan - 12),
      Uint8Array.of(0, 8, 1, 1, 0, 0, 63, 0),
      jpeg.subarray(scan),
    ]);
    expect(parseJpegHeader(one).unsupported).toBe('several scans');
    expect(parseJpegHeader(patch(jpeg, [scan - 8, 0x22])).unsupported).toBe('a Huffman table is missing');
  });

  it('decides on colours as libjpeg, unless the container knows better', () => {
    const bare = removeMarkers(readFixture('444 restart 2'));
    const at = findFrame(bare);
    const named = patch(bare, [at + 10, 0x52], [at + 13, 0x47], [at + 16, 0x42]);
    const scan = parseJpegHeader(bare).scan;
    const rgb = patch(named, [scan - 9, 0x52], [scan - 7, 0x47], [scan - 5, 0x42]);
    expect(parseJpegHeader(rgb)).toMatchObject({ colour: 'rgb', unsupported: undefined });
    expect(parseJpegHeader(bare).colour).toBe('ycbcr');
    expect(parseJpegHeader(bare, { colour: 'rgb' }).colour).toBe('rgb');
    expect(parseJpegHeader(rgb, { colour: 'ycbcr' }).colour).toBe('ycbcr');
    // Bio-Formats calls RGB what is JFIF, or has less chroma.
    expect(parseJpegHeader(readFixture('444 restart 2'), { colour: 'rgb' }).colour).toBe('ycbcr');
    expect(parseJpegHeader(removeMarkers(jpeg), { colour: 'rgb' }).colour).toBe('ycbcr');
  });

  it('throws for damage', () => {
    const scan = parseJpegHeader(jpeg).scan;
    const huffman = jpeg.findIndex((byte, i) => byte === 0xff && jpeg[i + 1] === 0xc4);
    expect(() => parseJpegHeader(jpeg.subarray(1))).toThrow('no start marker');
    expect(() => parseJpegHeader(patch(jpeg, [frame + 7, 0], [frame + 8, 0]))).toThrow('a frame without pixels');
    expect(() => parseJpegHeader(patch(jpeg, [frame + 12, 3]))).toThrow('quantisation table 3 is missing');
    expect(() => parseJpegHeader(patch(jpeg, [huffman + 5, 9]))).toThrow('a damaged Huffman table');
    expect(() => parseJpegHeader(patch(jpeg, [frame + 2, 200]))).toThrow('leaves the stream');
    for (let cut = 0; cut < scan; cut++) expect(() => parseJpegHeader(jpeg.subarray(0, cut))).toThrow(/^jpeg: /);
  });
});

const END = Uint8Array.of(0xff, 0xd9);

function patch(bytes: Uint8Array, ...changes: [at: number, value: number][]): Uint8Array {
  const changed = Uint8Array.from(bytes);
  for (const [at, value] of changes) changed[at] = value;
  return changed;
}

function insert(bytes: Uint8Array, at: number, more: number[]): Uint8Array {
  return Buffer.concat([bytes.subarray(0, at), Uint8Array.from(more), bytes.subarray(at)]);
}

function findFrame(jpeg: Uint8Array): number {
  return jpeg.findIndex((byte, i) => byte === 0xff && jpeg[i + 1] === 0xc0);
}

/** Where the first two restart markers are. */
function findRestarts(jpeg: Uint8Array): [number, number] {
  const scan = parseJpegHeader(jpeg).scan;
  const [first, second] = [...jpeg.keys()].filter(
    (i) => i >= scan && jpeg[i] === 0xff && (jpeg[i + 1] ?? 0) >> 3 === 26,
  );
  return [first ?? 0, second ?? 0];
}

function chooseCrop({ width, height }: Raster, random: SeededRandom) {
  const x = random.integer(0, width - 1);
  const y = random.integer(0, height - 1);
  const crop = { x, y, width: random.integer(1, width - x), height: random.integer(1, height - y) };
  return random.uniform() < 0.4 ? { ...crop, x: 0, width } : crop;
}

/** The part of `whole` in rows of `pitch`, on a ground of A5. */
function cutExpected(
  whole: Raster,
  at: { x: number; y: number; width: number; height: number; pitch: number; length: number },
): Uint8Array {
  const expected = new Uint8Array(at.length).fill(0xa5);
  for (let row = 0; row < at.height; row++) {
    const from = ((at.y + row) * whole.width + at.x) * whole.channels;
    expected.set(whole.data.subarray(from, from + at.width * whole.channels), row * at.pitch);
  }
  return expected;
}

/** A 4:4:4 JPEG whole, and split into tables and the rest. */
async function writeAbbreviated(quality: number): Promise<Record<'tables' | 'stream' | 'whole', Uint8Array>> {
  const data = Uint8Array.from({ length: 40 * 40 * 3 }, (_, i) => (i * 7 + (i % 11) * 17) & 255);
  const image = sharp(data, { raw: { width: 40, height: 40, channels: 3 } });
  const whole = await image.jpeg({ quality, chromaSubsampling: '4:4:4', optimiseCoding: false }).toBuffer();
  const { tables, abbreviated } = splitJpeg(whole);
  return { tables, stream: abbreviated, whole };
}

/** Pictures of different density, so that optimised tables differ. */
async function writeOptimised(seed: number): Promise<Buffer> {
  const random = createSeededRandom(seed);
  const data = Uint8Array.from(
    { length: 48 * 48 * 3 },
    (_, i) => 128 + 100 * Math.sin(i * 0.01) + random.uniform() * seed,
  );
  return sharp(data, { raw: { width: 48, height: 48, channels: 3 } })
    .jpeg({ quality: 30 + 2 * seed })
    .toBuffer();
}

/** One pixel less on an axis of odd length: the coded blocks stay the same. */
function trimToEven(jpeg: Uint8Array): Uint8Array {
  const trimmed = Uint8Array.from(jpeg);
  const frame = findFrame(jpeg);
  for (const low of [frame + 6, frame + 8]) trimmed[low] = (trimmed[low] ?? 0) & 0xfe;
  return trimmed;
}

async function encodeNoise(width: number, height: number): Promise<Uint8Array> {
  const random = createSeededRandom(width + height);
  const data = Uint8Array.from({ length: width * height * 3 }, () => random.integer(0, 255));
  const chromaSubsampling = width % 4 === 0 ? '4:4:4' : '4:2:0';
  return sharp(data, { raw: { width, height, channels: 3 } })
    .jpeg({ quality: 90, chromaSubsampling })
    .toBuffer();
}

/** Against area averaging of the whole image: both round halves up. */
function expectMeans(decoder: JpegDecoder, jpeg: Uint8Array, colour?: 'rgb'): void {
  const header = parseJpegHeader(jpeg, colour ? { colour } : {});
  const { data: pixels, width, height } = decoder.decode(jpeg, header);
  const means = {
    width: width / 2,
    height: height / 2,
    channels: 3,
    data: new Uint8Array((width * height * 3) / 4),
  } as const;
  const target = { data: means.data, width: means.width, firstRow: 0, endRow: means.height };
  resampleArea({ data: pixels, width, height, channels: 3 }, { x: 0, y: 0, stepX: 2, stepY: 2 }, target);
  const pitch = means.width * 3 + 5;
  const at = { x: 0, y: 0, width: means.width, height: means.height, pitch, length: pitch * means.height + 7 };
  const data = new Uint8Array(at.length).fill(0xa5);
  decoder.decodeInto(jpeg, header, { data, pitch, mean: true });
  expect(data, `${width} x ${height}, ${header.colour}`).toEqual(cutExpected(means, at));
}
