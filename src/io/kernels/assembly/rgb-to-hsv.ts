import { BLOCK, stageIn, stageOut, STAGED_INPUT, STAGED_OUTPUT } from './rgb-stage';

// OpenCV's 8-bit HSV in fixed point: S = (range x round(255 x 4096 / V) + 2048) >> 12 and H = (sector x round(30 x 4096
// / range) + 2048) >> 12, plus 180 where negative. Everything below is done in f32 and exact: the quotients round to
// the right whole number for each of the 255 divisors, and products stay below 2^20.

/** Interleaved hue (0..179), saturation and value of `height` rows of `width` pixels. Not in place. */
export function rgbToHsv(rgb: usize, rgbPitch: i32, hsv: usize, hsvPitch: i32, width: i32, height: i32): void {
  for (let row = 0; row < height; row++) {
    if (width < BLOCK) {
      stageIn(rgb, 3 * width);
      hsvBlock(STAGED_INPUT, STAGED_OUTPUT);
      stageOut(hsv, 3 * width);
    } else {
      const last = width - BLOCK;
      for (let x = 0; x < last; x += BLOCK) hsvBlock(rgb + <usize>(3 * x), hsv + <usize>(3 * x));
      hsvBlock(rgb + <usize>(3 * last), hsv + <usize>(3 * last));
    }
    rgb += <usize>rgbPitch;
    hsv += <usize>hsvPitch;
  }
}

/** Saturation alone, one byte a pixel. Not in place. */
export function rgbToSaturation(rgb: usize, rgbPitch: i32, out: usize, outPitch: i32, width: i32, height: i32): void {
  for (let row = 0; row < height; row++) {
    if (width < BLOCK) {
      stageIn(rgb, 3 * width);
      saturationBlock(STAGED_INPUT, STAGED_OUTPUT);
      stageOut(out, width);
    } else {
      const last = width - BLOCK;
      for (let x = 0; x < last; x += BLOCK) saturationBlock(rgb + <usize>(3 * x), out + <usize>x);
      saturationBlock(rgb + <usize>(3 * last), out + <usize>last);
    }
    rgb += <usize>rgbPitch;
    out += <usize>outPitch;
  }
}

// @ts-ignore: decorator
@inline
function saturationBlock(rgb: usize, out: usize): void {
  const x = v128.load(rgb);
  const y = v128.load(rgb, 16);
  const z = v128.load(rgb, 32);
  const r = redOf(x, y, z);
  const g = greenOf(x, y, z);
  const b = blueOf(x, y, z);
  const value = i8x16.max_u(i8x16.max_u(r, g), b);
  const range = i8x16.sub(value, i8x16.min_u(i8x16.min_u(r, g), b));
  v128.store(out, saturationOf(range, value));
}

// @ts-ignore: decorator
@inline
function hsvBlock(rgb: usize, hsv: usize): void {
  const x = v128.load(rgb);
  const y = v128.load(rgb, 16);
  const z = v128.load(rgb, 32);
  const r = redOf(x, y, z);
  const g = greenOf(x, y, z);
  const b = blueOf(x, y, z);
  const value = i8x16.max_u(i8x16.max_u(r, g), b);
  const range = i8x16.sub(value, i8x16.min_u(i8x16.min_u(r, g), b));
  const h = hueOf(r, g, b, value, range);
  const s = saturationOf(range, value);
  storeInterleaved(hsv, h, s, value);
}

// @ts-ignore: decorator
@inline
function saturationOf(range: v128, value: v128): v128 {
  const divisor = i8x16.max_u(value, i8x16.splat(1));
  const scale = f32x4.splat(1044480);
  const rangeLow = i16x8.extend_low_i8x16_u(range);
  const rangeHigh = i16x8.extend_high_i8x16_u(range);
  const low = i16x8.extend_low_i8x16_u(divisor);
  const high = i16x8.extend_high_i8x16_u(divisor);
  return i8x16.narrow_i16x8_u(divideEight(rangeLow, low, scale), divideEight(rangeHigh, high, scale));
}

/** The largest channel says which two are subtracted; red wins over green, green over blue. */
// @ts-ignore: decorator
@inline
function hueOf(r: v128, g: v128, b: v128, value: v128, range: v128): v128 {
  const isRed = i8x16.eq(value, r);
  const isGreen = i8x16.eq(value, g);
  const plus = v128.bitselect(g, v128.bitselect(b, r, isGreen), isRed);
  const minus = v128.bitselect(b, v128.bitselect(r, g, isGreen), isRed);
  const sectors = v128.andnot(v128.bitselect(i8x16.splat(2), i8x16.splat(4), isGreen), isRed);
  const scale = f32x4.splat(122880);
  const divisor = i8x16.max_u(range, i8x16.splat(1));
  const low = i16x8.add(
    i16x8.sub(i16x8.extend_low_i8x16_u(plus), i16x8.extend_low_i8x16_u(minus)),
    i16x8.mul(i16x8.extend_low_i8x16_u(range), i16x8.extend_low_i8x16_u(sectors)),
  );
  const high = i16x8.add(
    i16x8.sub(i16x8.extend_high_i8x16_u(plus), i16x8.extend_high_i8x16_u(minus)),
    i16x8.mul(i16x8.extend_high_i8x16_u(range), i16x8.extend_high_i8x16_u(sectors)),
  );
  return i8x16.narrow_i16x8_u(
    turnPositive(divideEight(low, i16x8.extend_low_i8x16_u(divisor), scale)),
    turnPositive(divideEight(high, i16x8.extend_high_i8x16_u(divisor), scale)),
  );
}

// @ts-ignore: decorator
@inline
function turnPositive(hue: v128): v128 {
  return i16x8.add(hue, v128.and(i16x8.shr_s(hue, 15), i16x8.splat(180)));
}

/** (a x round(scale / b) + 2048) >> 12 of eight 16-bit lanes. */
// @ts-ignore: decorator
@inline
function divideEight(a: v128, b: v128, scale: v128): v128 {
  const low = divideFour(i32x4.extend_low_i16x8_s(a), i32x4.extend_low_i16x8_s(b), scale);
  const high = divideFour(i32x4.extend_high_i16x8_s(a), i32x4.extend_high_i16x8_s(b), scale);
  return i8x16.shuffle(low, high, 0, 1, 4, 5, 8, 9, 12, 13, 16, 17, 20, 21, 24, 25, 28, 29);
}

/**
 * Four lanes, of which the low 16 bits hold the result: adding 1.5 x 2^23 rounds to the nearest whole number and leaves
 * it there, in two's complement. The quarter decides what lies half-way, which n / 4096 does for n = -2048: upwards.
 */
// @ts-ignore: decorator
@inline
function divideFour(a: v128, b: v128, scale: v128): v128 {
  const reciprocal = f32x4.nearest(f32x4.div(scale, f32x4.convert_i32x4_s(b)));
  const n = f32x4.mul(f32x4.convert_i32x4_s(a), reciprocal);
  const quotient = f32x4.mul(f32x4.add(n, f32x4.splat(0.25)), f32x4.splat(1 / 4096));
  return f32x4.add(quotient, f32x4.splat(12582912));
}

// The 48 bytes of 16 pixels lie in x, y, z.

// @ts-ignore: decorator
@inline
function redOf(x: v128, y: v128, z: v128): v128 {
  const a = i8x16.swizzle(x, i8x16(0, 3, 6, 9, 12, 15, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1));
  const b = i8x16.swizzle(y, i8x16(-1, -1, -1, -1, -1, -1, 2, 5, 8, 11, 14, -1, -1, -1, -1, -1));
  const c = i8x16.swizzle(z, i8x16(-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 1, 4, 7, 10, 13));
  return v128.or(v128.or(a, b), c);
}

// @ts-ignore: decorator
@inline
function greenOf(x: v128, y: v128, z: v128): v128 {
  const a = i8x16.swizzle(x, i8x16(1, 4, 7, 10, 13, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1));
  const b = i8x16.swizzle(y, i8x16(-1, -1, -1, -1, -1, 0, 3, 6, 9, 12, 15, -1, -1, -1, -1, -1));
  const c = i8x16.swizzle(z, i8x16(-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 2, 5, 8, 11, 14));
  return v128.or(v128.or(a, b), c);
}

// @ts-ignore: decorator
@inline
function blueOf(x: v128, y: v128, z: v128): v128 {
  const a = i8x16.swizzle(x, i8x16(2, 5, 8, 11, 14, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1));
  const b = i8x16.swizzle(y, i8x16(-1, -1, -1, -1, -1, 1, 4, 7, 10, 13, -1, -1, -1, -1, -1, -1));
  const c = i8x16.swizzle(z, i8x16(-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 0, 3, 6, 9, 12, 15));
  return v128.or(v128.or(a, b), c);
}

// @ts-ignore: decorator
@inline
function storeInterleaved(out: usize, h: v128, s: v128, v: v128): void {
  const x = v128.or(
    v128.or(
      i8x16.swizzle(h, i8x16(0, -1, -1, 1, -1, -1, 2, -1, -1, 3, -1, -1, 4, -1, -1, 5)),
      i8x16.swizzle(s, i8x16(-1, 0, -1, -1, 1, -1, -1, 2, -1, -1, 3, -1, -1, 4, -1, -1)),
    ),
    i8x16.swizzle(v, i8x16(-1, -1, 0, -1, -1, 1, -1, -1, 2, -1, -1, 3, -1, -1, 4, -1)),
  );
  const y = v128.or(
    v128.or(
      i8x16.swizzle(h, i8x16(-1, -1, 6, -1, -1, 7, -1, -1, 8, -1, -1, 9, -1, -1, 10, -1)),
      i8x16.swizzle(s, i8x16(5, -1, -1, 6, -1, -1, 7, -1, -1, 8, -1, -1, 9, -1, -1, 10)),
    ),
    i8x16.swizzle(v, i8x16(-1, 5, -1, -1, 6, -1, -1, 7, -1, -1, 8, -1, -1, 9, -1, -1)),
  );
  const z = v128.or(
    v128.or(
      i8x16.swizzle(h, i8x16(-1, 11, -1, -1, 12, -1, -1, 13, -1, -1, 14, -1, -1, 15, -1, -1)),
      i8x16.swizzle(s, i8x16(-1, -1, 11, -1, -1, 12, -1, -1, 13, -1, -1, 14, -1, -1, 15, -1)),
    ),
    i8x16.swizzle(v, i8x16(10, -1, -1, 11, -1, -1, 12, -1, -1, 13, -1, -1, 14, -1, -1, 15)),
  );
  v128.store(out, x);
  v128.store(out, y, 16);
  v128.store(out, z, 32);
}
