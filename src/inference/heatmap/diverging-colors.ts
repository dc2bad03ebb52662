/**
 * Colours between two through a middle of equal lightness on both sides: K. Moreland, "Diverging Color Maps for Scientific
 * Visualization", ISVC 2009. Colours go from sRGB to CIELAB (D65) and to its polar form Msh (magnitude, saturation, hue), where
 * they are mixed.
 */
export type Rgb = readonly [red: number, green: number, blue: number];
type Msh = readonly [magnitude: number, saturation: number, hue: number];

/** White of D65, and the limits of CIELAB's linear part. */
const WHITE = [95.047, 100, 108.883] as const;
const EPSILON = (6 / 29) ** 3;
const SLOPE = (29 / 6) ** 2 / 3;
/** Least lightness of the middle, and what counts as a colour. */
const MIDDLE = 88;
const SATURATED = 0.05;

/** `share` 0 is `low`, 1 is `high`; 8-bit levels, not rounded. The two are saturated and of hues that differ. */
export function mixDiverging(low: Rgb, high: Rgb, share: number): Rgb {
  const [from, to] = [toMsh(low), toMsh(high)];
  const middle: Msh = [Math.max(from[0], to[0], MIDDLE), 0, 0];
  return share < 0.5 ? toRgb(mix(from, middle, 2 * share)) : toRgb(mix(to, middle, 2 - 2 * share));
}

function mix(color: Msh, grey: Msh, share: number): Msh {
  const hue = color[1] > SATURATED ? spinHue(color, grey[0]) : color[2];
  const between = (a: number, b: number) => a + (b - a) * share;
  return [between(color[0], grey[0]), between(color[1], grey[1]), between(color[2], hue)];
}

/** The hue that grey of this magnitude has to have, so that the way to it looks straight. */
function spinHue([magnitude, saturation, hue]: Msh, grey: number): number {
  if (magnitude >= grey) return hue;
  const spin = (saturation * Math.sqrt(grey ** 2 - magnitude ** 2)) / (magnitude * Math.sin(saturation));
  return hue > -Math.PI / 3 ? hue + spin : hue - spin;
}

function toMsh(color: Rgb): Msh {
  const [r, g, b] = color.map((level) => toLinear(level / 255)) as unknown as Rgb;
  const x = curve((41.24 * r + 35.76 * g + 18.05 * b) / WHITE[0]);
  const y = curve((21.26 * r + 71.52 * g + 7.22 * b) / WHITE[1]);
  const z = curve((1.93 * r + 11.92 * g + 95.05 * b) / WHITE[2]);
  const [lightness, a, bb] = [116 * y - 16, 500 * (x - y), 200 * (y - z)];
  const magnitude = Math.hypot(lightness, a, bb);
  return [magnitude, Math.acos(lightness / magnitude), Math.atan2(bb, a)];
}

function toRgb([magnitude, saturation, hue]: Msh): Rgb {
  const lightness = magnitude * Math.cos(saturation);
  const y = (lightness + 16) / 116;
  const x = (magnitude * Math.sin(saturation) * Math.cos(hue)) / 500 + y;
  const z = y - (magnitude * Math.sin(saturation) * Math.sin(hue)) / 200;
  const [X, Y, Z] = [uncurve(x) * WHITE[0], uncurve(y) * WHITE[1], uncurve(z) * WHITE[2]];
  const linear = [
    (3.2406 * X - 1.5372 * Y - 0.4986 * Z) / 100,
    (-0.9689 * X + 1.8758 * Y + 0.0415 * Z) / 100,
    (0.0557 * X - 0.204 * Y + 1.057 * Z) / 100,
  ];
  return linear.map((level) => 255 * Math.min(1, Math.max(0, fromLinear(level)))) as unknown as Rgb;
}

function toLinear(level: number): number {
  return level > 0.04045 ? ((level + 0.055) / 1.055) ** 2.4 : level / 12.92;
}

function fromLinear(level: number): number {
  return level > 0.0031308 ? 1.055 * level ** (1 / 2.4) - 0.055 : 12.92 * level;
}

function curve(value: number): number {
  return value > EPSILON ? Math.cbrt(value) : value * SLOPE + 4 / 29;
}

function uncurve(value: number): number {
  return value > 6 / 29 ? value ** 3 : (value - 4 / 29) / SLOPE;
}
