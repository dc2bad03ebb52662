/** Moments of the optical densities of tissue, in one pass. */
import { samplePixels } from '../kernels/sample-pixels.ts';
import { computeTailConcentrations } from '../kernels/tail-values.ts';
import { getStainLoops } from '../stain-loops.ts';
import type { Vector3 } from '../stain-method.ts';

/** Tissue among the pixels: those none of whose channels is brighter than `brightest`. */
export interface TissuePixels {
  /** RGB, 8 bits, interleaved. */
  readonly rgb: Uint8Array;
  readonly brightest: number;
}

export interface TissueMoments {
  readonly count: number;
  /** Of the densities of R, G and B; 0 without pixels. */
  readonly mean: Vector3;
  /** 3 x 3, by rows, divided by `count - 1` (0 for fewer than two pixels), as NumPy's `cov`. */
  readonly covariance: Float64Array;
}

/** Enough for a mean near the true one: sums of squares about it lose no digits to the subtraction at the end. */
const CENTRE_TRIES = 512;

/** `density` has a number for each grey level. */
export function measureTissue({ rgb, brightest }: TissuePixels, density: Float64Array): TissueMoments {
  const centre = estimateCentre({ rgb, brightest }, density);
  const centred = density.map((value) => value - centre);
  const { count, sums } = getStainLoops().sumDensities(rgb, centred, brightest);
  const [r = 0, rr = 0, g = 0, gg = 0, b = 0, bb = 0, rg = 0, rb = 0, gb = 0] = sums;
  const cov = (product: number, one: number, other: number) =>
    count > 1 ? (product - (one * other) / count) / (count - 1) : 0;
  const [crg, crb, cgb] = [cov(rg, r, g), cov(rb, r, b), cov(gb, g, b)];
  const mean = (sum: number) => (count > 0 ? centre + sum / count : 0);
  return {
    count,
    mean: [mean(r), mean(g), mean(b)],
    covariance: Float64Array.of(cov(rr, r, r), crg, crb, crg, cov(gg, g, g), cgb, crb, cgb, cov(bb, b, b)),
  };
}

/** Mean density of a few pixels, over the three channels. */
function estimateCentre({ rgb, brightest }: TissuePixels, density: Float64Array): number {
  const sample = samplePixels(rgb, brightest, CENTRE_TRIES);
  const values = new Float64Array(sample.length);
  computeTailConcentrations(sample, 0, density, [1 / 3, 1 / 3, 1 / 3], values);
  return values.length > 0 ? values.reduce((sum, value) => sum + value, 0) / values.length : 0;
}
