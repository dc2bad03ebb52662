// Two rows of RGB to one of half their width. Shared by area averaging and by the JPEG decoder.

/** Each pair of pixels as pairs of one channel: R R G G B B, which one instruction adds up to three 16-bit sums. */
// @ts-ignore: decorator
@inline
function sumPairs(last: usize): v128 {
  const pairs = i8x16(4, 7, 5, 8, 6, 9, 10, 13, 11, 14, 12, 15, -1, -1, -1, -1);
  return i16x8.extadd_pairwise_i8x16_u(i8x16.swizzle(v128.load(last - 4), pairs));
}

/** Two output pixels as six 16-bit levels, from 12 bytes of both rows. */
// @ts-ignore: decorator
@inline
function halveTwo(upper: usize, lower: usize): v128 {
  const sum = i16x8.add(sumPairs(upper), sumPairs(lower));
  return i16x8.shr_u(i16x8.add(sum, i16x8.splat(2)), 2);
}

/** Means of 2 x 2 RGB pixels of two rows, halves rounded up. Up to 4 bytes before the rows are read, and not used. */
export function halveColourRow(upper: usize, lower: usize, target: usize, columns: i32): void {
  const end = target + <usize>(3 * columns);
  for (const fast = end - 11; target < fast; target += 12, upper += 24, lower += 24) {
    const four = i8x16.narrow_i16x8_u(halveTwo(upper, lower), halveTwo(upper + 12, lower + 12));
    const packed = i8x16.swizzle(four, i8x16(0, 1, 2, 3, 4, 5, 8, 9, 10, 11, 12, 13, -1, -1, -1, -1));
    v128.store64_lane(target, packed, 0);
    v128.store32_lane(target, packed, 2, 8);
  }
  for (; target < end; target += 3, upper += 6, lower += 6) {
    for (let c: usize = 0; c < 3; c++) {
      const sum =
        <u32>load<u8>(upper + c) + <u32>load<u8>(upper + c, 3) + <u32>load<u8>(lower + c) + <u32>load<u8>(lower + c, 3);
      store<u8>(target + c, (sum + 2) >> 2);
    }
  }
}
