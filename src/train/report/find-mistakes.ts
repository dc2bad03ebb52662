import { guessClasses, type Predictions } from '../metrics/predictions.ts';

/** A picture that was taken for another class. */
export interface Mistake {
  /** Row of the predictions. */
  readonly row: number;
  readonly label: number;
  readonly guess: number;
  /** What the model gave the class that it is, and the one it was taken for. */
  readonly probability: number;
  readonly confidence: number;
}

/**
 * Those that the model was most sure of: the least probability of what the picture is comes first, of equal ones the first row.
 * @param options.threshold of two classes: probability of the second one from which on it is the guess
 */
export function findMistakes(
  predictions: Predictions,
  options: { readonly count: number; readonly threshold: number | undefined },
): Mistake[] {
  const { labels, probabilities, classCount } = predictions;
  const { count, threshold } = options;
  const get = (row: number, label: number) => probabilities[row * classCount + label] ?? 0;
  const guesses = guessClasses(predictions);
  const mistakes: Mistake[] = [];
  for (let row = 0; row < labels.length; row++) {
    const label = labels[row] ?? 0;
    const guess = threshold === undefined ? (guesses[row] ?? 0) : Number(get(row, 1) >= threshold);
    if (guess !== label)
      mistakes.push({ row, label, guess, probability: get(row, label), confidence: get(row, guess) });
  }
  return mistakes.sort((a, b) => a.probability - b.probability || a.row - b.row).slice(0, count);
}
