import { ByteReader } from './byte-reader.ts';
import { TYPE_CLASS } from './constants.ts';
import type { H5Type } from './h5-plan.ts';

/** A type of elements: one that arrays hold, a text, or something else, which is not read. */
export type FoundType =
  | { readonly kind: 'number'; readonly type: H5Type; readonly bytes: number }
  | { readonly kind: 'fixed-text' | 'text' | 'other'; readonly bytes: number };

/** Types of numbers that are read, by class, bytes and whether they have a sign. */
const NUMBERS: Readonly<Record<string, H5Type>> = {
  [`${TYPE_CLASS.integer} 4 true`]: 'I32',
  [`${TYPE_CLASS.integer} 8 true`]: 'I64',
  [`${TYPE_CLASS.float} 2 false`]: 'F16',
  [`${TYPE_CLASS.float} 4 false`]: 'F32',
  [`${TYPE_CLASS.float} 8 false`]: 'F64',
};

export function parseType(content: Uint8Array): FoundType {
  const reader = new ByteReader(content);
  const kind = reader.u8() & 0x0f;
  const bits = reader.u8();
  reader.skip(2);
  const bytes = reader.u32();
  if (kind === TYPE_CLASS.text) return { kind: 'fixed-text', bytes };
  if (kind === TYPE_CLASS.variable && (bits & 0x0f) === 1) return { kind: 'text', bytes };
  const signed = kind === TYPE_CLASS.integer && (bits & 8) !== 0;
  const type = (bits & 1) === 0 ? NUMBERS[`${kind} ${bytes} ${signed}`] : undefined;
  return type ? { kind: 'number', type, bytes } : { kind: 'other', bytes };
}

/** Sizes of an array; none for a single element. */
export function parseShape(content: Uint8Array): number[] {
  const reader = new ByteReader(content);
  const version = reader.u8();
  const rank = reader.u8();
  reader.skip(version === 1 ? 6 : 2);
  return Array.from({ length: rank }, () => reader.size());
}

/** Where the elements of a dataset lie. */
export type FoundLayout =
  | { readonly kind: 'compact'; readonly content: Uint8Array }
  | { readonly kind: 'contiguous'; readonly address: number | undefined; readonly bytes: number }
  /** `chunk`: its sizes in elements. */
  | { readonly kind: 'chunked'; readonly address: number | undefined; readonly chunk: readonly number[] }
  | { readonly kind: 'other'; readonly version: number };

export function parseLayout(content: Uint8Array): FoundLayout {
  const reader = new ByteReader(content);
  const version = reader.u8();
  const kind = reader.u8();
  // Version 4 differs in how chunks are found.
  if ((version !== 3 && version !== 4) || (version === 4 && kind === 2)) return { kind: 'other', version };
  if (kind === 0) return { kind: 'compact', content: reader.bytes(reader.u16()) };
  if (kind === 1) return { kind: 'contiguous', address: reader.u64(), bytes: reader.size() };
  if (kind !== 2) return { kind: 'other', version };
  const rank = reader.u8();
  const address = reader.u64();
  // The last size is that of an element, in bytes.
  return { kind: 'chunked', address, chunk: Array.from({ length: rank }, () => reader.u32()).slice(0, -1) };
}

/** Numbers of the filters that chunks went through, in their order. */
export function parseFilters(content: Uint8Array): number[] {
  const reader = new ByteReader(content);
  const version = reader.u8();
  const count = reader.u8();
  if (version === 1) reader.skip(6);
  return Array.from({ length: count }, () => {
    const filter = reader.u16();
    const nameLength = version === 1 || filter >= 256 ? reader.u16() : 0;
    const values = reader.skip(2).u16();
    reader.skip(version === 1 ? Math.ceil(nameLength / 8) * 8 : nameLength).skip(values * 4);
    if (version === 1 && values % 2 === 1) reader.skip(4);
    return filter;
  });
}

/** An attribute, its elements not yet read. */
export interface FoundAttribute {
  readonly name: string;
  readonly type: FoundType;
  readonly shape: readonly number[];
  readonly content: Uint8Array;
}

export function parseAttribute(message: Uint8Array): FoundAttribute {
  const reader = new ByteReader(message);
  const version = reader.u8();
  reader.skip(1);
  const [nameLength, typeLength, shapeLength] = [reader.u16(), reader.u16(), reader.u16()];
  if (version >= 3) reader.skip(1);
  // In version 1 each part fills up to a multiple of 8.
  const part = (length: number) => {
    const bytes = reader.bytes(length);
    if (version === 1) reader.skip((8 - (length % 8)) % 8);
    return bytes;
  };
  const name = new ByteReader(part(nameLength)).text(nameLength);
  const type = parseType(part(typeLength));
  const shape = parseShape(part(shapeLength));
  return { name, type, shape, content: reader.bytes(reader.left) };
}
