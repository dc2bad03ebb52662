/** Whether what was found of some pixels is more than noise. */
import { STAIN_FLOORS } from './options.ts';
import type { DegenerateReason, StainFit, StainVectors } from './stain-method.ts';

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

/** A fit, unless one of the first two concentrations vanishes. */
export function describeFit(statistics: StainVectors, counts: PixelCounts, unit = 1): StainFit {
  const floor = STAIN_FLOORS.maxConcentration * unit;
  const strong = statistics.maxConcentrations.slice(0, 2).every((value) => Number.isFinite(value) && value >= floor);
  if (!strong) return describeDegenerate('vanishing-concentrations', counts);
  return { status: 'fitted', statistics, pixels: counts.pixels, tissuePixels: counts.tissuePixels };
}
