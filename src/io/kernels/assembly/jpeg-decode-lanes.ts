// Lanes of vectors, by the names that the JPEG decoder's transforms use.

/** Two 16-bit factors for `dot`, in all lanes. */
@inline
export function pair(a: i32, b: i32): v128 {
  return i32x4.splat((b << 16) | (a & 0xffff));
}

@inline
export function dot(a: v128, b: v128): v128 {
  return i32x4.dot_i16x8_s(a, b);
}

@inline
export function add(a: v128, b: v128): v128 {
  return i32x4.add(a, b);
}

@inline
export function sub(a: v128, b: v128): v128 {
  return i32x4.sub(a, b);
}

/** (a >> bits, b >> bits) as 16-bit lanes, saturated. */
@inline
export function down(a: v128, b: v128, bits: i32): v128 {
  return i16x8.narrow_i32x4_s(i32x4.shr_s(a, bits), i32x4.shr_s(b, bits));
}

/** a0 b0 a1 b1 ... of the lower halves, in lanes of 8, 16, 32 and 64 bits; `high` of the upper ones. */
@inline
export function low8(a: v128, b: v128): v128 {
  return v128.shuffle<i8>(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}

@inline
export function high8(a: v128, b: v128): v128 {
  return v128.shuffle<i8>(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
}

@inline
export function low16(a: v128, b: v128): v128 {
  return v128.shuffle<i16>(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
}

@inline
export function high16(a: v128, b: v128): v128 {
  return v128.shuffle<i16>(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
}

@inline
export function low32(a: v128, b: v128): v128 {
  return v128.shuffle<i32>(a, b, 0, 4, 1, 5);
}

@inline
export function high32(a: v128, b: v128): v128 {
  return v128.shuffle<i32>(a, b, 2, 6, 3, 7);
}

@inline
export function low64(a: v128, b: v128): v128 {
  return v128.shuffle<i64>(a, b, 0, 2);
}

@inline
export function high64(a: v128, b: v128): v128 {
  return v128.shuffle<i64>(a, b, 1, 3);
}

/** Vector `index` of a block of coefficients (jpeg-decode-layout.ts), dequantised; wraps at 16 bits. */
@inline
export function term(block: usize, quant: usize, index: usize): v128 {
  return i16x8.mul(v128.load(block + 16 * index), v128.load(quant + 16 * index));
}

@inline
export function toByte(level: i32): u8 {
  return <u8>max(0, min(255, level));
}

/** The sample of a block with DC alone, which is cleared: what both passes make of it at sides of 8, 4 and 2. */
@inline
export function flatLevel(block: usize, quant: usize): u8 {
  const dc = <i32>(<i16>(<i32>load<i16>(block) * <i32>load<u16>(quant)));
  store<i16>(block, 0);
  return toByte(((max(-32768, min(32767, dc << 2)) + 16) >> 5) + 128);
}
