/** OpenCV's 8-bit grey: (9798 R + 19235 G + 3735 B + 2^14) >> 15. `rgb` holds 3 bytes a pixel, `grey` 1. */
export function rgbToGrey(rgb: usize, grey: usize, pixels: i32): void {
  for (let i = 0; i < pixels; i++) {
    const at = rgb + 3 * <usize>i;
    const r = <u32>load<u8>(at);
    const g = <u32>load<u8>(at, 1);
    const b = <u32>load<u8>(at, 2);
    store<u8>(grey + <usize>i, (9798 * r + 19235 * g + 3735 * b + 16384) >> 15);
  }
}
