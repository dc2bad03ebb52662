import { storePixels, triple } from './jpeg-decode-colour';
import { add, dot, high16, low16 } from './jpeg-decode-lanes';

// 4:2:0 chroma, the usual one: the triangle filter both ways and colour in one pass. The arithmetic of jpeg-decode-colour.ts,
// with two differences that save instructions. Even and odd pixels stay apart until their shares are added to luma. And the
// constants are loaded before the loop, or made there by the engine's compiler, as the loop ends with its condition.

/** Red and blue for `q15mulr`; green for pairs of blue and twice red, and its rounding (32 bits); the offset of sums. */
const CONSTANTS: usize = memory.data<i16>([
  13172, 13172, 13172, 13172, 13172, 13172, 13172, 13172,
  -7471, -7471, -7471, -7471, -7471, -7471, -7471, -7471,
  -22554, -23401, -22554, -23401, -22554, -23401, -22554, -23401,
  -32768, 0, -32768, 0, -32768, 0, -32768, 0,
  510, 510, 510, 510, 510, 510, 510, 510,
], 16);

/**
 * 8 sums down a column: three times the nearer row and once the further one. Less 510 they give, three times one and once its
 * neighbour, 4 * 512 less, which makes chroma less 128, and 8 more, which rounds even pixels; odd ones take one off.
 */
@inline
function sums(near: usize, far: usize, offset: v128): v128 {
  return i16x8.sub(i16x8.add(triple(v128.load_ext<u8>(near)), v128.load_ext<u8>(far)), offset);
}

@inline
function evenPixels(before: v128, here: v128): v128 {
  const neighbours = v128.shuffle<i16>(before, here, 7, 8, 9, 10, 11, 12, 13, 14);
  return i16x8.shr_s(i16x8.add(triple(here), neighbours), 4);
}

@inline
function oddPixels(here: v128, after: v128): v128 {
  const neighbours = v128.shuffle<i16>(here, after, 1, 2, 3, 4, 5, 6, 7, 8);
  return i16x8.shr_s(i16x8.add(i16x8.add(triple(here), i16x8.splat(-1)), neighbours), 4);
}

@inline
function redShare(cr: v128, factor: v128): v128 {
  return i16x8.add(cr, i16x8.q15mulr_sat_s(cr, factor));
}

@inline
function blueShare(cb: v128, factor: v128): v128 {
  return i16x8.add(i16x8.add(cb, cb), i16x8.q15mulr_sat_s(cb, factor));
}

/** (-22554 cb - 46802 cr + 32768) >> 16 in order, from 4 pairs of cb and 2 cr of even and of odd pixels each. */
@inline
function greenShare(even: v128, odd: v128, factors: v128, round: v128): v128 {
  const lower = i32x4.shr_u(add(dot(even, factors), round), 16);
  return v128.shuffle<i16>(lower, add(dot(odd, factors), round), 0, 9, 2, 11, 4, 13, 6, 15);
}

/** What becomes of 16 pixels: RGB; sums of pairs, kept; means of these and of the pairs in the row above. */
const PIXELS: i32 = 0;
const SUMS: i32 = 1;
const MEANS: i32 = 2;

/**
 * `cbFar` and `crFar` are the rows above for even rows of the image, below for odd ones. The outermost samples must be
 * repeated outside the planes.
 */
export function convertH2v2Row(
  out: usize, y: usize, cb: usize, cbFar: usize, cr: usize, crFar: usize, pixels: i32, line: usize,
): void {
  convert(PIXELS, out, y, cb, cbFar, cr, crFar, pixels, line, 0);
}

/** The upper row of a pair of rows that become means: its sums go to `held`, 48 bytes for every 16 pixels or fewer. */
export function sumH2v2Row(
  held: usize, y: usize, cb: usize, cbFar: usize, cr: usize, crFar: usize, pixels: i32,
): void {
  convert(SUMS, 0, y, cb, cbFar, cr, crFar, pixels, 0, held);
}

/** The lower row: means of 2 x 2 pixels, halves rounded up. `pixels` is even. */
export function meanH2v2Row(
  out: usize, y: usize, cb: usize, cbFar: usize, cr: usize, crFar: usize, pixels: i32, line: usize, held: usize,
): void {
  convert(MEANS, out, y, cb, cbFar, cr, crFar, pixels, line, held);
}

/** Means of the pairs in two rows, as 16 bits. */
@inline
function meanOf(pixels: v128, held: usize): v128 {
  const sum = i16x8.add(i16x8.extadd_pairwise_i8x16_u(pixels), v128.load(held));
  return i16x8.shr_u(i16x8.add(sum, i16x8.splat(2)), 2);
}

/** 8 pixels as 24 bytes and not one more. */
@inline
function storeMeans(out: usize, r: v128, g: v128, b: v128, held: usize): void {
  const rg = i8x16.narrow_i16x8_u(meanOf(r, held), meanOf(g, held + 16));
  const blue = meanOf(b, held + 32);
  const bb = i8x16.narrow_i16x8_u(blue, blue);
  v128.store(out, v128.shuffle<u8>(rg, bb, 0, 8, 16, 1, 9, 17, 2, 10, 18, 3, 11, 19, 4, 12, 20, 5));
  const rest = v128.shuffle<u8>(rg, bb, 13, 21, 6, 14, 22, 7, 15, 23, 13, 21, 6, 14, 22, 7, 15, 23);
  v128.store64_lane(out, rest, 0, 16);
}

@inline
function put(what: i32, out: usize, r: v128, g: v128, b: v128, held: usize): void {
  if (what == PIXELS) storePixels(out, r, g, b);
  else if (what == MEANS) storeMeans(out, r, g, b, held);
  else {
    v128.store(held, i16x8.extadd_pairwise_i8x16_u(r));
    v128.store(held, i16x8.extadd_pairwise_i8x16_u(g), 16);
    v128.store(held, i16x8.extadd_pairwise_i8x16_u(b), 32);
  }
}

@inline
function convert(
  what: i32, out: usize, y: usize, cb: usize, cbFar: usize, cr: usize, crFar: usize, pixels: i32, line: usize, held: usize,
): void {
  const redFactor = v128.load(CONSTANTS);
  const blueFactor = v128.load(CONSTANTS, 16);
  const greenFactors = v128.load(CONSTANTS, 32);
  const greenRound = v128.load(CONSTANTS, 48);
  const offset = v128.load(CONSTANTS, 64);
  // Lane 7 of the vector before the first is the repeated outermost sample.
  let b0 = sums(cb - 8, cbFar - 8, offset);
  let r0 = sums(cr - 8, crFar - 8, offset);
  let b1 = sums(cb, cbFar, offset);
  let r1 = sums(cr, crFar, offset);
  do {
    cb += 8;
    cbFar += 8;
    cr += 8;
    crFar += 8;
    const b2 = sums(cb, cbFar, offset);
    const r2 = sums(cr, crFar, offset);
    const bEven = evenPixels(b0, b1);
    const bOdd = oddPixels(b1, b2);
    const rEven = evenPixels(r0, r1);
    const rOdd = oddPixels(r1, r2);
    b0 = b1;
    r0 = r1;
    b1 = b2;
    r1 = r2;
    const even2 = i16x8.add(rEven, rEven);
    const odd2 = i16x8.add(rOdd, rOdd);
    const green0 = greenShare(low16(bEven, even2), low16(bOdd, odd2), greenFactors, greenRound);
    const green1 = greenShare(high16(bEven, even2), high16(bOdd, odd2), greenFactors, greenRound);
    const redEven = redShare(rEven, redFactor);
    const redOdd = redShare(rOdd, redFactor);
    const blueEven = blueShare(bEven, blueFactor);
    const blueOdd = blueShare(bOdd, blueFactor);
    const luma = v128.load(y);
    const y0 = i16x8.extend_low_i8x16_u(luma);
    const y1 = i16x8.extend_high_i8x16_u(luma);
    const r = i8x16.narrow_i16x8_u(i16x8.add(y0, low16(redEven, redOdd)), i16x8.add(y1, high16(redEven, redOdd)));
    const g = i8x16.narrow_i16x8_u(i16x8.add(y0, green0), i16x8.add(y1, green1));
    const b = i8x16.narrow_i16x8_u(i16x8.add(y0, low16(blueEven, blueOdd)), i16x8.add(y1, high16(blueEven, blueOdd)));
    if (what != SUMS && pixels < 16) {
      put(what, line, r, g, b, held);
      memory.copy(out, line, what == MEANS ? (3 * pixels) >> 1 : 3 * pixels);
      return;
    }
    put(what, out, r, g, b, held);
    y += 16;
    out += what == MEANS ? 24 : 48;
    held += 48;
    pixels -= 16;
  } while (pixels > 0);
}
