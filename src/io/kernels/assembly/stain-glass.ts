// Grey levels through optical density, but for glass: what is bright in all channels keeps its colour, and what lies between it
// and tissue gets a part of the change. Pixels are taken 16 at a time: glass is copied, which costs less than to change it, and
// only where some are pale are they blended.
import { createRound, mapFour, mapRow, settle, storeFour } from './stain-map';

/** The bits of the first channel of each of 16 pixels. */
const PIXELS: u64 = 0b001001001001_001001001001_001001001001_001001001001;

/**
 * As `mapDensities`. A pixel's darkest channel says how much of its change it gets: up to `tissue` all of it, from `glass` on
 * nothing, and `128 - factor * (level - tissue)²`, rounded and over 2^15, of 128 between them.
 */
export function mapDensitiesButGlass(
  rgb: usize,
  rgbPitch: i32,
  out: usize,
  outPitch: i32,
  width: i32,
  height: i32,
  offset: f64,
  over: i32,
  tissue: i32,
  glass: i32,
  factor: i32,
): void {
  for (let row = 0; row < height; row++) {
    mapRowButGlass(rgb, out, width, offset, over, tissue, glass, factor);
    rgb += <usize>rgbPitch;
    out += <usize>outPitch;
  }
}

function mapRowButGlass(
  rgb: usize,
  out: usize,
  pixels: i32,
  offset: f64,
  over: i32,
  tissue: i32,
  glass: i32,
  factor: i32,
): void {
  const end = rgb + 3 * <usize>pixels;
  while (rgb + 48 <= end) {
    let pale = rgb;
    while (pale + 48 <= end && !hasPale(pale, tissue)) pale += 48;
    const tissueBytes = pale - rgb;
    if (tissueBytes > 0) mapRow(rgb, out, <i32>(tissueBytes / 3), offset, over);
    rgb += tissueBytes;
    out += tissueBytes;
    for (; rgb + 48 <= end && hasPale(rgb, tissue); rgb += 48, out += 48)
      mapPale(rgb, out, offset, over, tissue, glass, factor);
  }
  for (; rgb < end; rgb += 3, out += 3) mapOne(rgb, out, offset, over, tissue, glass, factor);
}

/** Whether one of 16 pixels is above `tissue` in all channels. */
// @ts-ignore: decorator
@inline
function hasPale(rgb: usize, tissue: i32): bool {
  const least = i8x16.splat(<i8>tissue);
  const one = <u64>(<u32>i8x16.bitmask(i8x16.gt_u(v128.load(rgb), least)));
  const two = <u64>(<u32>i8x16.bitmask(i8x16.gt_u(v128.load(rgb, 16), least)));
  const three = <u64>(<u32>i8x16.bitmask(i8x16.gt_u(v128.load(rgb, 32), least)));
  const bytes = one | (two << 16) | (three << 32);
  return (bytes & (bytes >> 1) & (bytes >> 2) & PIXELS) != 0;
}

/** 16 pixels, of which one is pale at least. */
function mapPale(
  rgb: usize,
  out: usize,
  offset: f64,
  over: i32,
  tissue: i32,
  glass: i32,
  factor: i32,
): void {
  const one = v128.load(rgb);
  const two = v128.load(rgb, 16);
  const three = v128.load(rgb, 32);
  const darkest = i8x16.min_u(i8x16.min_u(one, two), three);
  if (!v128.any_true(i8x16.lt_u(darkest, i8x16.splat(<i8>glass)))) {
    v128.store(out, one);
    v128.store(out, two, 16);
    v128.store(out, three, 32);
    return;
  }
  const round = createRound(offset);
  const most = i8x16.splat(<i8>over);
  for (let at: usize = 0; at < 48; at += 12) {
    const from = v128.load32_lane(rgb + at, v128.load64_zero(rgb + at), 2, 8);
    mapFour(rgb + at, out + at, round, most, offset, over);
    blendFour(from, out + at, tissue, glass, factor);
  }
}

/** Brings four changed pixels back to `from` as far as they are glass. */
// @ts-ignore: decorator
@inline
function blendFour(from: v128, out: usize, tissue: i32, glass: i32, factor: i32): void {
  const to = v128.load32_lane(out, v128.load64_zero(out), 2, 8);
  const red = i8x16.shuffle(from, from, 0, 0, 0, 3, 3, 3, 6, 6, 6, 9, 9, 9, 0, 0, 0, 0);
  const green = i8x16.shuffle(from, from, 1, 1, 1, 4, 4, 4, 7, 7, 7, 10, 10, 10, 0, 0, 0, 0);
  const blue = i8x16.shuffle(from, from, 2, 2, 2, 5, 5, 5, 8, 8, 8, 11, 11, 11, 0, 0, 0, 0);
  const least = i8x16.min_u(i8x16.min_u(red, green), blue);
  const way = i8x16.min_u(i8x16.sub_sat_u(least, i8x16.splat(<i8>tissue)), i8x16.splat(<i8>(glass - tissue)));
  const low = blendEight(
    i16x8.extend_low_i8x16_u(from),
    i16x8.extend_low_i8x16_u(to),
    i16x8.extend_low_i8x16_u(way),
    factor,
  );
  const high = blendEight(
    i16x8.extend_high_i8x16_u(from),
    i16x8.extend_high_i8x16_u(to),
    i16x8.extend_high_i8x16_u(way),
    factor,
  );
  storeFour(out, i8x16.narrow_i16x8_u(low, high));
}

// @ts-ignore: decorator
@inline
function blendEight(from: v128, to: v128, way: v128, factor: i32): v128 {
  const less = i16x8.q15mulr_sat_s(i16x8.mul(way, way), i16x8.splat(<i16>factor));
  const weight = i16x8.sub(i16x8.splat(128), less);
  const change = i16x8.add(i16x8.mul(i16x8.sub(to, from), weight), i16x8.splat(64));
  return i16x8.add(from, i16x8.shr_s(change, 7));
}

function mapOne(
  rgb: usize,
  out: usize,
  offset: f64,
  over: i32,
  tissue: i32,
  glass: i32,
  factor: i32,
): void {
  const red = <i32>load<u8>(rgb);
  const green = <i32>load<u8>(rgb, 1);
  const blue = <i32>load<u8>(rgb, 2);
  const way = min(max(min(min(red, green), blue) - tissue, 0), glass - tissue);
  const weight = 128 - ((way * way * factor + 16384) >> 15);
  settle(<u32>(red | (green << 8) | (blue << 16)), out, offset, over);
  blendByte(red, out, weight);
  blendByte(green, out + 1, weight);
  blendByte(blue, out + 2, weight);
}

function blendByte(from: i32, out: usize, weight: i32): void {
  store<u8>(out, from + (((<i32>load<u8>(out) - from) * weight + 64) >> 7));
}
