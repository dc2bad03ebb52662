import { LAST_INDEX } from './jpeg-decode-job';
import { add, dot, down, flatLevel, high16, high32, low16, low32, pair, sub, term, toByte } from './jpeg-decode-lanes';

// The reduced inverse DCTs of libjpeg: 4 x 4, 2 x 2 and 1 x 1 samples from the low frequencies of a block of 8 x 8, bit for
// bit. Coefficients that don't matter at a size are left out there too (row and column 4; then 2, 4 and 6).

@inline
function clear(block: usize): void {
  const zero = i32x4.splat(0);
  for (let at: usize = 0; at < 128; at += 16) v128.store(block + at, zero);
}

export function inverseDct4(block: usize, stride: usize, quant: usize, blocks: i32, out: usize, step: usize, pitch: usize): void {
  for (; blocks > 0; blocks--, block += stride, out += step) {
    if (load<u16>(block + LAST_INDEX) == 0) {
      const word = <u32>flatLevel(block, quant) * 0x01010101;
      store<u32>(out, word);
      store<u32>(out + pitch, word);
      store<u32>(out + 2 * pitch, word);
      store<u32>(out + 3 * pitch, word);
      continue;
    }
    const in0 = term(block, quant, 0);
    const in1 = term(block, quant, 1);
    const in2 = term(block, quant, 2);
    const in3 = term(block, quant, 3);
    const in5 = term(block, quant, 5);
    const in6 = term(block, quant, 6);
    const in7 = term(block, quant, 7);
    clear(block);
    const round1 = i32x4.splat(1 << 11);
    // Left and right half of the columns.
    let dc = add(i32x4.shl(i32x4.extend_low_i16x8_s(in0), 14), round1);
    let even = dot(low16(in2, in6), pair(15137, -6270));
    let odd0 = add(dot(low16(in7, in5), pair(-1730, 11893)), dot(low16(in3, in1), pair(-17799, 8697)));
    let odd2 = add(dot(low16(in7, in5), pair(-4176, -4926)), dot(low16(in3, in1), pair(7373, 20995)));
    const l0 = add(add(dc, even), odd2);
    const l3 = sub(add(dc, even), odd2);
    const l1 = add(sub(dc, even), odd0);
    const l2 = sub(sub(dc, even), odd0);
    dc = add(i32x4.shl(i32x4.extend_high_i16x8_s(in0), 14), round1);
    even = dot(high16(in2, in6), pair(15137, -6270));
    odd0 = add(dot(high16(in7, in5), pair(-1730, 11893)), dot(high16(in3, in1), pair(-17799, 8697)));
    odd2 = add(dot(high16(in7, in5), pair(-4176, -4926)), dot(high16(in3, in1), pair(7373, 20995)));
    const w0 = down(l0, add(add(dc, even), odd2), 12);
    const w3 = down(l3, sub(add(dc, even), odd2), 12);
    const w1 = down(l1, add(sub(dc, even), odd0), 12);
    const w2 = down(l2, sub(sub(dc, even), odd0), 12);
    const a0 = low16(w0, w1);
    const a1 = high16(w0, w1);
    const a2 = low16(w2, w3);
    const a3 = high16(w2, w3);
    const c01 = low32(a0, a2);
    const c23 = high32(a0, a2);
    const c45 = low32(a1, a3);
    const c67 = high32(a1, a3);
    dc = add(i32x4.shl(i32x4.extend_low_i16x8_s(c01), 14), i32x4.splat((1 << 18) + (128 << 19)));
    even = dot(low16(c23, c67), pair(15137, -6270));
    const p13 = high16(c01, c23);
    const p57 = high16(c45, c67);
    odd0 = add(dot(p57, pair(11893, -1730)), dot(p13, pair(8697, -17799)));
    odd2 = add(dot(p57, pair(-4926, -4176)), dot(p13, pair(20995, 7373)));
    const n01 = down(add(add(dc, even), odd2), add(sub(dc, even), odd0), 19);
    const n23 = down(sub(sub(dc, even), odd0), sub(add(dc, even), odd2), 19);
    const columns = i8x16.narrow_i16x8_u(n01, n23);
    const rows = v128.swizzle(columns, i8x16(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15));
    v128.store32_lane(out, rows, 0);
    v128.store32_lane(out + pitch, rows, 1);
    v128.store32_lane(out + 2 * pitch, rows, 2);
    v128.store32_lane(out + 3 * pitch, rows, 3);
  }
}

/** One row of two samples out of eight columns. */
@inline
function storePair(out: usize, row: v128): void {
  const products = dot(row, i16x8(0, 29692, 0, -10426, 0, 6967, 0, -5906));
  const odd =
    i32x4.extract_lane(products, 0) +
    i32x4.extract_lane(products, 1) +
    i32x4.extract_lane(products, 2) +
    i32x4.extract_lane(products, 3);
  const dc = (<i32>i16x8.extract_lane_s(row, 0) << 15) + (1 << 19) + (128 << 20);
  store<u8>(out, toByte((dc + odd) >> 20));
  store<u8>(out, toByte((dc - odd) >> 20), 1);
}

export function inverseDct2(block: usize, stride: usize, quant: usize, blocks: i32, out: usize, step: usize, pitch: usize): void {
  const round = i32x4.splat(1 << 12);
  for (; blocks > 0; blocks--, block += stride, out += step) {
    if (load<u16>(block + LAST_INDEX) == 0) {
      const word = <u16>flatLevel(block, quant) * 0x0101;
      store<u16>(out, <u16>word);
      store<u16>(out + pitch, <u16>word);
      continue;
    }
    const in0 = term(block, quant, 0);
    const in1 = term(block, quant, 1);
    const in3 = term(block, quant, 3);
    const in5 = term(block, quant, 5);
    const in7 = term(block, quant, 7);
    clear(block);
    const left = add(i32x4.shl(i32x4.extend_low_i16x8_s(in0), 15), round);
    const right = add(i32x4.shl(i32x4.extend_high_i16x8_s(in0), 15), round);
    const oddLeft = add(dot(low16(in7, in5), pair(-5906, 6967)), dot(low16(in3, in1), pair(-10426, 29692)));
    const oddRight = add(dot(high16(in7, in5), pair(-5906, 6967)), dot(high16(in3, in1), pair(-10426, 29692)));
    storePair(out, down(add(left, oddLeft), add(right, oddRight), 13));
    storePair(out + pitch, down(sub(left, oddLeft), sub(right, oddRight), 13));
  }
}

export function inverseDct1(block: usize, stride: usize, quant: usize, blocks: i32, out: usize, step: usize): void {
  for (; blocks > 0; blocks--, block += stride, out += step) {
    const dc = <i32>(<i16>(<i32>load<i16>(block) * <i32>load<u16>(quant)));
    store<u8>(out, toByte(((dc + 4) >> 3) + 128));
    if (load<u16>(block + LAST_INDEX) != 0) clear(block);
    else store<i16>(block, 0);
  }
}
