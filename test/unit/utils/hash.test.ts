import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { canonicalJson } from '../../../src/utils/canonical-json.ts';
import { hashFile, hashOptions, quickHash, type RandomAccess, sha256 } from '../../../src/utils/hash.ts';
import { useScratch } from './fixtures/scratch.ts';

const scratch = useScratch();

function toSource(bytes: Uint8Array): RandomAccess {
  return { size: bytes.length, read: async (offset, length) => bytes.subarray(offset, offset + length) };
}

test('sha256 of "abc" is the one in FIPS 180-4, of bytes and of a file', async () => {
  const expected = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
  expect(sha256('abc')).toBe(expected);
  expect(sha256(new TextEncoder().encode('abc'))).toBe(expected);
  const path = join(scratch(), 'abc');
  writeFileSync(path, 'abc');
  expect(await hashFile(path)).toBe(expected);
});

test('the quick hash covers size, first, middle and last 64 KiB', async () => {
  const bytes = Buffer.from(Uint8Array.from({ length: 1_000_001 }, (_, i) => (i * 31 + (i >> 8)) & 255));
  const k = 65_536;
  const middle = Math.floor((bytes.length - k) / 2);
  const expected = createHash('sha256')
    .update('1000001\n')
    .update(bytes.subarray(0, k))
    .update(bytes.subarray(middle, middle + k))
    .update(bytes.subarray(-k))
    .digest('hex');
  expect(await quickHash(toSource(bytes))).toBe(expected);
});

test('small files are hashed whole; a longer file of the same samples differs by its size', async () => {
  expect(await quickHash(toSource(Buffer.from('abc')))).toBe(sha256('3\nabc'));
  expect(await quickHash(toSource(Buffer.alloc(0)))).toBe(sha256('0\n'));
  const zeros = await quickHash(toSource(Buffer.alloc(300_000)));
  expect(await quickHash(toSource(Buffer.alloc(300_001)))).not.toBe(zeros);
});

test('a missing file is a SourceError', async () => {
  await expect(hashFile('/no/such/slide')).rejects.toMatchObject({ tag: 'source', source: '/no/such/slide' });
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
