/** A length on the screen that is a round number of microns. */
export interface ScaleBarLength {
  /** CSS pixels. */
  readonly pixels: number;
  /** `200 µm`, `5 mm`. */
  readonly label: string;
}

const ROUND = [1, 2, 5] as const;
const MICRONS_IN_MM = 1000;

/**
 * The longest bar of 1, 2 or 5 times a power of ten that is not longer than `most`.
 * @param micronsPerPixel of the screen @param most CSS pixels
 */
export function chooseScaleBar(micronsPerPixel: number, most: number): ScaleBarLength {
  const longest = micronsPerPixel * most;
  const power = 10 ** Math.floor(Math.log10(longest) + 1e-12);
  const microns = power * (ROUND.findLast((one) => one * power <= longest * (1 + 1e-12)) ?? 1);
  return { pixels: microns / micronsPerPixel, label: formatMicrons(microns) };
}

/** `0.5 µm`, `200 µm`, `2 mm`. */
function formatMicrons(microns: number): string {
  const round = (value: number) => String(Number(value.toPrecision(12)));
  return microns >= MICRONS_IN_MM ? `${round(microns / MICRONS_IN_MM)} mm` : `${round(microns)} µm`;
}
