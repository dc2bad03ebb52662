/** What stain normalisation adds to the cost of a slide's patches. */
import type { PixelBlock } from '../io/kernels/pixel-block.ts';
import type { Kernels } from '../io/kernels/wasm-kernels.ts';
import { resolvePatchStain, type StainFacts } from '../preprocessing/extract-patches/patch-stain.ts';
import { checkStainOptions, type PatchStainOptions } from '../preprocessing/extract-patches/stain-options.ts';
import { createPatchStainer } from '../preprocessing/extract-patches/stain-patches.ts';
import type { Slide } from '../slide/slide.ts';

export interface SampleStain {
  /** Of looking for the stains of the slide, once, on one thread. */
  readonly seconds: number;
  /** A patch in its new colours, in the same memory. */
  apply(block: PixelBlock): PixelBlock;
}

/** Stains of a cohort are not known in a dry run: those of the slide itself, which the run looks for as well, cost the same. */
export function fitByItself(given: PatchStainOptions): PatchStainOptions {
  const { fit, source } = checkStainOptions(given);
  return fit === 'cohort' && source === undefined ? { ...given, fit: 'slide' } : given;
}

/**
 * Looks for the stains of a slide, and gives patches their new colours.
 * @param facts with kernels, in whose memory patches lie then
 * @throws OptionError, StainError, TileError; what opening and reading a target throws
 */
export async function prepareSampleStain(
  slide: Slide,
  given: PatchStainOptions,
  { kernels, ...facts }: StainFacts & { readonly kernels: Kernels | undefined },
): Promise<SampleStain> {
  const clock = performance.now();
  const found = await resolvePatchStain(slide, fitByItself(given), facts);
  const seconds = (performance.now() - clock) / 1000;
  const stain = await createPatchStainer(found, kernels);
  return { seconds, apply: (block) => stain(block, block.pixels).block };
}
