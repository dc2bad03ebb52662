// First and second moments of the optical densities of tissue, in float64.

/**
 * Fills `sums`, nine f64, over the pixels none of whose channels is above `brightest`: of r and its square, of g, of b, then of
 * r g, r b and g b. `table` holds a level's density and its square, f64 x 2; `scratch` has room for 4 bytes a pixel and 16 more.
 * Returns how many pixels there were.
 */
export function sumDensities(rgb: usize, pixels: i32, table: usize, brightest: i32, sums: usize, scratch: usize): i32 {
  const end = gather(rgb, pixels, brightest, scratch);
  let red = f64x2.splat(0);
  let green = f64x2.splat(0);
  let blue = f64x2.splat(0);
  let redGreen : f64 = 0;
  let redBlue : f64 = 0;
  let greenBlue : f64 = 0;
  for (let at = scratch; at < end; at += 4) {
    const r = v128.load(table + (<usize>load<u8>(at) << 4));
    const g = v128.load(table + (<usize>load<u8>(at, 1) << 4));
    const b = v128.load(table + (<usize>load<u8>(at, 2) << 4));
    red = f64x2.add(red, r);
    green = f64x2.add(green, g);
    blue = f64x2.add(blue, b);
    redGreen += f64x2.extract_lane(r, 0) * f64x2.extract_lane(g, 0);
    redBlue += f64x2.extract_lane(r, 0) * f64x2.extract_lane(b, 0);
    greenBlue += f64x2.extract_lane(g, 0) * f64x2.extract_lane(b, 0);
  }
  v128.store(sums, red);
  v128.store(sums, green, 16);
  v128.store(sums, blue, 32);
  store<f64>(sums, redGreen, 48);
  store<f64>(sums, redBlue, 56);
  store<f64>(sums, greenBlue, 64);
  return <i32>(end - scratch) >> 2;
}

/** Writes the tissue's pixels, four bytes each, one behind the other, without a branch for each; returns their end. */
function gather(rgb: usize, pixels: i32, brightest: i32, to: usize): usize {
  const end = rgb + 3 * <usize>pixels;
  const most = i8x16.splat(<i8>brightest);
  if (pixels >= 6)
    for (const last = end - 16; rgb <= last; rgb += 12) {
      const packed = v128.load(rgb);
      const four = i8x16.shuffle(packed, i8x16.splat(0), 0, 1, 2, 16, 3, 4, 5, 16, 6, 7, 8, 16, 9, 10, 11, 16);
      const dark = i32x4.eq(i8x16.sub_sat_u(four, most), i32x4.splat(0));
      const mask = i32x4.bitmask(dark);
      v128.store(to, i8x16.swizzle(four, v128.load(ORDERS + (<usize>mask << 4))));
      to += <usize>popcnt(mask) << 2;
    }
  for (; rgb < end; rgb += 3) {
    const r = <i32>load<u8>(rgb);
    const g = <i32>load<u8>(rgb, 1);
    const b = <i32>load<u8>(rgb, 2);
    store<u32>(to, r | (g << 8) | (b << 16));
    if (max(max(r, g), b) <= brightest) to += 4;
  }
  return to;
}

/** For each set of four pixels the shuffle that brings its members to the front. */
const ORDERS: usize = memory.data<u8>([
  255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
  0, 1, 2, 3, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
  4, 5, 6, 7, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
  0, 1, 2, 3, 4, 5, 6, 7, 255, 255, 255, 255, 255, 255, 255, 255,
  8, 9, 10, 11, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
  0, 1, 2, 3, 8, 9, 10, 11, 255, 255, 255, 255, 255, 255, 255, 255,
  4, 5, 6, 7, 8, 9, 10, 11, 255, 255, 255, 255, 255, 255, 255, 255,
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 255, 255, 255, 255,
  12, 13, 14, 15, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
  0, 1, 2, 3, 12, 13, 14, 15, 255, 255, 255, 255, 255, 255, 255, 255,
  4, 5, 6, 7, 12, 13, 14, 15, 255, 255, 255, 255, 255, 255, 255, 255,
  0, 1, 2, 3, 4, 5, 6, 7, 12, 13, 14, 15, 255, 255, 255, 255,
  8, 9, 10, 11, 12, 13, 14, 15, 255, 255, 255, 255, 255, 255, 255, 255,
  0, 1, 2, 3, 8, 9, 10, 11, 12, 13, 14, 15, 255, 255, 255, 255,
  4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 255, 255, 255, 255,
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
], 16);
