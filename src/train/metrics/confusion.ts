/** Examples by their class (row) and by what they were taken for (column). */
export type Confusion = readonly (readonly number[])[];

/** @throws RangeError where a label is no class, or there are not as many guesses as labels */
export function countConfusion(labels: ArrayLike<number>, guesses: ArrayLike<number>, classCount: number): Confusion {
  const rows = Array.from({ length: classCount }, () => new Array<number>(classCount).fill(0));
  if (labels.length !== guesses.length)
    throw new RangeError(`expected ${labels.length} guesses but received ${guesses.length}`);
  for (let i = 0; i < labels.length; i++) {
    const [label, guess] = [labels[i] ?? -1, guesses[i] ?? -1];
    const row = rows[label];
    if (row?.[guess] === undefined)
      throw new RangeError(`expected classes below ${classCount} but received ${label}, ${guess}`);
    row[guess]++;
  }
  return rows;
}

/** How well one class is told from the others. A share of nothing is undefined. */
export interface ClassFigures {
  /** Of those taken for the class. */
  readonly precision: number | undefined;
  /** Of those that are of the class: sensitivity. */
  readonly recall: number | undefined;
  /** Of those that are not: taken for another. */
  readonly specificity: number | undefined;
  /** Harmonic mean of precision and recall; 0 where there is no hit. Undefined where the class is neither there nor guessed. */
  readonly f1: number | undefined;
}

export function describeClass(confusion: Confusion, label: number): ClassFigures {
  const hits = confusion[label]?.[label] ?? 0;
  const own = sum(confusion[label] ?? []);
  const taken = sum(confusion.map((row) => row[label] ?? 0));
  const others = sum(confusion.map(sum)) - own;
  return {
    precision: divide(hits, taken),
    recall: divide(hits, own),
    specificity: divide(others - (taken - hits), others),
    f1: divide(2 * hits, own + taken),
  };
}

/** Share of examples that were taken for what they are. */
export function computeAccuracy(confusion: Confusion): number | undefined {
  return divide(sum(confusion.map((row, label) => row[label] ?? 0)), sum(confusion.map(sum)));
}

/** Mean recall of the classes that are there. */
export function computeBalancedAccuracy(confusion: Confusion): number | undefined {
  return computeMean(confusion.map((_, label) => describeClass(confusion, label).recall));
}

/** Mean F1 of the classes that are there or were guessed. */
export function computeMacroF1(confusion: Confusion): number | undefined {
  return computeMean(confusion.map((_, label) => describeClass(confusion, label).f1));
}

/** Of what is known; undefined where nothing is. */
export function computeMean(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return divide(sum(known), known.length);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function divide(part: number, whole: number): number | undefined {
  return whole === 0 ? undefined : part / whole;
}
