// Pixels in the tails of up to four sums over their channels: a(r) + b(g) + c(b), in float32.

/**
 * Writes to `found` the pixels of which a sum is below 0: R, G, B and, in the high byte, a bit for each such sum. `tables` has
 * f32 x 4 for each level, of R, then G, then B; `found` has room for all pixels and one more. Returns how many were written.
 */
export function findTails(rgb: usize, pixels: i32, tables: usize, found: usize): i32 {
  const start = found;
  const end = rgb + 3 * <usize>pixels;
  for (; rgb + 12 <= end; rgb += 12) {
    const one = addLanes(tables, rgb);
    const two = addLanes(tables, rgb + 3);
    const three = addLanes(tables, rgb + 6);
    const four = addLanes(tables, rgb + 9);
    if (i32x4.bitmask(v128.or(v128.or(one, two), v128.or(three, four))) == 0) continue;
    found = append(found, rgb, one);
    found = append(found, rgb + 3, two);
    found = append(found, rgb + 6, three);
    found = append(found, rgb + 9, four);
  }
  for (; rgb < end; rgb += 3) found = append(found, rgb, addLanes(tables, rgb));
  return <i32>(found - start) >> 2;
}

// @ts-ignore: decorator
@inline
function addLanes(tables: usize, rgb: usize): v128 {
  const r = tables + (<usize>load<u8>(rgb) << 4);
  const g = tables + (<usize>load<u8>(rgb, 1) << 4);
  const b = tables + (<usize>load<u8>(rgb, 2) << 4);
  return f32x4.add(f32x4.add(v128.load(r), v128.load(g, 4096)), v128.load(b, 8192));
}

/** Writes always and moves on where the pixel counts: no branch. */
// @ts-ignore: decorator
@inline
function append(found: usize, rgb: usize, sums: v128): usize {
  const bits = i32x4.bitmask(sums);
  const color = <u32>load<u16>(rgb) | (<u32>load<u8>(rgb, 2) << 16);
  store<u32>(found, color | (<u32>bits << 24));
  return found + (bits != 0 ? 4 : 0);
}
