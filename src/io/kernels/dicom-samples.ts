import type { SampleArray } from '../sample-raster.ts';

/** The bytes of 16-bit words in the other order, in a copy; a last odd byte stays. */
export function swapBytePairs(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(bytes);
  for (let i = 0; i + 1 < out.length; i += 2) {
    out[i] = bytes[i + 1]!;
    out[i + 1] = bytes[i]!;
  }
  return out;
}

/**
 * 16-bit words of which the low `bits` count, spread to all 16: 0 stays 0 and the largest value becomes 65,535. What stands
 * above (overlays, in old files) is cut off. In a copy, in the same byte order.
 */
export function spreadBits(
  bytes: Uint8Array,
  { bits, littleEndian }: { bits: number; littleEndian: boolean },
): Uint8Array {
  const out = new Uint8Array(bytes.length);
  const most = 2 ** bits - 1;
  const low = littleEndian ? 0 : 1;
  for (let i = 0; i + 1 < bytes.length; i += 2) {
    const value = (bytes[i + low]! | (bytes[i + 1 - low]! << 8)) & most;
    const spread = Math.round((value * 65_535) / most);
    out[i + low] = spread & 255;
    out[i + 1 - low] = spread >> 8;
  }
  return out;
}

/** Cuts off, in place, what stands above the low `bits` of unsigned samples. */
export function keepLowBits(values: SampleArray, bits: number): void {
  const most = 2 ** bits - 1;
  for (let i = 0; i < values.length; i++) values[i]! &= most;
}
