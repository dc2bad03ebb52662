import type { MaskLabel } from './mask-job.ts';

type Color = readonly [red: number, green: number, blue: number];

/** Okabe and Ito's colours, which people with any colour vision tell apart; black and grey are left out. */
const PALETTE: readonly Color[] = [
  [213, 94, 0],
  [0, 114, 178],
  [0, 158, 115],
  [230, 159, 0],
  [204, 121, 167],
  [86, 180, 233],
  [240, 228, 66],
];

/** A colour for each label: its own, or one of seven by its value. */
export function getLabelColor({ value, color }: Pick<MaskLabel, 'value' | 'color'>): Color {
  return color ?? PALETTE[(value - 1) % PALETTE.length] ?? [213, 94, 0];
}
