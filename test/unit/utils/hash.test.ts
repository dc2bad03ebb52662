import { createHash } from 'node:crypto';
import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { canonicalJson } from '../../../src/utils/canonical-json.ts';
import { hashFile, hashOptions, quickHash, quickHashFile, sha256 } from '../../../src/utils/hash.ts';
import { useScratch } from './fixtures/scratch.ts';

const scratch = useScratch();

test('sha256 of "abc" is the one in FIPS 180-4, of bytes and of a file', async () => {
  const expected = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
  expect(sha256('abc')).toBe(expected);
  expect(sha256(new TextEncoder().encode('abc'))).toBe(expected);
  const path = join(scratch(), 'abc');
  writeFileSync(path, 'abc');
  expect(await hashFile(path)).toBe(expected);
});

test('the quick hash covers size, first, middle and last 64 KiB, and is the same for a file and a source', async () => {
  const bytes = Buffer.from(Uint8Array.from({ length: 1_000_001 }, (_, i) => (i * 31 + (i >> 8)) & 255));
  const path = join(scratch(), 'slide');
  writeFileSync(path, bytes);
  const k = 65_536;
  const middle = Math.floor((bytes.length - k) / 2);
  const expected = createHash('sha256')
    .update('1000001\n')
    .update(bytes.subarray(0, k))
    .update(bytes.subarray(middle, middle + k))
    .update(bytes.subarray(-k))
    .digest('hex');
  expect(await quickHashFile(path)).toBe(expected);
  const read = async (offset: number, length: number) => bytes.subarray(offset, offset + length);
  expect(await quickHash({ size: bytes.length, read })).toBe(expected);
});

test('small files are hashed whole; a longer file of the same samples differs by its size', async () => {
  const path = join(scratch(), 'small');
  writeFileSync(path, 'abc');
  expect(await quickHashFile(path)).toBe(sha256('3\nabc'));
  writeFileSync(path, '');
  expect(await quickHashFile(path)).toBe(sha256('0\n'));
  truncateSync(path, 300_000);
  const zeros = await quickHashFile(path);
  truncateSync(path, 300_001);
  expect(await quickHashFile(path)).not.toBe(zeros);
});

test('a missing file is a SourceError', async () => {
  await expect(hashFile('/no/such/slide')).rejects.toMatchObject({ tag: 'source', source: '/no/such/slide' });
  await expect(quickHashFile('/no/such/slide')).rejects.toMatchObject({ tag: 'source' });
});

test('canonical JSON has one spelling for each value', () => {
  expect(canonicalJson({ b: [1, { d: null, c: 'x' }], a: undefined, Z: true })).toBe(
    '{"Z":true,"b":[1,{"c":"x","d":null}]}',
  );
  expect(hashOptions({ a: 1, b: 2 })).toBe(hashOptions({ b: 2, a: 1, c: undefined }));
  expect(hashOptions({ a: 1 })).not.toBe(hashOptions({ a: '1' }));
});

test.each([
  [{ a: Number.NaN }, '$.a but received NaN'],
  [{ a: [1, new Map()] }, '$.a[1] but received Map'],
  [{ a: new Uint8Array(1) }, 'Uint8Array'],
  [{ a: () => 1 }, 'a function'],
  [[undefined], '$[0] but received undefined'],
])('what JSON would change in silence is refused (%#)', (value, message) => {
  expect(() => canonicalJson(value)).toThrow(message);
});
