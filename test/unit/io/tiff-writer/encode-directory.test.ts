import { expect, test } from 'vitest';
import { computeDirectorySize, encodeDirectory } from '../../../../src/io/tiff/writer/encode-directory.ts';
import type { TiffField } from '../../../../src/io/tiff/writer/tiff-field.ts';

test('a classic directory, byte by byte', () => {
  const fields: TiffField[] = [
    { tag: 270, type: 'ascii', value: 'hello' },
    { tag: 256, type: 'long', value: [7] },
    { tag: 258, type: 'short', value: [8, 8] },
  ];
  const bytes = encodeDirectory(fields, { offset: 64, big: false, last: true });
  expect([...bytes]).toEqual([
    ...[3, 0],
    ...[0, 1, 4, 0, 1, 0, 0, 0, 7, 0, 0, 0],
    ...[2, 1, 3, 0, 2, 0, 0, 0, 8, 0, 8, 0],
    ...[14, 1, 2, 0, 6, 0, 0, 0, 64 + 48, 0, 0, 0],
    ...[0, 0, 0, 0],
    ...new Array(6).fill(0),
    ...[104, 101, 108, 108, 111, 0, 0, 0],
  ]);
});

test('positions beyond 4 GiB are whole in a BigTIFF, and the next directory follows', () => {
  const fields: TiffField[] = [{ tag: 324, type: 'offset', value: [5 * 2 ** 32 + 3] }];
  const offset = 6 * 2 ** 32;
  const bytes = encodeDirectory(fields, { offset, big: true, last: false });
  const view = new DataView(bytes.buffer);
  expect(view.getBigUint64(0, true)).toBe(1n);
  expect(view.getUint16(10, true)).toBe(16);
  expect(view.getBigUint64(20, true)).toBe(BigInt(5 * 2 ** 32 + 3));
  expect(view.getBigUint64(28, true)).toBe(BigInt(offset + bytes.length));
  expect(bytes.length).toBe(computeDirectorySize(fields, true));
});
