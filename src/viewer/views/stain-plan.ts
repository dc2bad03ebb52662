import { checkPixelwise } from '../../preprocessing/normalize-files/recolorable.ts';
import type {
  GlassChoice,
  ImplausibleChoice,
  StainMethodName,
} from '../../preprocessing/stain-normalization/options.ts';
import type { StainProfile } from '../../preprocessing/stain-normalization/profiles/stain-profile.ts';
import { createStainNormalizer } from '../../preprocessing/stain-normalization.ts';
import type { CheckedViewStain } from './stain-options.ts';

/** How stains are normalised, whichever the slide: plain data, fit for a worker. */
export interface StainPlan {
  readonly method: StainMethodName;
  readonly target: StainProfile;
  readonly glass: GlassChoice;
  readonly implausible: ImplausibleChoice;
  /** Which pixels of a slide are sampled. */
  readonly seed: number;
}

/** The same for one slide, with its own stains. */
export interface StainColors extends StainPlan {
  readonly source: StainProfile;
}

/**
 * Looks for the target's stains.
 * @throws OptionError for a method whose pixels depend on others, or that needs a target; StainError for a target without stains;
 *   what reading it throws
 */
export async function createStainPlan(checked: CheckedViewStain): Promise<StainPlan> {
  const { method, targetRule, glass, implausible, seed } = checked;
  await checkPixelwise(method);
  const { target } = await createStainNormalizer({ method, target: checked.target, targetRule, implausible, seed });
  return { method, target, glass, implausible, seed };
}
