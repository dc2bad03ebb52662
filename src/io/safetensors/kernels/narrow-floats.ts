/** The number that 16 bits of IEEE 754 half precision stand for. */
export function halfToFloat(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : Number.NaN;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return sign * (1024 + fraction) * 2 ** (exponent - 25);
}

/** Brain floats are the upper halves of 32-bit floats. */
export function widenBrainFloats(bits: Uint16Array): Float32Array {
  const words = new Uint32Array(bits.length);
  for (let i = 0; i < bits.length; i++) words[i] = bits[i]! << 16;
  return new Float32Array(words.buffer);
}

/** Magnitudes as bits of 32-bit floats: infinity, and the least normal half, 2^-14. */
const INFINITE = 0x7f80_0000;
const LEAST_NORMAL = 0x3880_0000;

/**
 * The bits of IEEE 754 half precision nearest to each 32-bit float; of two as near, the even one. From 65520 on a number is
 * infinite, as in NumPy and torch.
 */
export function narrowToHalf(values: Float32Array): Uint16Array<ArrayBuffer> {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const halves = new Uint16Array(values.length);
  for (let i = 0; i < halves.length; i++) {
    const bits = words[i]!;
    const magnitude = bits & 0x7fff_ffff;
    let half: number;
    // The exponent's bias goes from 127 to 15; a carry out of the fraction raises the exponent, at its end to infinity.
    if (magnitude >= LEAST_NORMAL && magnitude < INFINITE)
      half = Math.min((magnitude - 0x3800_0000 + 0xfff + ((magnitude >>> 13) & 1)) >>> 13, 0x7c00);
    else if (magnitude < LEAST_NORMAL) half = roundToEven(Math.abs(values[i]!) * 2 ** 24);
    else half = magnitude > INFINITE ? 0x7e00 : 0x7c00;
    halves[i] = ((bits >>> 16) & 0x8000) | half;
  }
  return halves;
}

/** Below the least normal half the last bit stands for 2^-24. */
function roundToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}
