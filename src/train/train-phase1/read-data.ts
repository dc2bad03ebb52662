import { DatasetError } from '../../utils/errors.ts';
import { checkImages, type SkippedImage } from '../data/check-images.ts';
import { checkLeak, type LeakKey } from '../data/check-leak.ts';
import { countLabels, findClasses, labelExamples } from '../data/class-names.ts';
import type { Example } from '../data/example.ts';
import { chooseFold, splitByPatient } from '../data/split-patients.ts';
import type { Phase1Settings } from './options.ts';
import { readRows } from './read-rows.ts';

/** Pictures to learn and to judge by. */
export interface Phase1Data {
  readonly classes: readonly string[];
  readonly train: readonly Example[];
  readonly validation: readonly Example[];
  /** Files that they were read from. */
  readonly tables: readonly string[];
  /** Missing pictures that were left out. */
  readonly skipped: readonly SkippedImage[];
  /** What makes sure that nobody is in both sets. */
  readonly compared: readonly LeakKey[];
}

/**
 * Reads the tables, splits by patient where there is only one, and looks for leaks and missing pictures.
 * @throws SourceError, DatasetError
 */
export async function readPhase1Data(settings: Phase1Settings): Promise<Phase1Data> {
  const { train, validation, onBadImage } = settings;
  const { rows, tables } = await readRows(train, settings);
  const classes = findClasses(rows, settings.classes);
  const examples = labelExamples(rows, classes);
  const other = validation === undefined ? undefined : await readRows(validation, settings);
  const judged = other && labelExamples(other.rows, classes);
  const { folds, fold, seed } = settings;
  const split = judged
    ? { train: examples, validation: judged }
    : chooseFold(examples, splitByPatient(examples, { folds, seed }), fold);
  const compared = checkLeak(split.train, split.validation, validation ? `${train}, ${validation}` : train);
  const [learned, seen] = [await checkImages(split.train, onBadImage), await checkImages(split.validation, onBadImage)];
  const data = { train: learned.examples, validation: seen.examples };
  checkClasses(data, classes, settings);
  return {
    ...data,
    classes,
    tables: [...tables, ...(other?.tables ?? [])],
    compared,
    skipped: [...learned.skipped, ...seen.skipped],
  };
}

/** The training set needs all classes; an area under the curve needs them in the validation set too. */
function checkClasses(
  data: Pick<Phase1Data, 'train' | 'validation'>,
  classes: readonly string[],
  { watch, train, validation = train }: Phase1Settings,
): void {
  const find = (examples: readonly Example[]) => classes[countLabels(examples, classes.length).indexOf(0)];
  const unlearned = find(data.train);
  if (unlearned !== undefined)
    throw new DatasetError(train, `no picture of the class ${unlearned} to learn from`, { reason: 'empty-class' });
  if (data.validation.length === 0) throw new DatasetError(validation, 'no pictures to judge by', { reason: 'empty' });
  const unseen = find(data.validation);
  if (unseen !== undefined && watch === 'auc')
    throw new DatasetError(
      validation,
      `no picture of the class ${unseen} to judge by`,
      { reason: 'empty-class' },
      { hint: "choose other folds, or watch the loss (watch: 'loss')" },
    );
}
