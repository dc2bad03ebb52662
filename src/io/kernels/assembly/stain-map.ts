// Grey levels through optical density: a(r) * b(g) * c(b) + offset for each channel, cut to a whole number. The factors are
// powers of the levels, so that no logarithm and no exponential is left for a pixel.
//
// Four pixels are computed in float32 and rounded to 1/4096. Where that is a whole number, float32 can't tell on which side of
// it the value lies (it errs by less than 1/8192), and the four are computed again in float64. So the result is that of
// float64, always, and some 1 in 300 groups of four pays for it.

/**
 * Factors of the map, placed by the host before a call: for each level of R, then G, then B, f32 x 4 (three factors and a mark),
 * and behind those the same in f64 x 4 (three factors, and 8 bytes unused). At an address that is known when this is compiled,
 * a look into them costs one addition less: a tenth of the time.
 */
const TABLES = memory.data(36_864, 16);
/** All of f32. */
const LANES: usize = 3 * 256 * 16;
/** One channel in f64. */
const CHANNEL: usize = 256 * 32;
/** Whatever is added to 2048 in float32 is rounded to 1/4096. */
const ROUND: f32 = 2048;

/** Where `mapDensities` and `mapDensitiesButGlass` have their tables. */
export function getMapTables(): usize {
  return TABLES;
}

/**
 * Rows of interleaved RGB from `rgb` to `out`, which may be the same, by the tables at `getMapTables`. `offset` is a multiple of
 * 1/4096. What is above `over` becomes `over`, what is below 0 becomes 0.
 */
export function mapDensities(
  rgb: usize,
  rgbPitch: i32,
  out: usize,
  outPitch: i32,
  width: i32,
  height: i32,
  offset: f64,
  over: i32,
): void {
  for (let row = 0; row < height; row++) {
    mapRow(rgb, out, width, offset, over);
    rgb += <usize>rgbPitch;
    out += <usize>outPitch;
  }
}

export function mapRow(rgb: usize, out: usize, pixels: i32, offset: f64, over: i32): void {
  const round = createRound(offset);
  const most = i8x16.splat(<i8>over);
  const end = rgb + 3 * <usize>pixels;
  // V8 moves constants out of a loop only where all of its body runs at least once.
  if (pixels >= 4)
    do {
      mapFour(rgb, out, round, most, offset, over);
      rgb += 12;
      out += 12;
    } while (rgb + 12 <= end);
  for (; rgb < end; rgb += 3, out += 3) settle(load<u16>(rgb) | (<u32>load<u8>(rgb, 2) << 16), out, offset, over);
}

/** What rounds three values to 1/4096 once `offset` is added, and leaves a fourth. */
// @ts-ignore: decorator
@inline
export function createRound(offset: f64): v128 {
  return f32x4.replace_lane(f32x4.splat(ROUND + <f32>offset), 3, ROUND);
}

/** Four pixels, from `rgb` to `out`, which may be the same. `most` has `over` in each byte. */
// @ts-ignore: decorator
@inline
export function mapFour(rgb: usize, out: usize, round: v128, most: v128, offset: f64, over: i32): void {
  const zero = i32x4.splat(reinterpret<i32>(ROUND));
  const fraction = i32x4.splat(4095);
  const front = load<u64>(rgb);
  const back = load<u32>(rgb, 8);
  const one = computeLanes(rgb, round, zero);
  const two = computeLanes(rgb + 3, round, zero);
  const three = computeLanes(rgb + 6, round, zero);
  const four = computeLanes(rgb + 9, round, zero);
  const left = i32x4.min_u(v128.and(one, fraction), v128.and(two, fraction));
  const right = i32x4.min_u(v128.and(three, fraction), v128.and(four, fraction));
  const a = i16x8.narrow_i32x4_s(i32x4.shr_s(one, 12), i32x4.shr_s(two, 12));
  const b = i16x8.narrow_i32x4_s(i32x4.shr_s(three, 12), i32x4.shr_s(four, 12));
  const bytes = i8x16.min_u(i8x16.narrow_i16x8_u(a, b), most);
  // Written always, so that no constant is made again behind a branch.
  storeFour(out, i8x16.swizzle(bytes, i8x16(0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 0, 0, 0, 0)));
  if (!i32x4.all_true(i32x4.min_u(left, right))) {
    settle(<u32>front, out, offset, over);
    settle(<u32>(front >> 24), out + 3, offset, over);
    settle(<u32>(front >> 48) | (back << 16), out + 6, offset, over);
    settle(back >> 8, out + 9, offset, over);
  }
}

/** The first 12 bytes. */
// @ts-ignore: decorator
@inline
export function storeFour(out: usize, levels: v128): void {
  v128.store64_lane(out, levels, 0);
  v128.store32_lane(out, levels, 2, 8);
}

/** Three values of a pixel in 1/4096, and a fourth that is 0 where a factor did not fit into f32. */
// @ts-ignore: decorator
@inline
function computeLanes(rgb: usize, round: v128, zero: v128): v128 {
  const r = v128.load(<usize>load<u8>(rgb) << 4, TABLES);
  const g = v128.load(<usize>load<u8>(rgb, 1) << 4, TABLES + 4096);
  const b = v128.load(<usize>load<u8>(rgb, 2) << 4, TABLES + 8192);
  return i32x4.sub(f32x4.add(f32x4.mul(f32x4.mul(r, g), b), round), zero);
}

/** One pixel in f64: `color` has R in its lowest byte, then G, then B, and above them what it likes. */
export function settle(color: u32, out: usize, offset: f64, over: i32): void {
  const r = TABLES + LANES + (<usize>(color & 255) << 5);
  const g = TABLES + LANES + CHANNEL + (<usize>((color >> 8) & 255) << 5);
  const b = TABLES + LANES + 2 * CHANNEL + (<usize>((color >> 16) & 255) << 5);
  const most = f64x2.splat(<f64>over);
  const two = multiply(r, g, b, offset, most);
  store<u8>(out, <u8>i32x4.extract_lane(two, 0));
  store<u8>(out, <u8>i32x4.extract_lane(two, 1), 1);
  store<u8>(out, <u8>i32x4.extract_lane(multiply(r + 16, g + 16, b + 16, offset, most), 0), 2);
}

/** Two of the three values of a pixel, cut to whole numbers. */
// @ts-ignore: decorator
@inline
function multiply(r: usize, g: usize, b: usize, offset: f64, most: v128): v128 {
  const product = f64x2.mul(f64x2.mul(v128.load(r), v128.load(g)), v128.load(b));
  const value = f64x2.add(product, f64x2.splat(offset));
  return i32x4.trunc_sat_f64x2_s_zero(f64x2.pmin(f64x2.pmax(value, f64x2.splat(0)), most));
}
