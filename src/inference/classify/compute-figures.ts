import { findLabel } from '../../train/data/class-names.ts';
import { type Evaluation, evaluate } from '../../train/metrics/evaluate.ts';
import type { PictureTable } from './picture-row.ts';
import type { PredictionStore } from './prediction-store.ts';
import type { Scoring } from './score-rows.ts';

/** Probabilities that are drawn again and again for intervals; with more of them it takes minutes, and tells little. */
const MOST_RESAMPLED = 200_000;
const SEED = 42;

export interface Figures {
  readonly evaluation: Evaluation;
  /** Pictures whose label is one of the classes. */
  readonly labelled: number;
}

/**
 * Figures of predictions whose table says what the pictures are: a class by its name, or by its number from 0 where no number of the
 * table is beyond them. Labels that are neither, and pictures without one, are left out. Undefined where there are none, or where
 * scores are no probabilities of classes that exclude each other. Intervals are by patient, or by slide, where the table names them.
 */
export function computeFigures(
  { rows }: PictureTable,
  { store, scoring }: { store: PredictionStore; scoring: Scoring },
): Figures | undefined {
  const { classes, threshold, exclusive } = scoring;
  if (!exclusive) return undefined;
  const places = new Map(classes.map((name, label) => [name, label]));
  // Numbers from 1, or grades, would be taken for other classes.
  const numbered = rows.every(({ answer = '' }) => !/^\d+$/.test(answer) || findLabel(answer, places) !== undefined);
  const found: { label: number; scores: Float32Array; group: string }[] = [];
  for (const [row, { answer = '', patient, slide, path }] of rows.entries()) {
    const label = numbered ? findLabel(answer, places) : places.get(answer);
    const outputs = label === undefined ? undefined : store.getOutputs(row);
    if (label === undefined || !outputs) continue;
    found.push({ label, scores: scoring.toScores(outputs), group: patient ?? slide ?? path });
  }
  if (found.length === 0 || found.some(({ scores }) => scores.some(Number.isNaN))) return undefined;
  const probabilities = new Float32Array(found.length * classes.length);
  for (const [at, { scores }] of found.entries()) probabilities.set(scores, at * classes.length);
  const groups = found.map(({ group }) => group);
  const evaluation = evaluate(
    { labels: found.map(({ label }) => label), probabilities, classCount: classes.length },
    { threshold, bootstrap: probabilities.length > MOST_RESAMPLED ? undefined : { seed: SEED, groups } },
  );
  return { evaluation, labelled: found.length };
}
