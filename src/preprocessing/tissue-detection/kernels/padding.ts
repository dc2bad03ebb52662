/** Scanners pad with black; JPEG leaves it a little above 0. */
const BLACK = 5;

/** Takes pixels whose channels are all <= 5 out of the grey histogram `counts`, and makes them white in `grey`. */
export function leaveOutPadding(rgb: Uint8Array, grey: Uint8Array, counts: Float64Array): void {
  for (let i = 0, p = 0; i < grey.length; i++, p += 3) {
    // All channels <= 5 make a grey <= 5: the picture itself is looked at only there.
    if (grey[i]! > BLACK || rgb[p]! > BLACK || rgb[p + 1]! > BLACK || rgb[p + 2]! > BLACK) continue;
    counts[grey[i]!]!--;
    grey[i] = 255;
  }
}

/** 1 where the value is at most `threshold`. */
export function selectAtMost(values: Uint8Array, threshold: number): Uint8Array {
  const mask = new Uint8Array(values.length);
  for (let i = 0; i < values.length; i++) if (values[i]! <= threshold) mask[i] = 1;
  return mask;
}

/** Whether every pixel has the same colour; true for no pixels. */
export function isConstant(rgb: Uint8Array): boolean {
  for (let p = 3; p < rgb.length; p++) if (rgb[p]! !== rgb[p - 3]!) return false;
  return true;
}
