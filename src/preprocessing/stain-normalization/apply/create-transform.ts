import type { GlassChoice } from '../options.ts';
import type { PixelTransform, StainMethod, StainStatistics } from '../stain-method.ts';
import { keepGlass } from './keep-glass.ts';

export interface TransformPlan {
  readonly method: StainMethod;
  readonly target: StainStatistics;
  readonly glass: GlassChoice;
}

/** What gives pixels whose statistics are `source` the colours of the plan's target. */
export function createTransform(source: StainStatistics, { method, target, glass }: TransformPlan): PixelTransform {
  const transform = method.createTransform(source, target);
  return glass === 'keep' ? keepGlass(transform) : transform;
}
