import { expect, test } from 'vitest';
import { sharp } from '../../../../src/io/codec/sharp.ts';
import { stripJpegNotes } from '../../../../src/io/tiff/writer/strip-jpeg-notes.ts';
import { CodecError } from '../../../../src/utils/errors.ts';
import { insertSegment } from '../../../support/jpeg-parts.ts';

const picture = () =>
  sharp({ create: { width: 40, height: 30, channels: 3, background: '#8090a0' } })
    .withExif({ IFD0: { Artist: 'Dr. Who' } })
    .jpeg()
    .toBuffer();

test('EXIF, profiles and comments go, the picture stays', async () => {
  const jpeg = Buffer.from(insertSegment(await picture(), 0xfe, Buffer.from('patient 4711')));
  const stripped = Buffer.from(stripJpegNotes(jpeg));
  expect(jpeg.includes('patient 4711')).toBe(true);
  expect(jpeg.includes('Exif')).toBe(true);
  expect(stripped.includes('patient 4711') || stripped.includes('Exif') || stripped.includes('Who')).toBe(false);
  const decode = (bytes: Uint8Array) => sharp(bytes).raw().toBuffer();
  expect((await decode(stripped)).equals(await decode(jpeg))).toBe(true);
});

test('a stream without notes is the same object', async () => {
  const once = stripJpegNotes(await picture());
  expect(stripJpegNotes(once)).toBe(once);
});

test('tables alone, and application segments that only look like those of colours', () => {
  const segment = (marker: number, text: string) => [0xff, marker, 0, text.length + 2, ...Buffer.from(text, 'latin1')];
  const head = [
    0xff,
    0xd8,
    ...segment(0xe0, 'JFXX\0 a thumbnail'),
    ...segment(0xee, 'Adobe\0d'),
    ...segment(0xdb, 'steps'),
  ];
  const tables = Uint8Array.from([...head, ...segment(0xfe, 'note'), 0xff, 0xd9]);
  const expected = [0xff, 0xd8, ...segment(0xee, 'Adobe\0d'), ...segment(0xdb, 'steps'), 0xff, 0xd9];
  expect([...stripJpegNotes(tables)]).toEqual(expected);
});

test('a damaged header is an error', async () => {
  const jpeg = Buffer.from(await picture());
  jpeg[4] = 0xff;
  jpeg[5] = 0xff;
  expect(() => stripJpegNotes(jpeg)).toThrow(CodecError);
  expect(() => stripJpegNotes(new Uint8Array(1))).toThrow(CodecError);
});
