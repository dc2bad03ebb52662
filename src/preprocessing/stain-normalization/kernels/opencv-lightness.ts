/**
 * L* of CIELAB as OpenCV computes it for 8-bit RGB (`COLOR_RGB2LAB`), 0..255, in its own fixed-point steps: equal to it for
 * all 2^24 colours.
 */
const GAMMA_SHIFT = 3;
export const LAB_SHIFT = 12;
export const LAB_SHIFT_2 = LAB_SHIFT + GAMMA_SHIFT;
/** Luminance of linear R, G, B (D65) in 1/4096. */
const LUMINANCE = [871, 2929, 296] as const;
export const L_SCALE = Math.trunc((116 * 255 + 50) / 100);
export const L_SHIFT = -Math.trunc((16 * 255 * (1 << LAB_SHIFT_2) + 50) / 100);

/** sRGB's curve undone, in 1/8 of a grey level. */
export const LINEAR = Int32Array.from({ length: 256 }, (_, v) => {
  const x = v / 255;
  return Math.round(255 * (1 << GAMMA_SHIFT) * (x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4));
});

/** CIELAB's cube root with its straight foot, in 1/32768, for each 1/8 of a grey level. */
export const CUBE_ROOT = Int32Array.from({ length: 256 * (1 << GAMMA_SHIFT) }, (_, i) => {
  const x = i / (255 * (1 << GAMMA_SHIFT));
  const root = Math.fround((1 << LAB_SHIFT_2) * (x < 0.008856 ? x * 7.787 + 16 / 116 : Math.cbrt(x)));
  // OpenCV counts in float32, where some entries lie halfway between two integers: those go to the even one.
  return root % 1 === 0.5 ? 2 * Math.round(root / 2) : Math.round(root);
});

/** L* of each pixel. `values` gives each grey level's stand-in, such as a stretched one. */
export function computeLightness(rgb: Uint8Array, values: Uint8Array, out: Uint8Array): void {
  const linear = Int32Array.from(values, (value) => LINEAR[value]!);
  for (let i = 0, p = 0; p < rgb.length; i++, p += 3) {
    const y =
      LUMINANCE[0] * linear[rgb[p]!]! + LUMINANCE[1] * linear[rgb[p + 1]!]! + LUMINANCE[2] * linear[rgb[p + 2]!]!;
    const root = CUBE_ROOT[(y + (1 << (LAB_SHIFT - 1))) >> LAB_SHIFT]!;
    out[i] = (L_SCALE * root + L_SHIFT + (1 << (LAB_SHIFT_2 - 1))) >> LAB_SHIFT_2;
  }
}
