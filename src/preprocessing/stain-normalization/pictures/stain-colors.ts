import type { StainVectors, Vector3 } from '../stain-method.ts';

/** Grey level of glass, for colours that are shown. */
const LIGHT = 240;

/** The colour of a stain at so much optical density (natural logarithm) along its vector: red, green, blue of 0..255. */
export function getStainColor([r, g, b]: Vector3, concentration: number): Vector3 {
  const shine = (density: number) => Math.max(0, Math.min(255, Math.round(LIGHT * Math.exp(-density * concentration))));
  return [shine(r), shine(g), shine(b)];
}

/** Each stain at its full strength, as `#rrggbb`. */
export function listStainColors({ stains, maxConcentrations }: StainVectors): string[] {
  return stains.map((stain, k) => toHex(getStainColor(stain, maxConcentrations[k] ?? 1)));
}

export function toHex(color: Vector3): string {
  return `#${color.map((value) => value.toString(16).padStart(2, '0')).join('')}`;
}
