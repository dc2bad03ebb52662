// Grey levels through optical density: a(r) * b(g) * c(b) + offset for each channel, cut to a whole number. The factors are
// powers of the levels, so that no logarithm and no exponential is left for a pixel.
//
// Four pixels are computed in float32 and rounded to 1/4096. Where that is a whole number, float32 can't tell on which side of
// it the value lies (it errs by less than 1/8192), and the four are computed again in float64. So the result is that of
// float64, always, and some 1 in 300 groups of four pays for it.

/** For each level of each channel: f32 x 4, three factors and a mark; 256 levels, three channels. */
const LANES: usize = 3 * 256 * 16;
/** Behind those the same in f64 x 4: three factors, and 8 bytes unused. */
const CHANNEL: usize = 256 * 32;
/** Whatever is added to 2048 in float32 is rounded to 1/4096. */
const ROUND: f32 = 2048;

/**
 * Rows of interleaved RGB from `rgb` to `out`, which may be the same. `tables` holds 12,288 bytes of f32 and 24,576 of f64;
 * `offset` is a multiple of 1/4096. What is above `over` becomes `over`, what is below 0 becomes 0.
 */
export function mapDensities(
  rgb: usize,
  rgbPitch: i32,
  out: usize,
  outPitch: i32,
  width: i32,
  height: i32,
  tables: usize,
  offset: f64,
  over: i32,
): void {
  for (let row = 0; row < height; row++) {
    mapRow(rgb, out, width, tables, offset, over);
    rgb += <usize>rgbPitch;
    out += <usize>outPitch;
  }
}

function mapRow(rgb: usize, out: usize, pixels: i32, tables: usize, offset: f64, over: i32): void {
  const round = f32x4.replace_lane(f32x4.splat(ROUND + <f32>offset), 3, ROUND);
  const zero = i32x4.splat(reinterpret<i32>(ROUND));
  const fraction = i32x4.splat(4095);
  const most = i8x16.splat(<i8>over);
  const end = rgb + 3 * <usize>pixels;
  for (; rgb + 12 <= end; rgb += 12, out += 12) {
    const one = computeLanes(tables, rgb, round, zero);
    const two = computeLanes(tables, rgb + 3, round, zero);
    const three = computeLanes(tables, rgb + 6, round, zero);
    const four = computeLanes(tables, rgb + 9, round, zero);
    const left = i32x4.min_u(v128.and(one, fraction), v128.and(two, fraction));
    const right = i32x4.min_u(v128.and(three, fraction), v128.and(four, fraction));
    if (i32x4.all_true(i32x4.min_u(left, right))) {
      const a = i16x8.narrow_i32x4_s(i32x4.shr_s(one, 12), i32x4.shr_s(two, 12));
      const b = i16x8.narrow_i32x4_s(i32x4.shr_s(three, 12), i32x4.shr_s(four, 12));
      const bytes = i8x16.min_u(i8x16.narrow_i16x8_u(a, b), most);
      const levels = i8x16.shuffle(bytes, bytes, 0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 0, 0, 0, 0);
      v128.store64_lane(out, levels, 0);
      v128.store32_lane(out, levels, 2, 8);
    } else for (let i: usize = 0; i < 12; i += 3) settle(tables, rgb + i, out + i, offset, over);
  }
  for (; rgb < end; rgb += 3, out += 3) settle(tables, rgb, out, offset, over);
}

/** Three values of a pixel in 1/4096, and a fourth that is 0 where a factor did not fit into f32. */
// @ts-ignore: decorator
@inline
function computeLanes(tables: usize, rgb: usize, round: v128, zero: v128): v128 {
  const r = tables + (<usize>load<u8>(rgb) << 4);
  const g = tables + (<usize>load<u8>(rgb, 1) << 4);
  const b = tables + (<usize>load<u8>(rgb, 2) << 4);
  const product = f32x4.mul(f32x4.mul(v128.load(r), v128.load(g, 4096)), v128.load(b, 8192));
  return i32x4.sub(f32x4.add(product, round), zero);
}

/** One pixel in f64. */
function settle(tables: usize, rgb: usize, out: usize, offset: f64, over: i32): void {
  const r = tables + LANES + (<usize>load<u8>(rgb) << 5);
  const g = tables + LANES + CHANNEL + (<usize>load<u8>(rgb, 1) << 5);
  const b = tables + LANES + 2 * CHANNEL + (<usize>load<u8>(rgb, 2) << 5);
  for (let c: usize = 0; c < 3; c++) {
    const value = load<f64>(r + 8 * c) * load<f64>(g + 8 * c) * load<f64>(b + 8 * c) + offset;
    store<u8>(out + c, min(<i32>min<f64>(max<f64>(value, 0), 255), over));
  }
}
