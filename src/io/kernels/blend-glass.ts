/** Which levels of a pixel's darkest channel are tissue, and which glass. */
export interface GlassRange {
  /** The brightest level of tissue: it gets all of a change of colours. */
  readonly tissue: number;
  /** The darkest level of glass, 12 to 100 above, so that 16 bits hold the weights: from here on there is no change. */
  readonly glass: number;
}

/** 1 in the weights, and in the numbers that they are made of. */
const ONE = 128;
const Q15 = 2 ** 15;

/**
 * How much of a change pixels get whose darkest channel has a level between tissue and glass: 1 - x² of the way x from tissue to
 * glass, in 1/128. The factor makes 1/128 of x² in levels, over 2^15.
 */
export function getGlassFactor({ tissue, glass }: GlassRange): number {
  return Math.round((ONE * Q15) / (glass - tissue) ** 2);
}

/** Of each level of the darkest channel, in 1/128: 128 to 0, never rising. */
export function createGlassWeights(range: GlassRange): Uint8Array {
  const { tissue, glass } = range;
  const factor = getGlassFactor(range);
  return Uint8Array.from({ length: 256 }, (_, level) => {
    const way = Math.min(Math.max(level - tissue, 0), glass - tissue);
    return ONE - ((way * way * factor + Q15 / 2) >> 15);
  });
}

/** Brings `out` back to `rgb`, its pixels before they were changed, as far as they are glass. Both are interleaved RGB. */
export function blendGlass(rgb: Uint8Array, range: GlassRange, out: Uint8Array): void {
  const weights = createGlassWeights(range);
  const { tissue } = range;
  for (let p = 0; p < rgb.length; p += 3) {
    const r = rgb[p]!;
    const g = rgb[p + 1]!;
    const b = rgb[p + 2]!;
    // Green is the darkest channel of most tissue.
    if (g <= tissue || r <= tissue || b <= tissue) continue;
    const weight = weights[Math.min(r, g, b)]!;
    out[p] = r + (((out[p]! - r) * weight + 64) >> 7);
    out[p + 1] = g + (((out[p + 1]! - g) * weight + 64) >> 7);
    out[p + 2] = b + (((out[p + 2]! - b) * weight + 64) >> 7);
  }
}
