import { describe, expect, it } from 'vitest';
import { openEncapsulatedFrames } from '../../../../src/io/dicom/encapsulated-frames.ts';
import type { FrameSource } from '../../../../src/io/dicom/frame-source.ts';
import { readDicomHead } from '../../../../src/io/dicom/read-head.ts';
import { createBufferSource } from '../../../../src/io/source/buffer-source.ts';
import type { ByteSource } from '../../../../src/io/source/byte-source.ts';
import { buildDicom, type TinyDicom } from '../../../support/tiny-dicom.ts';

const size = { width: 40, height: 20, tileWidth: 20, tileHeight: 20, syntax: '.4.50' };
const stored = [Uint8Array.of(0xff, 0xd8, 1, 2), Uint8Array.of(0xff, 0xd8, 3, 4, 5, 6, 7)];

/** Counts the bytes that are read. */
function count(bytes: Uint8Array): ByteSource & { bytesRead: number } {
  const inner = createBufferSource(bytes, 'a.dcm');
  const counted = {
    ...inner,
    bytesRead: 0,
    read(offset: number, length: number) {
      counted.bytesRead += length;
      return inner.read(offset, length);
    },
  };
  return counted;
}

async function open(
  bytes: Uint8Array,
  frames = 2,
  maxFrameBytes = 1000,
): Promise<{ frames: FrameSource; source: ReturnType<typeof count> }> {
  const source = count(bytes);
  const head = await readDicomHead(source);
  if (!head.pixelData) throw new Error('no pixel data');
  source.bytesRead = 0;
  try {
    const opened = await openEncapsulatedFrames(
      source,
      { ...head, pixelData: head.pixelData },
      { frames, maxFrameBytes },
    );
    return { frames: opened, source };
  } catch (error) {
    await source.close();
    throw error;
  }
}
async function openFails(bytes: Uint8Array, frames = 2): Promise<string> {
  const source = createBufferSource(bytes, 'a.dcm');
  try {
    const head = await readDicomHead(source);
    if (!head.pixelData) throw new Error('no pixel data');
    const opening = openEncapsulatedFrames(
      source,
      { ...head, pixelData: head.pixelData },
      { frames, maxFrameBytes: 1000 },
    );
    return await opening.then(
      () => 'opened',
      (error: Error) => `${error.name} ${error.message}`,
    );
  } finally {
    await source.close();
  }
}
const build = (change: Partial<TinyDicom> = {}) => buildDicom({ ...size, frames: stored, ...change });
/** The place of the offset table's first entry. */
const findTable = (bytes: Uint8Array) =>
  Buffer.from(bytes).indexOf(Buffer.from('e07f10004f420000ffffffff', 'hex')) + 20;

describe('the index of compressed frames', () => {
  it.each(['basic', 'extended', 'none'] as const)('by table "%s", without reading frames', async (table) => {
    const large = stored.map((frame) => Buffer.concat([frame, new Uint8Array(5000)]));
    const { frames, source } = await open(build({ table, frames: large }), 2, 10_000);
    expect(source.bytesRead).toBeLessThan(100);
    expect(Buffer.compare(await frames.read(0), large[0] ?? Buffer.alloc(0))).toBe(0);
    const places = await frames.locate();
    expect(places?.counts[0]).toBe(5004);
    const at = places?.offsets[1] ?? 0;
    expect([...(await source.read(at, 4))]).toEqual([0xff, 0xd8, 3, 4]);
    // An odd frame has a byte of padding, which only the extended table tells from the frame.
    expect(places?.counts[1]).toBe(table === 'extended' ? 5007 : 5008);
    await source.close();
  });

  it('joins fragments, and has no place for such frames', async () => {
    const { frames, source } = await open(build({ fragments: 2 }));
    expect([...(await frames.read(1))].slice(0, 7)).toEqual([...(stored[1] ?? [])]);
    expect(await frames.locate()).toBeUndefined();
    await source.close();
  });

  it('leaves the padding behind the end of a picture out, but not of run lengths', async () => {
    const odd = Uint8Array.of(0xff, 0xd8, 1, 0xff, 0xd9);
    for (const [syntax, length] of [
      ['.4.50', 5],
      ['.5', 6],
    ] as const) {
      for (const table of ['basic', 'none'] as const) {
        const { frames, source } = await open(build({ syntax, table, frames: [odd, odd] }));
        expect((await frames.read(0)).length).toBe(length);
        expect([...((await frames.locate())?.counts ?? [])]).toEqual([length, length]);
        await source.close();
      }
    }
  });

  it('passes over a basic table whose 32 bits ran over', async () => {
    const bytes = Buffer.from(build());
    bytes.writeUInt32LE(0, findTable(bytes) + 4);
    const { frames, source } = await open(bytes);
    expect((await frames.read(1))[2]).toBe(3);
    await source.close();
  });

  it.each<[string, (bytes: Buffer) => Uint8Array, RegExp]>([
    [
      'a table for other frames',
      () => build({ frames: [...stored, ...stored] }),
      /an offset table of 4 entries for 2 frames/,
    ],
    ['no delimiter', (bytes) => bytes.subarray(0, -8), /end without a delimiter/],
    [
      'an absurd fragment',
      (bytes) => damage(bytes, findTable(bytes) + 12 + 12, 0xffffff00),
      /has 4294967040 bytes and leaves the file/,
    ],
    ['no offset table', (bytes) => damage(bytes, findTable(bytes) - 8, 0), /do not begin with an offset table/],
    [
      'an absurd offset table',
      (bytes) => damage(bytes, findTable(bytes) - 4, 0x7ffffffc),
      /do not begin with an offset table/,
    ],
    [
      'fragments of no frame',
      () => build({ table: 'none', frames: stored.map(() => new Uint8Array(8)), fragments: 2 }),
      /4 fragments for 2 frames/,
    ],
    ['an extended table that leaves the file', (bytes) => extend(bytes), /frame 1 lies beyond the end of the file/],
  ])('refuses %s', async (_name, change, message) => {
    expect(await openFails(change(Buffer.from(build())))).toMatch(message);
  });

  it('refuses more frames than the file has room for, before it takes memory for them', async () => {
    expect(await openFails(build(), 1e12)).toMatch(/bytes of pixel data for 1000000000000 frames/);
  });

  it('refuses a frame that is stored in too many bytes, and one whose table is wrong', async () => {
    const { frames, source } = await open(build(), 2, 14);
    await expect(frames.read(1)).rejects.toMatchObject({
      tag: 'dicom',
      message: expect.stringContaining('more than 14'),
    });
    await source.close();
    const bytes = Buffer.from(build());
    // The second frame's tag.
    bytes.writeUInt32LE(0, findTable(bytes) + 8 + 12);
    const damaged = await open(bytes).catch((error: unknown) => error);
    expect(damaged).toMatchObject({ tag: 'dicom' });
  });
});

function damage(bytes: Buffer, at: number, value: number): Buffer {
  bytes.writeUInt32LE(value, at);
  return bytes;
}

function extend(_bytes: Buffer): Buffer {
  const bytes = Buffer.from(build({ table: 'extended' }));
  const at = bytes.indexOf(Buffer.from('e07f01004f56', 'hex'));
  bytes.writeBigUInt64LE(1n << 40n, at + 12 + 8);
  return bytes;
}
