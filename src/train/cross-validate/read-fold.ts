import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseCsvTable } from '../../utils/csv.ts';
import { SourceError } from '../../utils/errors.ts';
import { type EpochLine, readMetricsLines } from '../loop/metrics-log.ts';
import type { Predictions } from '../metrics/predictions.ts';

/** What the files of a finished fold say beside its card. */
export interface FoldCurves {
  readonly epochs: readonly EpochLine[];
  readonly predictions: Predictions;
}

/** @throws SourceError, OutputError */
export async function readFoldCurves(folder: string, classes: readonly string[]): Promise<FoldCurves> {
  const lines = await readMetricsLines(folder);
  const path = join(folder, 'validation.csv');
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new SourceError(path, cause instanceof Error ? cause.message : String(cause), { cause });
  });
  const { rows } = parseCsvTable(text, path);
  const probabilities = rows.flatMap((row) => classes.map((name) => Number(row[`probability_${name}`])));
  const labels = rows.map(({ label = '' }) => classes.indexOf(label));
  return {
    epochs: lines.filter((line) => line.kind === 'epoch'),
    predictions: { labels, probabilities, classCount: classes.length },
  };
}
