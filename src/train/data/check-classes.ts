import { DatasetError } from '../../utils/errors.ts';
import { countLabels } from './class-names.ts';
import type { Example, ExampleUnit } from './example.ts';

export interface ClassCheck {
  readonly classes: readonly string[];
  readonly unit: ExampleUnit;
  /** Where the examples of both sets are named. */
  readonly names: { readonly train: string; readonly validation: string };
  /** Whether the validation set needs all classes: areas under curves do. */
  readonly judgesAll: boolean;
  /** What to do where it lacks one. */
  readonly hint: string;
}

/** Makes sure that there is something of each class to learn from, and to judge by. @throws DatasetError */
export function checkClasses(
  sets: { readonly train: readonly Example[]; readonly validation: readonly Example[] },
  { classes, unit, names, judgesAll, hint }: ClassCheck,
): void {
  const find = (examples: readonly Example[]) => classes[countLabels(examples, classes.length).indexOf(0)];
  const noun = unit === 'pictures' ? 'picture' : 'slide';
  const unlearned = find(sets.train);
  if (unlearned !== undefined)
    throw new DatasetError(
      names.train,
      `no ${noun} of the class ${unlearned} to learn from`,
      { reason: 'empty-class' },
      { hint: 'choose other folds, or leave the class out' },
    );
  if (sets.validation.length === 0)
    throw new DatasetError(names.validation, `no ${unit} to judge by`, { reason: 'empty' });
  const unseen = find(sets.validation);
  if (unseen !== undefined && judgesAll)
    throw new DatasetError(
      names.validation,
      `no ${noun} of the class ${unseen} to judge by`,
      { reason: 'empty-class' },
      { hint },
    );
}
