// Means over windows with fractional edges, with the same order of f64 operations as the plain version
// (area-resample.ts): each row is reduced along x, then added with its weight. Vectors span columns and channels; the
// sum of one sample is never split. A row that two output rows share is reduced once.

/**
 * A pair of output columns, 64 bytes. Four words for each of the two: where its first and its last source pixel begin
 * in a row (bytes), how many pixels lie between, one word unused. Then four f64: the weights of the two first pixels,
 * those of the two last (0 where the last is the first).
 */
const PAIR: usize = 64;
const HEADS: usize = 32;
const TAILS: usize = 48;

/**
 * Writes the pairs of columns [first, end), an odd one with an empty neighbour, for a step of `step` source pixels from
 * `x` on. `limit` is the width of the source, `channels` are the bytes of its pixel.
 */
export function areaSpans(
  spans: usize,
  x: f64,
  step: f64,
  first: i32,
  end: i32,
  limit: i32,
  channels: i32,
): void {
  memory.fill(spans, 0, <usize>((end - first + 1) >> 1) * PAIR);
  for (let i = first; i < end; i++) {
    const place = <usize>(i - first);
    const start = max(x + <f64>i * step, 0);
    const stop = min(x + <f64>(i + 1) * step, <f64>limit);
    if (!(stop > start)) continue;
    const from = <i32>Math.floor(start);
    const last = <i32>Math.ceil(stop) - 1;
    const pair = spans + (place >> 1) * PAIR;
    const pixels = pair + (place & 1) * 16;
    store<i32>(pixels, from * channels);
    store<i32>(pixels, last * channels, 4);
    store<i32>(pixels, max(0, last - from - 1), 8);
    const weights = pair + (place & 1) * 8;
    store<f64>(weights, min(<f64>(from + 1), stop) - start, HEADS);
    store<f64>(weights, last > from ? stop - <f64>last : 0, TAILS);
  }
}

/**
 * `rows` rows of the columns whose spans are given, into `target`. Row 0 begins at `y` of the source, which is `height`
 * rows high. `scratch` holds two lines: 2 x 8 bytes a channel of each column, columns rounded up to an even number.
 */
export function areaWindows(
  source: usize,
  sourcePitch: i32,
  height: i32,
  channels: i32,
  spans: usize,
  scratch: usize,
  target: usize,
  targetPitch: i32,
  columns: i32,
  rows: i32,
  y: f64,
  stepY: f64,
  area: f64,
): void {
  const bytes = lineBytes(columns, channels);
  const sums = scratch + bytes;
  // What an output row without any source row multiplies by 0 must be a number.
  memory.fill(scratch, 0, bytes);
  let reduced = -1;
  for (let to = 0; to < rows; to++, target += <usize>targetPitch) {
    const top = y + <f64>to * stepY;
    const bottom = y + <f64>(to + 1) * stepY;
    const first = clampRow(Math.floor(top), height);
    const last = clampRow(Math.ceil(bottom), height) - 1;
    let weight: f64 = 0;
    if (last <= first) memory.fill(sums, 0, bytes);
    // The last row is added while the output is written; without any, a weight of 0 leaves it white.
    for (let row = first; row <= last; row++) {
      if (row != reduced) {
        const at = source + <usize>row * <usize>sourcePitch;
        if (channels == 3) reduceColour(at, spans, scratch, columns);
        else reduceGrey(at, spans, scratch, columns);
        reduced = row;
      }
      weight = max(0, min(<f64>(row + 1), bottom) - max(<f64>row, top));
      if (row == last) break;
      if (row == first) setLine(sums, scratch, bytes, weight);
      else addLine(sums, scratch, bytes, weight);
    }
    if (channels == 3) writeColour(sums, scratch, weight, target, columns, area);
    else writeGrey(sums, scratch, weight, target, columns, area);
  }
}

/** Converting what does not fit into 32 bits would trap. */
// @ts-ignore: decorator
@inline
function clampRow(row: f64, height: i32): i32 {
  return <i32>min(<f64>height, max(0, row));
}

/** Two columns at a time: an odd one gets an empty neighbour. */
// @ts-ignore: decorator
@inline
function lineBytes(columns: i32, channels: i32): usize {
  return <usize>((columns + 1) & ~1) * <usize>channels * 8;
}

/**
 * A pair of columns becomes three vectors: (r, g) of the first, (r, g) of the second, (b, b). All are distances from
 * white, 255 - level, where the plain version has level - 255: rounding is the same on both sides of zero.
 */
function reduceColour(row: usize, spans: usize, line: usize, columns: i32): void {
  for (let i = 0; i < columns; i += 2, spans += PAIR, line += 48) {
    const firstA = firstOf(row, spans);
    const firstB = firstOf(row, spans + 16);
    const endA = endLoad(row, spans);
    const endB = endLoad(row, spans + 16);
    const lastA = lastOf(endA);
    const lastB = lastOf(endB);
    const sumA = innerOf(row, spans, endA);
    const sumB = innerOf(row, spans + 16, endB);
    const headA = v128.load64_splat(spans, HEADS);
    const headB = v128.load64_splat(spans, HEADS + 8);
    const tailA = v128.load64_splat(spans, TAILS);
    const tailB = v128.load64_splat(spans, TAILS + 8);
    v128.store(line, combine(sumA, firstA, lastA, headA, tailA));
    v128.store(line, combine(sumB, firstB, lastB, headB, tailB), 16);
    const heads = v128.load(spans, HEADS);
    const tails = v128.load(spans, TAILS);
    const blue = combine(bluesOf(sumA, sumB), bluesOf(firstA, firstB), bluesOf(lastA, lastB), heads, tails);
    v128.store(line, blue, 32);
  }
}

/** (sum + head x first) + tail x last, of the two low lanes. */
// @ts-ignore: decorator
@inline
function combine(sum: v128, first: v128, last: v128, head: v128, tail: v128): v128 {
  const begun = f64x2.add(f64x2.convert_low_i32x4_s(sum), f64x2.mul(head, f64x2.convert_low_i32x4_s(first)));
  return f64x2.add(begun, f64x2.mul(tail, f64x2.convert_low_i32x4_s(last)));
}

// @ts-ignore: decorator
@inline
function bluesOf(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 8, 9, 10, 11, 24, 25, 26, 27, 12, 13, 14, 15, 28, 29, 30, 31);
}

/** The first pixel as three 32-bit lanes. The load begins a byte early, so that it ends with the pixel. */
// @ts-ignore: decorator
@inline
function firstOf(row: usize, span: usize): v128 {
  const bytes = v128.not(v128.load32_zero(row + <usize>load<i32>(span) - 1));
  return i8x16.swizzle(bytes, i8x16(1, -1, -1, -1, 2, -1, -1, -1, 3, -1, -1, -1, -1, -1, -1, -1));
}

/** The 16 bytes that end with the last pixel. */
// @ts-ignore: decorator
@inline
function endLoad(row: usize, span: usize): v128 {
  return v128.not(v128.load(row + <usize>load<i32>(span, 4) - 13));
}

// @ts-ignore: decorator
@inline
function lastOf(end: v128): v128 {
  return i8x16.swizzle(end, i8x16(13, -1, -1, -1, 14, -1, -1, -1, 15, -1, -1, -1, -1, -1, -1, -1));
}

/** The sum of what lies between the first and the last: fours, and up to three pixels out of the end's load. */
// @ts-ignore: decorator
@inline
function innerOf(row: usize, span: usize, end: v128): v128 {
  const count = load<i32>(span, 8);
  const mask = v128.load(INNER_MASKS + (<usize>(count & 3) << 4));
  let sum = addFour(i8x16.swizzle(end, mask));
  if (count > 3) {
    let at = row + <usize>load<i32>(span) + 3;
    for (const last = at + <usize>(12 * (count >> 2)); at < last; at += 12) {
      const pairs = i8x16(4, 7, 10, 13, 5, 8, 11, 14, 6, 9, 12, 15, -1, -1, -1, -1);
      sum = i32x4.add(sum, addFour(i8x16.swizzle(v128.not(v128.load(at - 4)), pairs)));
    }
  }
  return sum;
}

// @ts-ignore: decorator
@inline
function addFour(channels: v128): v128 {
  return i32x4.extadd_pairwise_i16x8_s(i16x8.extadd_pairwise_i8x16_u(channels));
}

/** For zero to three pixels before the last of a load: four bytes a channel. */
const INNER_MASKS: usize = memory.data<i8>(
  [
    -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
    10, -1, -1, -1, 11, -1, -1, -1, 12, -1, -1, -1, -1, -1, -1, -1,
    7, 10, -1, -1, 8, 11, -1, -1, 9, 12, -1, -1, -1, -1, -1, -1,
    4, 7, 10, -1, 5, 8, 11, -1, 6, 9, 12, -1, -1, -1, -1, -1,
  ],
  16,
);

/** One by one from the left, as the plain version adds grey. */
function reduceGrey(row: usize, spans: usize, line: usize, columns: i32): void {
  for (let i = 0; i < columns; i++, line += 8) {
    const pixels = spans + <usize>(i & 1) * 16;
    const weights = spans + <usize>(i & 1) * 8;
    let at = row + <usize>load<i32>(pixels);
    let sum = load<f64>(weights, HEADS) * <f64>(255 - <i32>load<u8>(at));
    for (const last = at + <usize>load<i32>(pixels, 8); at < last; at++) sum += <f64>(255 - <i32>load<u8>(at, 1));
    const last = row + <usize>load<i32>(pixels, 4);
    store<f64>(line, sum + load<f64>(weights, TAILS) * <f64>(255 - <i32>load<u8>(last)));
    spans += <usize>(i & 1) * PAIR;
  }
}

function setLine(sums: usize, line: usize, bytes: usize, weight: f64): void {
  const factor = f64x2.splat(weight);
  for (const end = sums + bytes; sums < end; sums += 16, line += 16) {
    v128.store(sums, f64x2.mul(factor, v128.load(line)));
  }
}

function addLine(sums: usize, line: usize, bytes: usize, weight: f64): void {
  const factor = f64x2.splat(weight);
  for (const end = sums + bytes; sums < end; sums += 16, line += 16) {
    v128.store(sums, f64x2.add(v128.load(sums), f64x2.mul(factor, v128.load(line))));
  }
}

/**
 * max(0, 255 - sum / area + half) without its fraction, as two 32-bit lanes: the conversion makes negatives 0. Why `half` is
 * a billionth more, area-resample.ts says.
 */
// @ts-ignore: decorator
@inline
function levelsOf(sum: v128, line: v128, weight: v128, area: v128): v128 {
  const mean = f64x2.sub(f64x2.splat(255), f64x2.div(f64x2.add(sum, f64x2.mul(weight, line)), area));
  return i32x4.trunc_sat_f64x2_u_zero(f64x2.add(mean, f64x2.splat(0.5 + 1e-9)));
}

/**
 * A product instead of the division, with the division only next to whole numbers, was no faster: 410 against 425 MP/s.
 */
function writeColour(sums: usize, line: usize, weight: f64, target: usize, columns: i32, area: f64): void {
  const divisor = f64x2.splat(area);
  const factor = f64x2.splat(weight);
  for (let i = 0; i < columns; i += 2, sums += 48, line += 48, target += 6) {
    const a = levelsOf(v128.load(sums), v128.load(line), factor, divisor);
    const b = levelsOf(v128.load(sums, 16), v128.load(line, 16), factor, divisor);
    const blue = levelsOf(v128.load(sums, 32), v128.load(line, 32), factor, divisor);
    store<u16>(target, i32x4.extract_lane(a, 0) | (i32x4.extract_lane(a, 1) << 8));
    store<u8>(target, i32x4.extract_lane(blue, 0), 2);
    if (i + 1 == columns) return;
    store<u16>(target, i32x4.extract_lane(b, 0) | (i32x4.extract_lane(b, 1) << 8), 3);
    store<u8>(target, i32x4.extract_lane(blue, 1), 5);
  }
}

function writeGrey(sums: usize, line: usize, weight: f64, target: usize, columns: i32, area: f64): void {
  const divisor = f64x2.splat(area);
  const factor = f64x2.splat(weight);
  for (let i = 0; i < columns; i += 2, sums += 16, line += 16, target += 2) {
    const levels = levelsOf(v128.load(sums), v128.load(line), factor, divisor);
    store<u8>(target, i32x4.extract_lane(levels, 0));
    if (i + 1 == columns) return;
    store<u8>(target, i32x4.extract_lane(levels, 1), 1);
  }
}
