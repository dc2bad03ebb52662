import { resolve } from 'node:path';
import { DatasetError } from '../../utils/errors.ts';
import type { BagExample } from '../bags/bag-example.ts';
import { BAD_SLIDE_HINT } from '../bags/bag-store.ts';
import { type FeatureRow, findFeatures } from '../bags/find-features.ts';
import { compareBags } from '../bags/read-bag-facts.ts';
import { checkClasses } from '../data/check-classes.ts';
import { checkLeak } from '../data/check-leak.ts';
import { findClasses, labelExamples } from '../data/class-names.ts';
import { readSlideLabels } from '../data/read-patch-rows.ts';
import { chooseFold, splitByPatient } from '../data/split-patients.ts';
import type { TrainingData } from '../loop/training.ts';
import type { Backbone } from '../mil-card.ts';
import { type JoinedSlide, joinSlides, type LeftOutSlide } from './join-slides.ts';
import type { Phase2Settings } from './options.ts';

/** Slides to learn and to judge by. */
export interface Phase2Data extends TrainingData {
  readonly train: readonly BagExample[];
  readonly validation: readonly BagExample[];
  /** Numbers of each patch. */
  readonly featureDim: number;
  /** What made them; undefined where no file says it. */
  readonly backbone: Backbone | undefined;
  readonly leftOut: readonly LeftOutSlide[];
  /** What all feature files are, to tell them from others: a line for each. */
  readonly identity: string;
}

/**
 * Reads tables and the heads of the feature files, splits by patient where there is no validation table, and looks for leaks.
 * @throws SourceError, DatasetError, AbortedError
 */
export async function readPhase2Data(settings: Phase2Settings): Promise<Phase2Data> {
  const { features, labels, validation, columns, logger } = settings;
  const found = new Map((await findFeatures(features, columns)).map((row) => [row.slide, row]));
  const own = await readSlides(labels, found, settings);
  const other = validation === undefined ? undefined : await readSlides(validation, found, settings);
  const all = [...own.slides, ...(other?.slides ?? [])];
  checkSame(all);
  const { dim, backbone } = compareBags(
    all.map(({ facts }) => facts),
    features,
  );
  const classes = findClasses(own.slides, settings.classes);
  const split = splitSlides(own.slides, other?.slides, { classes, settings });
  const names = { train: labels, validation: validation ?? labels };
  const compared = checkLeak(
    split.train,
    split.validation,
    validation === undefined ? labels : `${labels}, ${validation}`,
  );
  const hint = 'choose other folds (folds, fold, seed): threshold and temperature need slides of all classes';
  checkClasses(split, { classes, unit: 'slides', names, judgesAll: true, hint });
  if (!compared.includes('patient'))
    logger?.notice('patients are not named on both sides: a slide without one counts as a patient of its own');
  const leftOut = [...own.leftOut, ...(other?.leftOut ?? []), ...listUnlabelled(found, [own.names, other?.names])];
  for (const { slide, reason, isAsked } of leftOut) if (isAsked) logger?.warn(`left out: ${slide}: ${reason}`);
  return {
    ...{ ...split, classes, names, compared, featureDim: dim, backbone, leftOut },
    tables: [labels, ...(validation === undefined ? [] : [validation])],
    skipped: leftOut.filter((one) => one.isAsked).map(({ slide, reason }) => ({ path: slide, message: reason })),
    identity: all.map(({ slide, facts }) => `${slide},${facts.hash}`).join('\n'),
  };
}

async function readSlides(table: string, found: ReadonlyMap<string, FeatureRow>, settings: Phase2Settings) {
  const labels = await readSlideLabels(table, settings.columns);
  const { slides, leftOut } = await joinSlides(table, labels, { features: found, signal: settings.signal });
  const [first] = leftOut;
  if (first && settings.onBadSlide === 'fail')
    throw new DatasetError(
      table,
      `the slide ${first.slide}: ${first.reason}`,
      { reason: 'bad-slide' },
      { hint: BAD_SLIDE_HINT },
    );
  return { slides, leftOut, names: labels };
}

/** One slide under two names would count twice, or be learned from and judged by. @throws DatasetError */
function checkSame(slides: readonly JoinedSlide[]): void {
  const seen = new Map<string, JoinedSlide>();
  for (const one of slides) {
    const first = seen.get(one.facts.hash);
    if (first && first.slide !== one.slide)
      throw new DatasetError(
        one.table,
        `the slides ${first.slide} and ${one.slide} have the same features: ${first.path}, ${one.path}`,
        { reason: 'duplicate', line: one.line },
        { hint: 'leave one of them out' },
      );
    seen.set(one.facts.hash, one);
  }
}

function splitSlides(
  own: readonly JoinedSlide[],
  other: readonly JoinedSlide[] | undefined,
  { classes, settings }: { readonly classes: readonly string[]; readonly settings: Phase2Settings },
): { train: BagExample[]; validation: BagExample[] } {
  const train = toExamples(own, classes);
  if (other) return { train, validation: toExamples(other, classes) };
  const { folds, fold, seed } = settings;
  return chooseFold(train, splitByPatient(train, { folds, seed }), fold);
}

function toExamples(slides: readonly JoinedSlide[], classes: readonly string[]): BagExample[] {
  const labelled = labelExamples(slides, classes);
  return slides.flatMap(({ slide, facts, source }, i) => {
    const example = labelled[i];
    return example ? [{ ...example, path: resolve(example.path), slide, count: facts.count, source }] : [];
  });
}

function listUnlabelled(
  found: ReadonlyMap<string, FeatureRow>,
  tables: readonly (ReadonlyMap<string, unknown> | undefined)[],
): LeftOutSlide[] {
  const unnamed = [...found.values()].filter(({ slide }) => !tables.some((table) => table?.has(slide)));
  return unnamed.map(({ slide, features }) => {
    return { slide, label: undefined, patient: undefined, features, reason: 'in no table of labels', isAsked: false };
  });
}
