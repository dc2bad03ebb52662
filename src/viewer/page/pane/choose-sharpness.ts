/** A level is stretched by at most this before a finer one is shown: people don't see more blur than that. */
const MOST_STRETCH = Math.SQRT2;
const LEAST = 0.1;

/**
 * From how many screen pixels on a pixel of a level is large enough to be shown (OpenSeadragon's `minPixelRatio`): the further apart
 * levels lie, the smaller, so that what is shown is shrunk rather than blurred.
 * @param downsamples of the levels, coarsest first
 */
export function chooseSharpness(downsamples: readonly number[]): number {
  const steps = downsamples.slice(1).map((fine, index) => (downsamples[index] ?? fine) / fine);
  return Math.max(LEAST, MOST_STRETCH / Math.max(2, ...steps));
}
