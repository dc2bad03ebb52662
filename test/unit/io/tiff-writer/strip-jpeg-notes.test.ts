import { expect, test } from 'vitest';
import { sharp } from '../../../../src/io/codec/sharp.ts';
import { stripJpegNotes } from '../../../../src/io/tiff/writer/strip-jpeg-notes.ts';
import { CodecError } from '../../../../src/utils/errors.ts';
import { insertSegment, removeMarkers } from '../../../support/jpeg-parts.ts';

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

test('a thumbnail in the JFIF segment goes, and what hides behind the known bytes of Adobe', async () => {
  const plain = removeMarkers(await picture());
  const jfif = Buffer.concat([Buffer.from('JFIF\0\x01\x02\0\0\x01\0\x01\x02\x01', 'latin1'), Buffer.from('label!')]);
  const adobe = Buffer.concat([Buffer.from('Adobe\0d\0\0\0\0\x01', 'latin1'), Buffer.from('patient 4711')]);
  const jpeg = insertSegment(insertSegment(plain, 0xee, adobe), 0xe0, jfif);
  const stripped = Buffer.from(stripJpegNotes(jpeg));
  expect(stripped.includes('label!') || stripped.includes('4711')).toBe(false);
  // Length 16, no thumbnail; length 14.
  expect(stripped.includes(Buffer.from('\xff\xe0\0\x10JFIF\0\x01\x02\0\0\x01\0\x01\0\0', 'latin1'))).toBe(true);
  expect(stripped.includes(Buffer.from('\xff\xee\0\x0eAdobe\0d\0\0\0\0\x01', 'latin1'))).toBe(true);
  const decode = (bytes: Uint8Array) => sharp(bytes).raw().toBuffer();
  expect((await decode(stripped)).equals(await decode(plain))).toBe(true);
});

test('what lies behind the end marker goes, and comments between scans', async () => {
  const jpeg = await picture();
  const tail = Buffer.concat([jpeg, Buffer.from('patient 4711')]);
  expect(Buffer.from(stripJpegNotes(tail)).equals(Buffer.from(stripJpegNotes(jpeg)))).toBe(true);
  const scans = Buffer.from(stripJpegNotes(await sharp(jpeg).jpeg({ progressive: true }).toBuffer()));
  const second = scans.indexOf(Buffer.from([0xff, 0xc4]), scans.indexOf(Buffer.from([0xff, 0xda])));
  const note = Buffer.from([0xff, 0xfe, 0, 9, ...Buffer.from('patient')]);
  const noted = Buffer.concat([scans.subarray(0, second), note, scans.subarray(second)]);
  expect(second).toBeGreaterThan(0);
  expect(Buffer.from(stripJpegNotes(noted)).equals(scans)).toBe(true);
});

test('data without an end marker are left to the decoder', async () => {
  const jpeg = Buffer.from(stripJpegNotes(await picture()));
  const cut = jpeg.subarray(0, -2);
  expect(stripJpegNotes(cut)).toBe(cut);
});

test('a damaged header is an error', async () => {
  const jpeg = Buffer.from(await picture());
  jpeg[4] = 0xff;
  jpeg[5] = 0xff;
  expect(() => stripJpegNotes(jpeg)).toThrow(CodecError);
  expect(() => stripJpegNotes(new Uint8Array(1))).toThrow(CodecError);
});
