/** Stains that no dye of histology has: pen, tissue ink, noise. */
import type { ImplausibleChoice } from '../options.ts';
import { STAIN_FLOORS } from '../options.ts';
import type { StainFit, StainStatistics } from '../stain-method.ts';

/**
 * Whether haematoxylin and eosin, whichever dyes they stand for, absorb green as those of histology do and brighten no channel.
 * Red pen and blue ink do as well: what is not plausible is none, but what is plausible may be. Moments of colours always are.
 */
export function isPlausible(statistics: StainStatistics): boolean {
  if (statistics.kind !== 'stains') return true;
  const { greenDensity, leastDensity } = STAIN_FLOORS;
  return statistics.stains.slice(0, 2).every(([r, g, b]) => g >= greenDensity && Math.min(r, g, b) >= leastDensity);
}

/** The fit, or with `refuse` a degenerate one where its stains are not plausible. */
export function refuseImplausible(fit: StainFit, choice: ImplausibleChoice): StainFit {
  if (choice === 'use' || fit.status !== 'fitted' || isPlausible(fit.statistics)) return fit;
  const { pixels, tissuePixels } = fit;
  return { status: 'degenerate', reason: 'implausible-stains', pixels, tissuePixels };
}
