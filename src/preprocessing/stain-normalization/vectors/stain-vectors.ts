/** Statistics as a stain separation needs them. */
import type { StainStatistics, StainVectors } from '../stain-method.ts';

/** @throws TypeError for moments of colours, which know nothing of stains. */
export function expectStains(statistics: StainStatistics, method: string): StainVectors {
  if (statistics.kind === 'stains') return statistics;
  throw new TypeError(`${method} needs stain vectors but received the colour moments of a Reinhard method`);
}

/** Full strength of each of the target's stains over that of the source's. */
export function getStrengthRatios(source: StainVectors, target: StainVectors): number[] {
  return target.stains.map((_, k) => (target.maxConcentrations[k] ?? 1) / (source.maxConcentrations[k] ?? 1));
}
