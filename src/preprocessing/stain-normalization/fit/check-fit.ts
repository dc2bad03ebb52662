/** Whether what was found of some pixels is more than noise. */
import { STAIN_FLOORS } from '../options.ts';
import type { DegenerateReason, StainFit, StainVectors } from '../stain-method.ts';

export interface PixelCounts {
  readonly pixels: number;
  readonly tissuePixels: number;
}

/** Why so few tissue pixels say nothing; undefined where there are enough. */
export function checkTissue({ pixels, tissuePixels }: PixelCounts): DegenerateReason | undefined {
  if (pixels === 0) return 'empty';
  const enough = tissuePixels >= STAIN_FLOORS.tissuePixels && tissuePixels >= STAIN_FLOORS.tissueShare * pixels;
  return enough ? undefined : 'too-few-tissue-pixels';
}

export function describeDegenerate(reason: DegenerateReason, { pixels, tissuePixels }: PixelCounts): StainFit {
  return { status: 'degenerate', reason, pixels, tissuePixels };
}

/** A fit, unless a concentration vanishes. */
export function describeFit(statistics: StainVectors, counts: PixelCounts): StainFit {
  const strong = hasStrengths(statistics.maxConcentrations);
  if (!strong) return describeDegenerate('vanishing-concentrations', counts);
  return { status: 'fitted', statistics, pixels: counts.pixels, tissuePixels: counts.tissuePixels };
}

/** Whether no stain is scaled by next to nothing. */
export function hasStrengths(maxConcentrations: readonly number[]): boolean {
  const { maxConcentration, restConcentration } = STAIN_FLOORS;
  return maxConcentrations.every(
    (value, k) => Number.isFinite(value) && (k < 2 ? value >= maxConcentration : Math.abs(value) >= restConcentration),
  );
}
