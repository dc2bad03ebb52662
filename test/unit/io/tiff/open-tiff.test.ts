import { describe, expect, it } from 'vitest';
import { openTiff, type Tiff } from '../../../../src/io/tiff/open-tiff.ts';
import {
  buildTiff,
  createMemorySource,
  createNoiseImage,
  setEntry,
  setLink,
  type TinyImage,
  TYPE,
} from '../../../support/tiny-tiff.ts';

function open(bytes: Uint8Array): Promise<Tiff | undefined> {
  return openTiff(createMemorySource(bytes));
}

const first = createNoiseImage({ width: 5, height: 4 });
const second = createNoiseImage({ width: 3, height: 2 });
const headers = [false, true].flatMap((big) => [false, true].map((bigEndian) => ({ big, bigEndian })));

describe.each(headers)('openTiff, big $big, big-endian $bigEndian', (header) => {
  it('reads the chain in order, and every kind of value', async () => {
    const tags = [
      { tag: 282, type: TYPE.rational, values: [40_000, 3] },
      { tag: 65_000, type: TYPE.double, values: [0.1, -2.5, 1e300] },
      { tag: 65_001, type: TYPE.float, values: [0.5] },
      { tag: 65_002, type: TYPE.byte, values: [1, 2, 3, 250] },
      { tag: 65_003, type: TYPE.long8, values: [2 ** 40, 7] },
      { tag: 65_004, type: TYPE.undefined, values: [9, 8, 7, 6, 5, 4, 3, 2, 1] },
    ];
    const tiff = buildTiff([{ ...first, description: 'Grüße', tags }, second], header);
    const source = createMemorySource(tiff.bytes);
    const { directories, big, littleEndian } = (await openTiff(source)) as Tiff;
    expect({ big, bigEndian: !littleEndian }).toEqual(header);
    expect(directories.map(({ index }) => index)).toEqual([0, 1]);
    const [one, two] = directories;
    expect(await one?.readNumber(256)).toBe(5);
    expect(await two?.readNumber(257)).toBe(2);
    expect(await one?.readNumbers(258)).toEqual(Float64Array.of(8, 8, 8));
    expect(await one?.readAscii(270)).toBe('Grüße');
    expect(await one?.readNumber(282)).toBe(40_000 / 3);
    expect(await one?.readNumbers(65_000)).toEqual(Float64Array.of(0.1, -2.5, 1e300));
    expect(await one?.readNumber(65_001)).toBe(0.5);
    expect(await one?.readNumbers(65_002)).toEqual(Float64Array.of(1, 2, 3, 250));
    expect(await one?.readNumbers(65_003)).toEqual(Float64Array.of(2 ** 40, 7));
    expect(await one?.readBytes(65_004)).toEqual(Uint8Array.of(9, 8, 7, 6, 5, 4, 3, 2, 1));
    expect(await one?.readNumber(65_009)).toBeUndefined();
    expect(await one?.readAscii(65_009)).toBeUndefined();
  });

  it('reads SubIFDs in their order', async () => {
    const tiff = buildTiff([{ ...first, subImages: [second, first] }], header);
    const source = createMemorySource(tiff.bytes);
    const opened = await openTiff(source);
    const subs = await opened?.readSubDirectories(opened.directories[0]!);
    expect(await Promise.all((subs ?? []).map((sub) => sub.readNumber(256)))).toEqual([3, 5]);
  });

  it('sees a loop in the chain', async () => {
    const tiff = buildTiff([first, second], header);
    const toFirst = setLink(tiff, 1, tiff.directories[0]!.offset);
    await expect(open(toFirst)).rejects.toMatchObject({
      tag: 'tiff',
      directory: 2,
      message: expect.stringMatching(/loop/),
    });
    const toSelf = setLink(tiff, 0, tiff.directories[0]!.offset);
    await expect(open(toSelf)).rejects.toMatchObject({ tag: 'tiff', directory: 1 });
  });

  it('refuses a chain that leaves the file', async () => {
    const tiff = buildTiff([first, second], header);
    await expect(open(setLink(tiff, 0, tiff.bytes.length + 1))).rejects.toThrow(
      /directory 1: offset \d+ lies past the end/,
    );
    await expect(open(setLink(tiff, 1, tiff.bytes.length - 1))).rejects.toMatchObject({ tag: 'tiff', directory: 2 });
  });

  it('refuses no entries and absurdly many', async () => {
    const tiff = buildTiff([first], header);
    const view = (bytes: Uint8Array) => new DataView(bytes.buffer);
    const { offset } = tiff.directories[0]!;
    const le = tiff.littleEndian;
    const put = (bytes: Uint8Array, count: number) =>
      header.big ? view(bytes).setBigUint64(offset, BigInt(count), le) : view(bytes).setUint16(offset, count, le);
    const none = tiff.bytes.slice();
    put(none, 0);
    await expect(open(none)).rejects.toThrow(/directory 0: no entries/);
    const many = tiff.bytes.slice();
    put(many, 60_000);
    await expect(open(many)).rejects.toThrow(/60000 entries .* more than 4096/);
    const tooLong = tiff.bytes.slice();
    put(tooLong, 900);
    await expect(open(tooLong)).rejects.toThrow(/900 entries .* do not fit a file of/);
  });

  it('names unknown field types and values that leave the file, when they are asked for', async () => {
    const tiff = buildTiff([{ ...first, description: 'x'.repeat(50) }], header);
    const unknown = await open(setEntry(tiff, { directory: 0, tag: 262 }, { type: 99 }));
    await expect(unknown?.directories[0]?.readNumber(262)).rejects.toThrow(/tag 262 has the unknown field type 99/);
    const source = createMemorySource(setEntry(tiff, { directory: 0, tag: 270 }, { count: 1e6 }));
    const long = await openTiff(source);
    await expect(long?.directories[0]?.readAscii(270)).rejects.toThrow(/tag 270 claims 1000000 bytes at/);
    await expect(long?.directories[0]?.readBytes(270)).rejects.toMatchObject({ tag: 'tiff', directory: 0 });
  });

  it('takes the end of the file for the end of the chain where only the link is cut off', async () => {
    const tiff = buildTiff([first], header);
    expect((await open(tiff.bytes.subarray(0, tiff.directories[0]!.linkAt)))?.directories.length).toBe(1);
  });

  it('refuses a file without directories', async () => {
    const tiff = buildTiff([], header);
    await expect(open(tiff.bytes)).rejects.toThrow(/directory 0: no directory/);
  });
});

describe('openTiff', () => {
  it.each([
    ['nothing', []],
    ['seven bytes', [0x49, 0x49, 42, 0, 8, 0, 0]],
    ['another byte order mark', [0x49, 0x4d, 42, 0, 8, 0, 0, 0]],
    ['another version', [0x49, 0x49, 44, 0, 8, 0, 0, 0]],
    ['a PNG', [0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0, 0, 13]],
    ['the first half of a BigTIFF header', [0x49, 0x49, 43, 0, 8, 0, 0, 0]],
  ])('does not take %s for a TIFF', async (_what, bytes) => {
    expect(await open(Uint8Array.from(bytes))).toBeUndefined();
  });

  it('refuses a BigTIFF with other than 8-byte offsets', async () => {
    const { bytes } = buildTiff([first], { big: true });
    bytes[4] = 16;
    await expect(open(bytes)).rejects.toThrow(/offsets are not 8 bytes wide/);
  });

  it('keeps the first of two equal tags, as libtiff does', async () => {
    const tiff = buildTiff([{ ...first, tags: [{ tag: 300, type: TYPE.short, values: [7] }] }]);
    const twice = await open(setEntry(tiff, { directory: 0, tag: 300 }, { newTag: 259 }));
    expect(await twice?.directories[0]?.readNumber(259)).toBe(1);
  });

  it('serves what lies in the directory without reading again', async () => {
    const { bytes } = buildTiff([first]);
    const source = createMemorySource(bytes);
    const tiff = await openTiff(source);
    const before = source.reads;
    for (const tag of [256, 257, 259, 262, 277, 278]) await tiff?.directories[0]?.readNumber(tag);
    expect([before, source.reads]).toEqual([2, 2]);
  });

  it('refuses more values than any slide has, before memory is taken for them', async () => {
    const tiff = buildTiff([{ ...first, tags: [{ tag: 65_000, type: TYPE.byte, values: [1, 2, 3, 4, 5] }] }]);
    const absurd = setEntry(tiff, { directory: 0, tag: 65_000 }, { count: 2 ** 25 });
    const opened = await openTiff(createMemorySource(absurd, 2 ** 25 * 8 + 4096));
    await expect(opened?.directories[0]?.readNumbers(65_000)).rejects.toThrow(/33554432 values, more than 16777216/);
  });

  it('refuses overlapping directories that would add up to millions of entries', async () => {
    const bytes = createOverlappingChain();
    await expect(open(bytes)).rejects.toThrow(/more than 524288 entries in all directories/);
  });

  it('refuses more SubIFDs than make sense', async () => {
    const image: TinyImage = {
      ...first,
      tags: [{ tag: 330, type: TYPE.long, values: Array.from({ length: 20_000 }, () => 8) }],
    };
    const source = createMemorySource(buildTiff([image]).bytes);
    const tiff = await openTiff(source);
    await expect(tiff?.readSubDirectories(tiff.directories[0]!)).rejects.toThrow(/20000 SubIFDs/);
  });
});

/**
 * 200 directories of 4,000 entries each, 16 bytes apart, so that they share nearly all of their bytes. A directory's
 * count is the 2 bytes at its start, its link the 4 bytes behind its last entry.
 */
function createOverlappingChain(): Uint8Array {
  const entries = 4000;
  const span = 2 + entries * 12;
  const bytes = new Uint8Array(8 + 200 * 16 + span + 4);
  const view = new DataView(bytes.buffer);
  bytes.set([0x49, 0x49, 42, 0, 8, 0, 0, 0]);
  for (let i = 0; i < 200; i++) {
    const offset = 8 + i * 16;
    view.setUint16(offset, entries, true);
    view.setUint32(offset + span, offset + 16, true);
  }
  return bytes;
}
