import { high16, high8, low16, low8 } from './jpeg-decode-lanes';

// Rows of planes to rows of the output: chroma upsampling and colour, 16 pixels at a time. Planes have room for 16 samples
// before each row and 32 behind it, so that whole vectors may be read; the output is never touched beyond its row.

/** 16 pixels as 48 bytes and not one more. */
@inline
export function storePixels(out: usize, r: v128, g: v128, b: v128): void {
  const rgLow = low8(r, g);
  const rgHigh = high8(r, g);
  const bLow = low8(b, b);
  const bHigh = high8(b, b);
  // Four bytes a pixel (R G B B), squeezed to three.
  const squeeze = i8x16(0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, -1, -1, -1, -1);
  v128.store(out, v128.swizzle(low16(rgLow, bLow), squeeze));
  v128.store(out, v128.swizzle(high16(rgLow, bLow), squeeze), 12);
  v128.store(out, v128.swizzle(low16(rgHigh, bHigh), squeeze), 24);
  const last = v128.swizzle(high16(rgHigh, bHigh), squeeze);
  v128.store64_lane(out, last, 0, 36);
  v128.store32_lane(out, last, 2, 44);
}

// YCbCr to RGB (JFIF), chroma already less 128, with the rounding of libjpeg's tables of 16-bit fractions:
// R = y + (91881 cr + 32768 >> 16), B = y + (116130 cb + 32768 >> 16), G = y + (-22554 cb - 46802 cr + 32768 >> 16).
// Whole multiples are taken out so that factors fit 16 bits. q15mulr(a, b) is (a b + 2^14) >> 15: with half of 26345 or of
// -14942 it gives the same for every chroma (checked over all 256).

@inline
function red(y: v128, cr: v128): v128 {
  return i16x8.add(i16x8.add(y, cr), i16x8.q15mulr_sat_s(cr, i16x8.splat(13172)));
}

@inline
function blue(y: v128, cb: v128): v128 {
  return i16x8.add(i16x8.add(y, i16x8.add(cb, cb)), i16x8.q15mulr_sat_s(cb, i16x8.splat(-7471)));
}

@inline
function green(y: v128, cb: v128, cr: v128): v128 {
  const factors = i32x4.splat((18734 << 16) | (-22554 & 0xffff));
  const round = i32x4.splat(32768);
  const left = i32x4.shr_s(i32x4.add(i32x4.dot_i16x8_s(low16(cb, cr), factors), round), 16);
  const right = i32x4.shr_s(i32x4.add(i32x4.dot_i16x8_s(high16(cb, cr), factors), round), 16);
  return i16x8.add(i16x8.sub(y, cr), i16x8.narrow_i32x4_s(left, right));
}

@inline
function storeConverted(out: usize, y: v128, cb0: v128, cb1: v128, cr0: v128, cr1: v128): void {
  const y0 = i16x8.extend_low_i8x16_u(y);
  const y1 = i16x8.extend_high_i8x16_u(y);
  storePixels(
    out,
    i8x16.narrow_i16x8_u(red(y0, cr0), red(y1, cr1)),
    i8x16.narrow_i16x8_u(green(y0, cb0, cr0), green(y1, cb1, cr1)),
    i8x16.narrow_i16x8_u(blue(y0, cb0), blue(y1, cb1)),
  );
}

/** Three planes as they are. */
export function storeRgbRow(out: usize, r: usize, g: usize, b: usize, pixels: i32, line: usize): void {
  if (pixels >= 16) {
    // With its condition behind it, constants are made before the loop.
    do {
      storePixels(out, v128.load(r), v128.load(g), v128.load(b));
      r += 16;
      g += 16;
      b += 16;
      out += 48;
      pixels -= 16;
    } while (pixels >= 16);
  }
  if (pixels > 0) {
    storePixels(line, v128.load(r), v128.load(g), v128.load(b));
    memory.copy(out, line, 3 * pixels);
  }
}

@inline
function convertFull(out: usize, y: usize, cb: usize, cr: usize): void {
  const offset = i16x8.splat(128);
  const blueness = v128.load(cb);
  const redness = v128.load(cr);
  storeConverted(
    out,
    v128.load(y),
    i16x8.sub(i16x8.extend_low_i8x16_u(blueness), offset),
    i16x8.sub(i16x8.extend_high_i8x16_u(blueness), offset),
    i16x8.sub(i16x8.extend_low_i8x16_u(redness), offset),
    i16x8.sub(i16x8.extend_high_i8x16_u(redness), offset),
  );
}

/** Chroma as wide as luma. */
export function convertRow(out: usize, y: usize, cb: usize, cr: usize, pixels: i32, line: usize): void {
  for (; pixels >= 16; pixels -= 16, y += 16, cb += 16, cr += 16, out += 48) convertFull(out, y, cb, cr);
  if (pixels > 0) {
    convertFull(line, y, cb, cr);
    memory.copy(out, line, 3 * pixels);
  }
}

/** 8 samples less 128, as 16 bits. */
@inline
function centred(plane: usize): v128 {
  return i16x8.sub(v128.load_ext<u8>(plane), i16x8.splat(128));
}

@inline
function convertRepeated(out: usize, y: usize, cb: usize, cr: usize): void {
  const blueness = centred(cb);
  const redness = centred(cr);
  storeConverted(
    out,
    v128.load(y),
    low16(blueness, blueness),
    high16(blueness, blueness),
    low16(redness, redness),
    high16(redness, redness),
  );
}

/** Every chroma sample for two pixels: what libjpeg does where rows are too short or too coarse for the triangle filter. */
export function convertRepeatedRow(out: usize, y: usize, cb: usize, cr: usize, pixels: i32, line: usize): void {
  for (; pixels >= 16; pixels -= 16, y += 16, cb += 8, cr += 8, out += 48) convertRepeated(out, y, cb, cr);
  if (pixels > 0) {
    convertRepeated(line, y, cb, cr);
    memory.copy(out, line, 3 * pixels);
  }
}

@inline
export function triple(a: v128): v128 {
  return i16x8.add(i16x8.add(a, a), a);
}

/** (3 a + b + round) >> bits. */
@inline
function blend(a3: v128, b: v128, round: i32, bits: i32): v128 {
  return i16x8.shr_s(i16x8.add(i16x8.add(a3, b), i16x8.splat(<i16>round)), bits);
}

@inline
function convertH2v1(out: usize, y: usize, cb: usize, cr: usize): void {
  const blue3 = triple(centred(cb));
  const red3 = triple(centred(cr));
  const blueEven = blend(blue3, centred(cb - 1), 1, 2);
  const blueOdd = blend(blue3, centred(cb + 1), 2, 2);
  const redEven = blend(red3, centred(cr - 1), 1, 2);
  const redOdd = blend(red3, centred(cr + 1), 2, 2);
  storeConverted(
    out,
    v128.load(y),
    low16(blueEven, blueOdd),
    high16(blueEven, blueOdd),
    low16(redEven, redOdd),
    high16(redEven, redOdd),
  );
}

/**
 * Triangle filter across: 3/4 of the nearer sample, 1/4 of the further one. The outermost samples must be repeated outside
 * the plane. All values are less 128, which commutes with the shift.
 */
export function convertH2v1Row(out: usize, y: usize, cb: usize, cr: usize, pixels: i32, line: usize): void {
  for (; pixels >= 16; pixels -= 16, y += 16, cb += 8, cr += 8, out += 48) convertH2v1(out, y, cb, cr);
  if (pixels > 0) {
    convertH2v1(line, y, cb, cr);
    memory.copy(out, line, 3 * pixels);
  }
}
