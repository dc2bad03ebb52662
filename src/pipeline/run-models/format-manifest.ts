import { formatCsvLine } from '../../utils/csv.ts';
import type { ModelRunRow } from './join-rows.ts';

/**
 * `manifest.csv` of a run of models: a line a slide, in the order of the run, with a column `probability_<class>` for each class.
 * Nothing in it depends on when or how fast a run was.
 */
export function formatModelManifest(rows: readonly ModelRunRow[], classes: readonly string[]): string {
  const verdict = classes.length === 0 ? [] : ['predicted', 'confidence'];
  const probabilities = classes.map((name) => `probability_${name}`);
  const pictures = classes.length === 0 ? [] : ['heatmap', 'overlay', 'top'];
  const head = ['slide', 'path', 'status', 'patches', 'features', ...verdict, ...probabilities, ...pictures];
  return formatCsvLine([...head, 'bad_tiles', 'error']) + rows.map((row) => formatRow(row, classes)).join('');
}

function formatRow(row: ModelRunRow, classes: readonly string[]): string {
  const { id, path, status, patches, features, verdict, heatmap, overlay, top, badTiles, error } = row;
  const predicted =
    classes.length === 0
      ? []
      : [
          ...[verdict?.predicted, verdict?.confidence],
          ...classes.map((_, index) => verdict?.probabilities[index]),
          ...[heatmap, overlay, top],
        ];
  return formatCsvLine([id, path, status, patches, features, ...predicted, badTiles, error?.message]);
}
