/** Grey of each pixel as Pillow's mode `L`, in its own fixed-point steps. */
export function computePillowGrey(rgb: Uint8Array, out: Uint8Array): void {
  for (let i = 0, p = 0; p < rgb.length; i++, p += 3)
    out[i] = (19595 * rgb[p]! + 38470 * rgb[p + 1]! + 7471 * rgb[p + 2]! + 32768) >> 16;
}
