/** Random changes of stain, for training: each stain gets stronger or weaker, and some is added or taken away. */
import { createRandom } from '../../../utils/random.ts';
import { createDensityTable } from '../apply/density-table.ts';
import { recomposeTinted } from '../kernels/recompose-tinted.ts';
import type { PixelTransform, StainVectors } from '../stain-method.ts';
import { add, composeMap, invertStains, scale } from '../vectors/vectors.ts';

/** What becomes of the concentration of one stain: `concentration * factor + shift`. */
export interface StainDraw {
  readonly factor: number;
  readonly shift: number;
}

export interface DrawOptions {
  readonly seed: number;
  /** Factors lie within 1 ± this. */
  readonly factorSpread?: number;
  /** Shifts lie within ± this, in natural-log optical density. */
  readonly shiftSpread?: number;
}

/** torchstain's. */
export const AUGMENT_DEFAULTS = Object.freeze({ factorSpread: 0.2, shiftSpread: 0.2 } as const);

const INTENSITY = 240;
const DENSITY = createDensityTable(INTENSITY);

/** A draw for haematoxylin and one for eosin, even within their spreads; the same for the same seed. */
export function drawStainChanges({ seed, ...spreads }: DrawOptions): [StainDraw, StainDraw] {
  const { factorSpread = AUGMENT_DEFAULTS.factorSpread, shiftSpread = AUGMENT_DEFAULTS.shiftSpread } = spreads;
  const random = createRandom(seed);
  const draw = (): StainDraw => {
    const factor = 1 + (2 * random() - 1) * factorSpread;
    return { factor, shift: (2 * random() - 1) * shiftSpread };
  };
  return [draw(), draw()];
}

/**
 * The transform of torchstain's `AugmentorMacenko` for the stains that `macenko` found. It changes all pixels, glass
 * included: a shift tints it.
 */
export function createAugmentation({ stains }: StainVectors, draws: readonly StainDraw[]): PixelTransform {
  const two = stains.slice(0, 2);
  const factors = draws.map(({ factor }) => factor);
  const map = composeMap(two, invertStains(two), factors);
  const tint = two
    .map((stain, k) => scale(stain, draws[k]?.shift ?? 0))
    .reduce((sum, one) => add(sum, one), [0, 0, 0] as const);
  const intensities = Float64Array.from(tint, (value) => INTENSITY * Math.exp(-value));
  return ({ data }, out) => recomposeTinted(data, DENSITY, map, intensities, out);
}
