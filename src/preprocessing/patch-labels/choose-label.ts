import { OptionError } from '../../utils/errors.ts';
import type { LabelClass } from './label-classes.ts';
import type { LabelSettings } from './options.ts';

/** What a mask says of a patch. */
export interface PatchLabel {
  /** Name of the class; undefined where the rule gives none. */
  readonly label: string | undefined;
  readonly labelId: number | undefined;
  /** Share of each class, 0..1, in the order of the classes, rounded to nine decimals; none for a slide without a mask. */
  readonly fractions: readonly number[];
}

/** Nine decimals take out the noise of a quotient, so that a share of exactly 0.1 passes a threshold of 0.1. */
const DECIMALS = 1e9;

/** Pixels of each class, and the place of the label at the centre, to a label. */
export type LabelChooser = (counts: Float64Array, centre: number) => PatchLabel;

/** @throws OptionError where `priority` names a class that there is not */
export function createLabelChooser(classes: readonly LabelClass[], settings: LabelSettings): LabelChooser {
  const { rule, minFraction } = settings;
  const order = orderClasses(classes, settings.priority);
  const choose = (counts: Float64Array, fractions: readonly number[], centre: number): number | undefined => {
    if (rule === 'centre') return centre;
    if (rule === 'any')
      return order.find((slot) => (counts[slot] ?? 0) > 0 && (fractions[slot] ?? 0) >= minFraction) ?? 0;
    // The first of the greatest: classes are in the order of their labels.
    const most = counts.indexOf(Math.max(...counts));
    return rule === 'majority' || (fractions[most] ?? 0) >= minFraction ? most : undefined;
  };
  return (counts, centre) => {
    let all = 0;
    for (const pixels of counts) all += pixels;
    const fractions = Array.from(counts, (pixels) => Math.round((pixels / all) * DECIMALS) / DECIMALS);
    const slot = choose(counts, fractions, centre);
    const found = slot === undefined ? undefined : classes[slot];
    return { label: found?.name, labelId: found?.id, fractions };
  };
}

/** Places of the drawn classes, first come first; the background is none of them. */
function orderClasses(classes: readonly LabelClass[], priority: readonly string[]): number[] {
  const listed = priority.map((name) => {
    const slot = classes.findIndex((one) => one.id > 0 && one.name === name);
    if (slot >= 0) return slot;
    const known = classes.filter(({ id }) => id > 0).map((one) => one.name);
    throw new OptionError('labels.priority', `names of classes (${known.join(', ')})`, name);
  });
  const rest = [...classes.keys()].filter((slot) => (classes[slot]?.id ?? 0) > 0 && !listed.includes(slot));
  return [...listed, ...rest];
}
