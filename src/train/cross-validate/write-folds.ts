import { join } from 'node:path';
import { writeFileAtomic } from '../../utils/atomic-file.ts';
import { formatCsvLine } from '../../utils/csv.ts';
import type { FoldResult } from './fold-result.ts';
import type { FoldSummary } from './summarize-folds.ts';

export const FOLDS_CSV = 'folds.csv';
export const FOLDS_JSON = 'folds.json';

const COUNTS = ['epochs', 'bestEpoch', 'learned', 'judged', 'skipped', 'threshold'] as const;

export interface FoldsFacts {
  readonly classes: readonly string[];
  readonly options: Readonly<Record<string, unknown>>;
  readonly folds: readonly FoldResult[];
  readonly summary: Readonly<Record<string, FoldSummary>>;
}

/** Writes the figures as a table, a row a fold, and all that is known as JSON. @throws OutputError */
export async function writeFolds(folder: string, facts: FoldsFacts): Promise<void> {
  const names = Object.keys(facts.folds[0]?.metrics ?? {});
  const rows = facts.folds.map((fold) =>
    formatCsvLine([fold.fold, ...COUNTS.map((name) => fold[name]), ...names.map((name) => fold.metrics[name])]),
  );
  await writeFileAtomic(join(folder, FOLDS_CSV), formatCsvLine(['fold', ...COUNTS, ...names]) + rows.join(''));
  const json = JSON.stringify({ schema: 'slideloom/cross-validation/v1', ...facts }, undefined, 1);
  await writeFileAtomic(join(folder, FOLDS_JSON), `${json}\n`);
}
