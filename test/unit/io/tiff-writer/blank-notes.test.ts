import { describe, expect, it } from 'vitest';
import { jpeg2000Codec } from '../../../../src/io/codec/jpeg2000.ts';
import { sharp } from '../../../../src/io/codec/sharp.ts';
import { blankJpeg2000Notes } from '../../../../src/io/tiff/writer/blank-jpeg2000-notes.ts';
import { blankWebpNotes } from '../../../../src/io/tiff/writer/blank-webp-notes.ts';
import { CodecError } from '../../../../src/utils/errors.ts';
import { describeTile, findStream } from '../../../golden/tile-codecs-support.ts';

const SECRET = 'patient 4711';

/** A COM segment. */
const comment = Buffer.from([0xff, 0x64, 0, SECRET.length + 4, 0, 1, ...Buffer.from(SECRET)]);

function insert(bytes: Uint8Array, at: number, ...more: Uint8Array[]): Buffer {
  return Buffer.concat([bytes.subarray(0, at), ...more, bytes.subarray(at)]);
}

describe('notes in JPEG 2000', () => {
  it.each(['j2k plain', 'j2k tiles'])(
    '%s: comments go, in the main header and in that of a tile-part, and a tail',
    async (name) => {
      const found = findStream(name);
      const stream = Buffer.from(found.stream);
      const part = stream.indexOf(Buffer.from([0xff, 0x90, 0, 10]));
      const data = stream.indexOf(Buffer.from([0xff, 0x93]), part);
      const noted = insert(insert(stream, data, comment), part, comment);
      const length = noted.readUInt32BE(part + comment.length + 6);
      if (length > 0) noted.writeUInt32BE(length + comment.length, part + comment.length + 6);
      const tailed = Buffer.concat([noted, Buffer.from(SECRET)]);
      const before = Buffer.from(tailed);
      const blank = Buffer.from(blankJpeg2000Notes(tailed));
      expect(blank.includes(SECRET)).toBe(false);
      expect(blank.length).toBe(noted.length);
      expect(tailed.equals(before)).toBe(true);
      const decode = async (bytes: Uint8Array) => (await jpeg2000Codec.decode(bytes, describeTile(found))).data;
      expect(Buffer.compare(await decode(blank), await decode(found.stream))).toBe(0);
    },
  );

  it('in JP2 boxes stay, and damaged headers are errors', () => {
    const boxed = findStream('jp2').stream;
    expect(blankJpeg2000Notes(boxed)).toBe(boxed);
    const stream = Buffer.from(findStream('j2k plain').stream);
    expect(() => blankJpeg2000Notes(stream.subarray(0, 20))).toThrow(CodecError);
    stream[2] = 0;
    expect(() => blankJpeg2000Notes(stream)).toThrow(CodecError);
  });

  it('end wherever damage makes them end', () => {
    const stream = findStream('j2k tiles').stream;
    for (let at = 2; at < Math.min(stream.length, 400); at++) {
      const mutated = stream.slice();
      mutated[at] = (mutated[at] ?? 0) ^ 0xff;
      try {
        expect(blankJpeg2000Notes(mutated).length).toBeLessThanOrEqual(stream.length);
      } catch (error) {
        expect(error).toBeInstanceOf(CodecError);
      }
    }
  });
});

describe('notes in WebP', () => {
  const encode = () =>
    sharp({ create: { width: 40, height: 30, channels: 3, background: '#8090a0' } })
      .withExif({ IFD0: { Artist: SECRET } })
      .webp({ lossless: true })
      .toBuffer();

  it('go, and so does what lies behind the file; the picture stays', async () => {
    const file = await encode();
    const tailed = Buffer.concat([file, Buffer.from(SECRET)]);
    expect(file.includes(SECRET)).toBe(true);
    const blank = Buffer.from(blankWebpNotes(tailed));
    expect(blank.includes('4711')).toBe(false);
    expect(blank.length).toBe(file.length);
    const decode = (bytes: Uint8Array) => sharp(bytes).raw().toBuffer();
    expect((await decode(blank)).equals(await decode(file))).toBe(true);
  });

  it('of damaged files are errors', async () => {
    const file = await encode();
    expect(() => blankWebpNotes(file.subarray(0, 10))).toThrow(CodecError);
    file.writeUInt32LE(2 ** 31, 16);
    expect(() => blankWebpNotes(file)).toThrow(CodecError);
  });
});
