import { LAST_INDEX } from './jpeg-decode-job';
import { add, dot, down, flatLevel, pair, sub, term, toByte } from './jpeg-decode-lanes';

// The reduced inverse DCTs of libjpeg: 4 x 4, 2 x 2 and 1 x 1 samples from the low frequencies of a block of 8 x 8, bit for
// bit. Coefficients that don't matter at a size are left out there too (row and column 4; then 2, 4 and 6).

@inline
function clear(block: usize): void {
  const zero = i32x4.splat(0);
  for (let at: usize = 0; at < 128; at += 16) v128.store(block + at, zero);
}

/** The sums of one pass over four columns (or rows), from their pairs of coefficients. */
@inline
function even4(p04: v128, p26: v128, round: i32, sign: i32): v128 {
  const dc = add(dot(p04, pair(16384, 0)), i32x4.splat(round));
  const even = dot(p26, pair(15137, -6270));
  return sign > 0 ? add(dc, even) : sub(dc, even);
}

@inline
function outer4(p17: v128, p53: v128): v128 {
  return add(dot(p17, pair(20995, -4176)), dot(p53, pair(-4926, 7373)));
}

@inline
function inner4(p17: v128, p53: v128): v128 {
  return add(dot(p17, pair(8697, -1730)), dot(p53, pair(11893, -17799)));
}

const ROUND4_1: i32 = 1 << 11;
/** Also adds the level shift of 128. */
const ROUND4_2: i32 = (1 << 18) + (128 << 19);

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
    // Columns 0, 4, 2 and 6; then 1, 7, 5 and 3. Two rows of four in a vector.
    let p04 = term(block, quant, 0);
    let p26 = term(block, quant, 2);
    let p17 = term(block, quant, 4);
    let p53 = term(block, quant, 6);
    let plus = even4(p04, p26, ROUND4_1, 1);
    let minus = even4(p04, p26, ROUND4_1, -1);
    let outer = outer4(p17, p53);
    let inner = inner4(p17, p53);
    const a01 = down(add(plus, outer), add(minus, inner), 12);
    const a23 = down(sub(minus, inner), sub(plus, outer), 12);
    p04 = term(block, quant, 1);
    p26 = term(block, quant, 3);
    p17 = term(block, quant, 5);
    p53 = term(block, quant, 7);
    clear(block);
    plus = even4(p04, p26, ROUND4_1, 1);
    minus = even4(p04, p26, ROUND4_1, -1);
    outer = outer4(p17, p53);
    inner = inner4(p17, p53);
    const b01 = down(add(plus, outer), add(minus, inner), 12);
    const b23 = down(sub(minus, inner), sub(plus, outer), 12);
    p04 = v128.shuffle<i32>(a01, a23, 0, 2, 4, 6);
    p26 = v128.shuffle<i32>(a01, a23, 1, 3, 5, 7);
    p17 = v128.shuffle<i32>(b01, b23, 0, 2, 4, 6);
    p53 = v128.shuffle<i32>(b01, b23, 1, 3, 5, 7);
    plus = even4(p04, p26, ROUND4_2, 1);
    minus = even4(p04, p26, ROUND4_2, -1);
    outer = outer4(p17, p53);
    inner = inner4(p17, p53);
    const n01 = down(add(plus, outer), add(minus, inner), 19);
    const n23 = down(sub(minus, inner), sub(plus, outer), 19);
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
  const products = dot(row, i16x8(0, 0, 0, 0, 29692, -5906, 6967, -10426));
  const odd = i32x4.extract_lane(products, 2) + i32x4.extract_lane(products, 3);
  const dc = (<i32>i16x8.extract_lane_s(row, 0) << 15) + (1 << 19) + (128 << 20);
  store<u8>(out, toByte((dc + odd) >> 20));
  store<u8>(out, toByte((dc - odd) >> 20), 1);
}

/** The sums of the odd rows. */
@inline
function odd2(block: usize, quant: usize, half: usize): v128 {
  const p17 = term(block, quant, 4 + half);
  const p53 = term(block, quant, 6 + half);
  return add(dot(p17, pair(29692, -5906)), dot(p53, pair(6967, -10426)));
}

@inline
function dc2(block: usize, quant: usize, half: usize): v128 {
  // 16384 is the largest power of two that fits: once more for 15 bits.
  const dc = dot(term(block, quant, half), pair(16384, 0));
  return add(add(dc, dc), i32x4.splat(1 << 12));
}

export function inverseDct2(block: usize, stride: usize, quant: usize, blocks: i32, out: usize, step: usize, pitch: usize): void {
  for (; blocks > 0; blocks--, block += stride, out += step) {
    if (load<u16>(block + LAST_INDEX) == 0) {
      const word = <u16>flatLevel(block, quant) * 0x0101;
      store<u16>(out, <u16>word);
      store<u16>(out + pitch, <u16>word);
      continue;
    }
    const left = dc2(block, quant, 0);
    const right = dc2(block, quant, 1);
    const oddLeft = odd2(block, quant, 0);
    const oddRight = odd2(block, quant, 1);
    clear(block);
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
