import { BLOCK, stageIn, stageOut, STAGED_INPUT, STAGED_OUTPUT } from './rgb-stage';

/**
 * OpenCV's 8-bit grey: (9798 R + 19235 G + 3735 B + 2^14) >> 15, for `height` rows of `width` RGB pixels. The last full
 * block of a row ends with the row and overlaps the one before it: source and target may not be the same memory.
 */
export function rgbToGrey(rgb: usize, rgbPitch: i32, grey: usize, greyPitch: i32, width: i32, height: i32): void {
  for (let row = 0; row < height; row++) {
    if (width < BLOCK) {
      stageIn(rgb, 3 * width);
      greyBlock(STAGED_INPUT, STAGED_OUTPUT);
      stageOut(grey, width);
    } else {
      const last = width - BLOCK;
      for (let x = 0; x < last; x += BLOCK) greyBlock(rgb + <usize>(3 * x), grey + <usize>x);
      greyBlock(rgb + <usize>(3 * last), grey + <usize>last);
    }
    rgb += <usize>rgbPitch;
    grey += <usize>greyPitch;
  }
}

/** 16 pixels: no byte outside the 48 of `rgb` is read. */
// @ts-ignore: decorator
@inline
function greyBlock(rgb: usize, grey: usize): void {
  const a = greyOfFour(v128.load(rgb));
  const b = greyOfFour(v128.load(rgb, 12));
  const c = greyOfFour(v128.load(rgb, 24));
  // Four bytes early, so as to end with the block.
  const tail = v128.load(rgb, 32);
  const d = greyOfFour(i8x16.shuffle(tail, tail, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3));
  v128.store(grey, i8x16.narrow_i16x8_u(i16x8.narrow_i32x4_s(a, b), i16x8.narrow_i32x4_s(c, d)));
}

/** Of the first four pixels: red and green in pairs, then blue, each multiplied and added up pair by pair. */
// @ts-ignore: decorator
@inline
function greyOfFour(rgb: v128): v128 {
  const rg = i8x16.swizzle(rgb, i8x16(0, -1, 1, -1, 3, -1, 4, -1, 6, -1, 7, -1, 9, -1, 10, -1));
  const b = i8x16.swizzle(rgb, i8x16(2, -1, -1, -1, 5, -1, -1, -1, 8, -1, -1, -1, 11, -1, -1, -1));
  const weighted = i32x4.add(
    i32x4.dot_i16x8_s(rg, i16x8(9798, 19235, 9798, 19235, 9798, 19235, 9798, 19235)),
    i32x4.dot_i16x8_s(b, i16x8(3735, 0, 3735, 0, 3735, 0, 3735, 0)),
  );
  return i32x4.shr_u(i32x4.add(weighted, i32x4.splat(16384)), 15);
}
