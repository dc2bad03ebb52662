import { join } from 'node:path';
import { createAtomicStream } from '../../utils/atomic-stream.ts';
import { formatCsvLine } from '../../utils/csv.ts';
import type { PictureTable } from './picture-row.ts';
import type { PredictionStore } from './prediction-store.ts';
import { decide, findPredicted, type Scoring } from './score-rows.ts';

export const PREDICTIONS_NAME = 'predictions.csv';
export const SKIPPED_NAME = 'skipped.csv';

/** How often each class was the most probable one, and what the threshold decided, by its text. */
export interface PredictionCounts {
  readonly predicted: Readonly<Record<string, number>>;
  readonly decided: Readonly<Record<string, number>> | undefined;
}

/**
 * Writes a row for each picture that could be read: the table's own columns, the most probable class, what the threshold decides,
 * and each class's probability (or score). Columns of the table with the same names are replaced.
 * @throws OutputError
 */
export async function writePredictions(
  folder: string,
  table: PictureTable,
  { store, scoring }: { store: PredictionStore; scoring: Scoring },
): Promise<PredictionCounts> {
  const { classes, threshold } = scoring;
  const prefix = scoring.probabilities ? 'probability' : 'score';
  const added = [
    ...['predicted', ...(threshold === undefined ? [] : ['decision'])],
    ...classes.map((name) => `${prefix}_${name}`),
  ];
  const kept = table.columns.map((name) => !added.includes(name));
  const predicted: Record<string, number> = Object.fromEntries(classes.map((name) => [name, 0]));
  const decided: Record<string, number> = {};
  await using stream = await createAtomicStream(join(folder, PREDICTIONS_NAME));
  await stream.write(formatCsvLine([...table.columns.filter((_, at) => kept[at]), ...added]));
  for (const [row, { cells }] of table.rows.entries()) {
    const outputs = store.getOutputs(row);
    if (!outputs) continue;
    const scores = scoring.toScores(outputs);
    const name = classes[findPredicted(scores)] ?? '';
    const decision = decide(scores, scoring);
    predicted[name] = (predicted[name] ?? 0) + 1;
    if (decision !== undefined) decided[decision] = (decided[decision] ?? 0) + 1;
    const own = cells.filter((_, at) => kept[at]);
    const result = [name, ...(decision === undefined ? [] : [decision]), ...Array.from(scores, toShortest)];
    await stream.write(formatCsvLine([...own, ...result]));
  }
  await stream.finish();
  return { predicted, decided: threshold === undefined ? undefined : decided };
}

/** Writes which pictures were left out, and why. @throws OutputError */
export async function writeSkipped(folder: string, table: PictureTable, store: PredictionStore): Promise<void> {
  await using stream = await createAtomicStream(join(folder, SKIPPED_NAME));
  await stream.write(formatCsvLine(['path', 'reason']));
  const bad = [...store.bad].sort(([a], [b]) => a - b);
  for (const [row, reason] of bad) await stream.write(formatCsvLine([table.rows[row]?.name, reason]));
  await stream.finish();
}

/** Nine digits tell all numbers of single precision apart. */
function toShortest(score: number): number {
  return Number(score.toPrecision(9));
}
