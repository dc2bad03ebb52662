import type { PatchPlan } from '../extract-patches/patch-plan.ts';
import type { PatchLabel } from './choose-label.ts';
import type { LabelClass } from './label-classes.ts';
import { createLabelStore } from './label-store.ts';
import type { LabelSource } from './open-label-source.ts';

/** The labels of a plan while its patches are written. */
export interface StageLabels extends Disposable {
  readonly classes: readonly LabelClass[];
  readonly notices: readonly string[];
  /** Of the patches [first, first + count) of the plan. */
  read(first: number, count: number): readonly PatchLabel[];
}

export interface LabelStage {
  readonly folder: string;
  readonly signal?: AbortSignal | undefined;
  readonly onLabelled?: ((done: number, total: number) => void) | undefined;
}

/** Counts the labels of a whole plan into a temporary file in `folder`. */
export async function createStageLabels(
  source: LabelSource,
  plan: PatchPlan,
  { folder, signal, onLabelled }: LabelStage,
): Promise<StageLabels> {
  const { notices } = source;
  const classes = await source.listClasses();
  const choose = source.createChooser(classes);
  if (!source.count) {
    const none = choose(new Float64Array(0), 0);
    return {
      classes,
      notices,
      read: (_first, count) => Array.from({ length: count }, () => none),
      [Symbol.dispose]() {},
    };
  }
  const store = createLabelStore(folder, classes.length, choose);
  const total = onLabelled ? plan.count() : 0;
  const onCounted = (patches: number) => onLabelled?.(patches, total);
  try {
    for await (const block of source.count(plan, classes, { signal, onCounted })) store.append(block);
  } catch (error) {
    store[Symbol.dispose]();
    throw error;
  }
  return {
    classes,
    notices,
    read: (first, count) => store.read(first, count),
    [Symbol.dispose]: () => store[Symbol.dispose](),
  };
}
