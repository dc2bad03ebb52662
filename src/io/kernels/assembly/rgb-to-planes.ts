/**
 * Interleaved RGB bytes to three planes of f32, each level looked up in its channel's table: `tables` holds 3 x 256
 * floats, `planes` 3 x width x height. A look-up is exact whatever the formula is, and has no division in it.
 */
export function rgbToPlanes(
  rgb: usize,
  rgbPitch: i32,
  tables: usize,
  planes: usize,
  width: i32,
  height: i32,
): void {
  const plane = <usize>width * <usize>height * 4;
  let red = planes;
  for (let row = 0; row < height; row++) {
    let at = rgb;
    const end = red + 4 * <usize>width;
    // Four pixels are three words.
    for (const fast = end - 12; red < fast; red += 16, at += 12) {
      const a = load<u32>(at);
      const b = load<u32>(at, 4);
      const c = load<u32>(at, 8);
      storePixel(red, plane, tables, a & 255, (a >>> 8) & 255, (a >>> 16) & 255);
      storePixel(red + 4, plane, tables, a >>> 24, b & 255, (b >>> 8) & 255);
      storePixel(red + 8, plane, tables, (b >>> 16) & 255, b >>> 24, c & 255);
      storePixel(red + 12, plane, tables, (c >>> 8) & 255, (c >>> 16) & 255, c >>> 24);
    }
    for (; red < end; red += 4, at += 3)
      storePixel(red, plane, tables, load<u8>(at), load<u8>(at, 1), load<u8>(at, 2));
    rgb += <usize>rgbPitch;
  }
}

// @ts-ignore: decorator
@inline
function storePixel(red: usize, plane: usize, tables: usize, r: u32, g: u32, b: u32): void {
  store<f32>(red, load<f32>(tables + 4 * <usize>r));
  store<f32>(red + plane, load<f32>(tables + 4 * <usize>g, 1024));
  store<f32>(red + 2 * plane, load<f32>(tables + 4 * <usize>b, 2048));
}
