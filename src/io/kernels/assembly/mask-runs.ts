// Bits of a window to runs of pixels.

/**
 * Lists the runs inside in `rows` rows: a pixel is inside if an odd number of `flips` lies on it or left of it, or if it is
 * set in `more`. A run is its first pixel and the one behind its last, i32; the window's first pixel is number `offset`, a row
 * has `rowPixels`. Leaves all bits cleared. Returns the number of runs.
 */
export function listMaskRuns(
  flips: usize,
  more: usize,
  pitch: i32,
  width: i32,
  rows: i32,
  offset: i32,
  rowPixels: i32,
  runs: usize,
): i32 {
  const start = runs;
  for (; rows > 0; rows--, offset += rowPixels, flips += <usize>pitch, more += <usize>pitch) {
    // All ones where the pixel before is inside by flips, 1 where it is inside.
    let odd: u64 = 0;
    let before: u64 = 0;
    for (let x = 0; x < pitch; x += 8) {
      const flip = load<u64>(flips + <usize>x);
      const set = load<u64>(more + <usize>x);
      if ((flip | set) == 0 && (odd & 1) == before) continue;
      store<u64>(flips + <usize>x, 0);
      store<u64>(more + <usize>x, 0);
      const inside = fillOdd(flip) ^ odd;
      odd = <u64>(<i64>inside >> 63);
      const all = inside | set;
      let turns = all ^ ((all << 1) | before);
      before = all >> 63;
      for (; turns != 0; turns &= turns - 1, runs += 4) store<i32>(runs, offset + (x << 3) + <i32>ctz(turns));
    }
    if (before == 0) continue;
    store<i32>(runs, offset + width);
    runs += 4;
  }
  return <i32>(runs - start) >> 3;
}

/** Each bit: whether an odd number of ones is at its place and below. */
// @ts-ignore: decorator
@inline
function fillOdd(bits: u64): u64 {
  bits ^= bits << 1;
  bits ^= bits << 2;
  bits ^= bits << 4;
  bits ^= bits << 8;
  bits ^= bits << 16;
  return bits ^ (bits << 32);
}
