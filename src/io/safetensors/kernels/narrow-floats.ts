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

const word = new Float32Array(1);
const bitsOf = new Uint32Array(word.buffer);

/**
 * The 16 bits of IEEE 754 half precision nearest to a 32-bit float; of two as near, the even one. From 65520 on it is infinite,
 * as in NumPy and torch.
 */
export function floatToHalf(value: number): number {
  word[0] = value;
  const bits = bitsOf[0]!;
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fff_ffff;
  if (magnitude >= 0x7f80_0000) return sign | (magnitude > 0x7f80_0000 ? 0x7e00 : 0x7c00);
  // Below the least normal half, 2^-14, the last bit stands for 2^-24.
  if (magnitude < 0x3880_0000) return sign | roundToEven(Math.abs(word[0]!) * 2 ** 24);
  // The exponent's bias goes from 127 to 15; a carry out of the fraction raises the exponent, at its end to infinity.
  const half = (magnitude - 0x3800_0000) >>> 13;
  const rest = magnitude & 0x1fff;
  const up = rest > 0x1000 || (rest === 0x1000 && (half & 1) === 1) ? 1 : 0;
  return sign | Math.min(half + up, 0x7c00);
}

function roundToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  return rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor;
}
