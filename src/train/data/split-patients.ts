import { DatasetError } from '../../utils/errors.ts';
import { checkInteger } from '../../utils/options.ts';
import { createRandom } from '../../utils/random.ts';
import type { Example } from './example.ts';
import { shuffle } from './shuffle.ts';

export interface SplitOptions {
  /** Number of folds, at least 2. */
  folds: number;
  seed: number;
}

interface Group {
  readonly name: string;
  readonly size: number;
  /** Of all examples of each class. */
  readonly shares: readonly number[];
}

/**
 * Gives each example a fold, 0 to `folds` - 1, so that all of one patient (or slide, where no patient is named) are in the
 * same one and folds have about the same share of each class. Patients with the largest shares are placed first, equal ones in
 * random order, each in the fold that leaves class shares most alike.
 * @throws DatasetError where an example has neither patient nor slide, or there are fewer patients than folds
 */
export function splitByPatient(examples: readonly Example[], options: SplitOptions): number[] {
  const folds = checkInteger('folds', options.folds, { min: 2 });
  const names = examples.map(getPatient);
  const groups = createGroups(examples, names);
  if (groups.length < folds)
    throw new DatasetError(
      'split',
      `${groups.length} patients for ${folds} folds`,
      { reason: 'too-few-patients' },
      { hint: 'choose fewer folds' },
    );
  shuffle(groups, createRandom(options.seed));
  // Stable, so that the random order decides among equals.
  groups.sort((a, b) => Math.hypot(...b.shares) - Math.hypot(...a.shares));
  const places = assignFolds(groups, folds);
  return names.map((name) => places.get(name) ?? 0);
}

/** The examples outside one fold, and those in it. */
export function chooseFold<T>(
  examples: readonly T[],
  folds: readonly number[],
  fold: number,
): { train: T[]; validation: T[] } {
  return {
    train: examples.filter((_, i) => folds[i] !== fold),
    validation: examples.filter((_, i) => folds[i] === fold),
  };
}

function getPatient({ patient, slide, path }: Example): string {
  const name = patient ?? slide;
  if (name !== undefined) return name;
  throw new DatasetError(
    path,
    'neither patient nor slide is known',
    { reason: 'no-patient' },
    {
      hint: 'add a column patient: a split by picture would test on patients that the model has seen',
    },
  );
}

function createGroups(examples: readonly Example[], names: readonly string[]): Group[] {
  const classCount = examples.reduce((most, { label }) => Math.max(most, label + 1), 0);
  const groups = new Map<string, number[]>();
  for (const [i, { label }] of examples.entries()) {
    const name = names[i] ?? '';
    const counts = groups.get(name) ?? new Array<number>(classCount).fill(0);
    counts[label] = (counts[label] ?? 0) + 1;
    groups.set(name, counts);
  }
  const all = [...groups.values()];
  const totals = Array.from({ length: classCount }, (_, k) => all.reduce((sum, counts) => sum + (counts[k] ?? 0), 0));
  return [...groups].map(([name, counts]) => ({
    name,
    size: counts.reduce((sum, count) => sum + count, 0),
    shares: counts.map((count, k) => count / (totals[k] || 1)),
  }));
}

function assignFolds(groups: readonly Group[], folds: number): Map<string, number> {
  const shares = Array.from({ length: folds }, () => (groups[0]?.shares ?? []).map(() => 0));
  const sizes = new Array<number>(folds).fill(0);
  const places = new Map<string, number>();
  for (const [done, { name, size, shares: own }] of groups.entries()) {
    const empty = sizes.filter((count) => count === 0).length;
    // No fold stays empty: the last patients go where there is none yet.
    const open = shares.map((_, fold) => fold).filter((fold) => sizes[fold] === 0 || empty < groups.length - done);
    const fold = chooseBest(
      open,
      (one) => computeUnevenness(shares, one, own),
      (one) => sizes[one] ?? 0,
    );
    shares[fold] = (shares[fold] ?? []).map((share, k) => share + (own[k] ?? 0));
    sizes[fold] = (sizes[fold] ?? 0) + size;
    places.set(name, fold);
  }
  return places;
}

/** Of those with the least cost (but for rounding) the one with the fewest examples, then the first. */
function chooseBest(
  choices: readonly number[],
  getCost: (choice: number) => number,
  getSize: (choice: number) => number,
) {
  const ranked = choices.map((choice) => ({ choice, cost: getCost(choice), size: getSize(choice) }));
  const least = Math.min(...ranked.map(({ cost }) => cost));
  const best = ranked.filter(({ cost }) => cost <= least + 1e-12).sort((a, b) => a.size - b.size);
  return best[0]?.choice ?? 0;
}

/** Spread of class shares over folds, added up over classes, once `own` is added to `fold`. */
function computeUnevenness(shares: readonly (readonly number[])[], fold: number, own: readonly number[]): number {
  return own.reduce((sum, share, k) => {
    const values = shares.map((fractions, one) => (fractions[k] ?? 0) + (one === fold ? share : 0));
    return sum + getSpread(values);
  }, 0);
}

/** Standard deviation. */
function getSpread(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}
