import { fail } from './fail.ts';

/**
 * Bits that were written forwards and are read backwards (RFC 8878, section 4.1): from the highest bit down, after a last byte
 * whose highest set bit ends them.
 */
export interface BackwardBits {
  readonly bytes: Uint8Array;
  /** Bits that are left; below zero where more was read than there was, which read as zeros. */
  left: number;
}

/** @throws CodecError where the last byte is missing or zero */
export function openBackwardBits(bytes: Uint8Array): BackwardBits {
  const last = bytes[bytes.length - 1];
  if (!last) fail('a bit stream without an end');
  return { bytes, left: bytes.length * 8 - 8 + floorLog2(last) };
}

/** The next `count` bits (0 to 24), without taking them. */
export function peekBits({ bytes, left }: BackwardBits, count: number): number {
  const from = left - count;
  if (from >= 0) return peekAt(bytes, from) & ((1 << count) - 1);
  // What lies before the first bit is zero.
  return left > 0 ? (peekAt(bytes, 0) & ((1 << left) - 1)) << -from : 0;
}

/** Takes up to 32 bits; a number of 0 to 2^32 - 1. */
export function readBits(bits: BackwardBits, count: number): number {
  if (count > 24) {
    const high = readBits(bits, count - 16);
    return high * 65_536 + readBits(bits, 16);
  }
  const value = peekBits(bits, count);
  bits.left -= count;
  return value;
}

/** 25 bits and more from bit `at` on, lowest first. */
export function peekAt(bytes: Uint8Array, at: number): number {
  const i = at >> 3;
  // Past the end there is nothing, which is zero for these operators.
  return (bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24)) >>> (at & 7);
}

/** Place of the highest set bit; -1 for 0. */
export function floorLog2(value: number): number {
  return 31 - Math.clz32(value);
}
