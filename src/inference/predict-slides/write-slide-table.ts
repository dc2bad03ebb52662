import { type WrittenFile, writeFileAtomic } from '../../utils/atomic-file.ts';
import { formatCsvLine } from '../../utils/csv.ts';
import { toShortest } from '../mil/score-table.ts';
import type { Decision } from './decide-slide.ts';
import type { KnownSlide } from './read-labels.ts';
import type { SlideRow } from './slide-row.ts';

/**
 * Writes a row for each slide, whatever became of it: slide, label (where a table of labels was given), status, predicted,
 * confidence, margin, threshold, the probability of each class, patches, error. Nothing in it depends on when it was made.
 * @throws OutputError
 */
export function writeSlideTable(
  path: string,
  rows: readonly SlideRow[],
  { decision, known }: { readonly decision: Decision; readonly known: ReadonlyMap<string, KnownSlide> | undefined },
): Promise<WrittenFile> {
  const { classes, threshold } = decision;
  const columns = [
    ...['slide', ...(known ? ['label'] : []), 'status', 'predicted', 'confidence', 'margin', 'threshold'],
    ...[...classes.map((name) => `probability_${name}`), 'patches', 'error'],
  ];
  const lines = rows.map(({ slide, status, verdict, patches, error }) => {
    const label = known?.get(slide)?.label;
    return formatCsvLine([
      ...[slide, ...(known ? [label === undefined ? undefined : classes[label]] : []), status],
      ...(verdict
        ? [verdict.predicted, toShortest(verdict.confidence), toShortest(verdict.margin), threshold]
        : [undefined, undefined, undefined, undefined]),
      ...classes.map((_, at) => (verdict ? toShortest(verdict.probabilities[at]) : undefined)),
      ...[patches, error?.message],
    ]);
  });
  return writeFileAtomic(path, formatCsvLine(columns) + lines.join(''));
}
