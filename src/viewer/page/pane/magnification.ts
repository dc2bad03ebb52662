import type { SlideFacts } from '../../contract.ts';

/** Microns of a pixel at 1x, as microscopes and scanners have it: 0.25 µm at 40x. */
const MICRONS_AT_ONE = 10;

/** What a sight's scale means in the laboratory. */
export type Lens = Pick<SlideFacts, 'mpp' | 'objective'>;

/** Microns per level-0 pixel: across, as the scale is the same in both directions; null where the slide does not say. */
export function getMpp({ mpp }: Lens): number | null {
  return mpp?.x ?? null;
}

/** @param scale screen pixels per level-0 pixel. @returns such as 20; null where nothing is known of the slide's size */
export function getMagnification(lens: Lens, scale: number): number | null {
  const mpp = getMpp(lens);
  if (mpp !== null) return (MICRONS_AT_ONE / mpp) * scale;
  return lens.objective === null ? null : lens.objective * scale;
}

/** @returns screen pixels per level-0 pixel; null where nothing is known of the slide's size */
export function getScale(lens: Lens, magnification: number): number | null {
  const atOne = getMagnification(lens, 1);
  return atOne === null ? null : magnification / atOne;
}

/** `20x`, `2.5x`, `0.31x`. */
export function formatMagnification(magnification: number): string {
  const digits = magnification >= 10 ? 1 : 2;
  return `${Number(magnification.toFixed(digits))}×`;
}
