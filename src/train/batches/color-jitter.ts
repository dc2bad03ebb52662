import { computeMeanGrey, mapColors } from './kernels/map-colors.ts';

/** Factors of brightness, contrast and saturation, 1 for no change; `hue` is a share of a turn round the grey axis. */
export interface ColorChange {
  readonly brightness: number;
  readonly contrast: number;
  readonly saturation: number;
  readonly hue: number;
}

/** ITU-R 601. */
const LUMA = [0.299, 0.587, 0.114] as const;
/**
 * Changes colours in place: brightness, contrast about the picture's mean grey, saturation, hue, in this order. All four are
 * linear, so that they are one map of colours and are rounded and cut off at 0 and 255 once. The first three are Pillow's
 * `ImageEnhance`.
 */
export function jitterColors(rgb: Uint8Array, change: ColorChange): void {
  const { brightness, contrast, saturation, hue } = change;
  const turn = createHueTurn(2 * Math.PI * hue);
  const matrix = new Float64Array(9);
  const scale = brightness * contrast;
  for (let row = 0; row < 3; row++)
    for (let col = 0; col < 3; col++) {
      // A turn leaves grey alone, so that what saturation takes from grey needs no turning.
      const grey = (1 - saturation) * (LUMA[col] ?? 0);
      matrix[3 * row + col] = scale * (saturation * (turn[3 * row + col] ?? 0) + grey);
    }
  const mean = contrast === 1 ? 0 : computeMeanGrey(rgb, LUMA);
  mapColors(rgb, matrix, new Float64Array(3).fill((1 - contrast) * brightness * mean));
}

/** 3 x 3 by rows: a rotation by `angle` about the axis of greys, which leaves the mean of the three channels (Rodrigues). */
function createHueTurn(angle: number): Float64Array {
  const cos = Math.cos(angle);
  const along = (1 - cos) / 3;
  const across = Math.sin(angle) / Math.sqrt(3);
  return Float64Array.from({ length: 9 }, (_, at) => {
    const ahead = (Math.floor(at / 3) - (at % 3) + 3) % 3;
    return along + (ahead === 0 ? cos : ahead === 1 ? across : -across);
  });
}
