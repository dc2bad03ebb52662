import { expect } from 'vitest';

// Arrays of numbers with the same bytes are equal at once: number by number takes seconds for a megabyte. Any others are left
// to `expect`, which says where they differ.
const added = Symbol.for('slideloom: arrays are compared by their bytes');

function haveSameBytes(one: unknown, other: unknown): boolean | undefined {
  if (!ArrayBuffer.isView(one) || !ArrayBuffer.isView(other) || one.constructor !== other.constructor) return undefined;
  return toBuffer(one).equals(toBuffer(other)) || undefined;
}

function toBuffer({ buffer, byteOffset, byteLength }: ArrayBufferView): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

// Once in a process, which may be that of many files.
if (!Reflect.has(globalThis, added)) {
  Reflect.set(globalThis, added, true);
  expect.addEqualityTesters([haveSameBytes]);
}
