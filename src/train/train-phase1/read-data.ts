import { checkClasses } from '../data/check-classes.ts';
import { checkImages } from '../data/check-images.ts';
import { checkLeak } from '../data/check-leak.ts';
import { findClasses, labelExamples } from '../data/class-names.ts';
import { chooseFold, splitByPatient } from '../data/split-patients.ts';
import type { TrainingData } from '../loop/training.ts';
import type { Phase1Settings } from './options.ts';
import { readRows } from './read-rows.ts';

/**
 * Reads the tables, splits by patient where there is only one, and looks for leaks and missing pictures.
 * @throws SourceError, DatasetError
 */
export async function readPhase1Data(settings: Phase1Settings): Promise<TrainingData> {
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
  const names = { train, validation: validation ?? train };
  const hint = "choose other folds, or watch the loss (watch: 'loss')";
  checkClasses(data, { classes, unit: 'pictures', names, judgesAll: settings.watch === 'auc', hint });
  return {
    ...{ ...data, classes, names },
    tables: [...tables, ...(other?.tables ?? [])],
    compared,
    skipped: [...learned.skipped, ...seen.skipped],
  };
}
