import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { encodeSafetensors } from '../../../src/io/safetensors/encode-safetensors.ts';
import { parseSafetensors } from '../../../src/io/safetensors/parse-safetensors.ts';
import { readSafetensors } from '../../../src/io/safetensors/read-safetensors.ts';
import type { Tensor } from '../../../src/io/safetensors/tensor.ts';
import { toFloat32 } from '../../../src/io/safetensors/to-float32.ts';
import { writeSafetensors } from '../../../src/io/safetensors/write-safetensors.ts';
import { OutputError, SourceError, TensorFileError } from '../../../src/utils/errors.ts';
import { useScratch } from '../utils/fixtures/scratch.ts';

const scratch = useScratch();
const f32 = (shape: number[], ...values: number[]): Tensor => ({
  type: 'F32',
  shape,
  data: Float32Array.from(values),
});
const sample = () =>
  new Map<string, Tensor>([
    ['b', { type: 'U8', shape: [3], data: Uint8Array.of(1, 2, 3) }],
    ['a', f32([2, 2], 1, -2.5, 3e-8, 4)],
    ['half', { type: 'F16', shape: [2], data: Uint16Array.of(0x3c00, 0xc000) }],
    ['big', { type: 'I64', shape: [1], data: BigInt64Array.of(-(2n ** 40n)) }],
    ['none', f32([0, 4])],
    ['__proto__', f32([1], 9)],
    ['number', { type: 'F64', shape: [], data: Float64Array.of(Math.PI) }],
  ]);
const joinPieces = (pieces: Uint8Array[]) => new Uint8Array(Buffer.concat(pieces));
/** A file of this header and so many bytes of zeros. */
const build = (header: unknown, bytes = 0) => {
  const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const prefix = Buffer.alloc(8);
  prefix.writeBigUInt64LE(BigInt(json.length));
  return new Uint8Array(Buffer.concat([prefix, json, Buffer.alloc(bytes)]));
};

test('what is written is read back: from memory as views, from a file, and only what was chosen', async () => {
  const bytes = joinPieces(encodeSafetensors(sample(), { note: 'héllo' }));
  const { tensors, metadata } = parseSafetensors(bytes);
  expect(metadata).toEqual({ note: 'héllo' });
  expect(new Map([...tensors].sort())).toEqual(new Map([...sample()].sort()));
  for (const { data } of tensors.values()) expect(data.buffer).toBe(bytes.buffer);

  const path = join(scratch(), 'deep', 'x.safetensors');
  const written = await writeSafetensors(path, sample(), { note: 'héllo' });
  expect(new Uint8Array(readFileSync(path))).toEqual(bytes);
  expect(written).toMatchObject({ path, bytes: bytes.length, written: true });
  expect(readdirSync(join(path, '..'))).toEqual(['x.safetensors']);
  const chosen = await readSafetensors(path, { select: (name) => name.startsWith('b') });
  expect([...chosen.tensors.keys()].sort()).toEqual(['b', 'big']);
  expect((await readSafetensors(path)).tensors).toEqual(tensors);
});

test('tensors at odd addresses are copied', () => {
  const header = {
    a: { dtype: 'U8', shape: [1], data_offsets: [0, 1] },
    b: { dtype: 'F32', shape: [1], data_offsets: [1, 5] },
  };
  const bytes = build(header, 5);
  new DataView(bytes.buffer).setFloat32(bytes.length - 4, 7, true);
  expect(parseSafetensors(bytes).tensors.get('b')?.data).toEqual(Float32Array.of(7));
});

test('the same tensors give the same bytes in whatever order they come', () => {
  const turned = new Map([...sample()].reverse());
  expect(joinPieces(encodeSafetensors(turned))).toEqual(joinPieces(encodeSafetensors(sample())));
});

test('other types as 32-bit floats', () => {
  const bits = Uint16Array.of(0x3c00, 0xc000, 0x0001, 0x03ff, 0x0400, 0x7bff, 0x7c00, 0xfc00, 0x8000, 0x3555);
  const expected = [1, -2, 2 ** -24, 1023 * 2 ** -24, 2 ** -14, 65504, Infinity, -Infinity, -0, 0.333251953125];
  expect([...toFloat32({ type: 'F16', shape: [10], data: bits })]).toEqual(expected);
  expect([...toFloat32({ type: 'F16', shape: [1], data: Uint16Array.of(0x7e00) })]).toEqual([Number.NaN]);
  expect([...toFloat32({ type: 'BF16', shape: [2], data: Uint16Array.of(0x3f80, 0xc020) })]).toEqual([1, -2.5]);
  expect([...toFloat32({ type: 'I64', shape: [1], data: BigInt64Array.of(-3n) })]).toEqual([-3]);
  expect([...toFloat32({ type: 'F64', shape: [1], data: Float64Array.of(0.1) })]).toEqual([Math.fround(0.1)]);
  const own = Float32Array.of(1);
  expect(toFloat32({ type: 'F32', shape: [1], data: own })).toBe(own);
});

describe('damaged files are a TensorFileError', () => {
  const one = { dtype: 'F32', shape: [2], data_offsets: [0, 8] };
  const cases: Record<string, Uint8Array> = {
    empty: new Uint8Array(0),
    'shorter than its prefix': new Uint8Array(5),
    'a header beyond the file': build({ a: one }, 8).subarray(0, 20),
    'a header of 2^63 bytes': Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0x80, 1, 2, 3),
    'no JSON': build('{"a":', 0),
    'no UTF-8': build('{"a": "\u00ff"}').map((byte) => (byte === 0xc3 ? 0xff : byte)),
    'no object': build('[1]'),
    'an unknown type': build({ a: { ...one, dtype: 'F31' } }, 8),
    'a type of Object': build({ a: { ...one, dtype: 'constructor' } }, 8),
    'a negative side': build({ a: { ...one, shape: [-2] } }, 8),
    'half an element': build({ a: { ...one, shape: [1.5] } }, 8),
    'sides without end': build({ a: { ...one, shape: [2 ** 40, 2 ** 40, 0] } }, 8),
    'no shape': build({ a: { dtype: 'F32', data_offsets: [0, 8] } }, 8),
    'a place of another size': build({ a: { ...one, data_offsets: [0, 4] } }, 8),
    'a place turned round': build({ a: { ...one, data_offsets: [8, 0] } }, 8),
    'a place beyond the file': build({ a: one }, 4),
    'bytes that no tensor has': build({ a: one }, 12),
    'a hole': build({ a: one, b: { ...one, data_offsets: [12, 20] } }, 20),
    'an overlap': build({ a: one, b: { ...one, data_offsets: [4, 12] } }, 12),
    'metadata that is no text': build({ __metadata__: { a: 1 } }),
  };
  test.each(Object.entries(cases))('%s', async (_name, bytes) => {
    expect(() => parseSafetensors(bytes)).toThrow(TensorFileError);
    const path = join(scratch(), 'x.safetensors');
    writeFileSync(path, bytes);
    await expect(readSafetensors(path)).rejects.toThrow(TensorFileError);
  });

  test('every cut of a good file', () => {
    const bytes = joinPieces(encodeSafetensors(sample()));
    for (let length = 0; length < bytes.length; length++)
      expect(() => parseSafetensors(bytes.subarray(0, length))).toThrow(TensorFileError);
    expect(() => parseSafetensors(bytes)).not.toThrow();
  });
});

test('what can not be read or written says so, and leaves nothing behind', async () => {
  const folder = scratch();
  await expect(readSafetensors(join(folder, 'none'))).rejects.toThrow(SourceError);
  writeFileSync(join(folder, 'file'), '');
  await expect(writeSafetensors(join(folder, 'file', 'x'), sample())).rejects.toThrow(OutputError);
  expect(readdirSync(folder)).toEqual(['file']);
  expect(() => encodeSafetensors(new Map([['a', f32([3], 1)]]))).toThrow(TypeError);
  const wrong: Tensor = { type: 'I32', shape: [1], data: Float32Array.of(1) };
  expect(() => encodeSafetensors(new Map([['a', wrong]]))).toThrow(TypeError);
});
