/**
 * Labels for patches: what a mask, or annotations, say of each patch of a plan. Shares are exact: the mask's pixels as they
 * are stored, none resampled. docs/patch-labels.md has the rules.
 */
import type { Slide } from '../slide/slide.ts';
import type { PatchPlan, PlannedPatch } from './extract-patches/patch-plan.ts';
import type { LabelOptions } from './patch-labels/options.ts';

/** A patch and its label. */
export interface LabelledPatch {
  readonly patch: PlannedPatch;
  /** Name of its class; undefined where the rule gives none. */
  readonly label: string | undefined;
  /** 0..255; 0 is the background. */
  readonly labelId: number | undefined;
  /** Share of each class by its name, 0..1, in the order of the labels; empty where the mask is missing. */
  readonly fractions: ReadonlyMap<string, number>;
}

/**
 * The patches of a plan with their labels, in the plan's order. Pixels are read elsewhere (`readPatches`, `streamPatches`):
 * `patch.index` tells which belong together. Memory: a block of patches, 24 MiB at most.
 * @throws OptionError, MaskError, SourceError, AnnotationError, TiffError, CodecError, AbortedError
 */
export async function* labelPatches(
  slide: Slide,
  plan: PatchPlan,
  options: LabelOptions & { signal?: AbortSignal | undefined },
): AsyncGenerator<LabelledPatch> {
  const { signal } = options;
  const { openLabelSource } = await import('./patch-labels/open-label-source.ts');
  await using source = await openLabelSource(slide, plan.geometry, options);
  const classes = await source.listClasses();
  const choose = source.createChooser(classes);
  if (!source.count) {
    for (const patch of plan) yield { patch, label: undefined, labelId: undefined, fractions: new Map() };
    return;
  }
  for await (const { patches, counts, centres } of source.count(plan, classes, { signal })) {
    for (const [i, patch] of patches.entries()) {
      const own = counts.subarray(i * classes.length, (i + 1) * classes.length);
      const { label, labelId, fractions } = choose(own, centres[i] ?? 0);
      yield {
        patch,
        label,
        labelId,
        fractions: new Map(classes.map(({ name }, slot) => [name, fractions[slot] ?? 0])),
      };
    }
  }
}
