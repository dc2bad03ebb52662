import { SLIDE_COLUMNS } from '../../../inference/heatmap/find-score-columns.ts';
import { DatasetError } from '../../../utils/errors.ts';

/** Which column of a table of patches is what, from 0. */
export interface PatchColumns {
  readonly names: readonly string[];
  /** Of `x` and `y`, and of `width` and `height`. */
  readonly unit: 'px' | 'um';
  readonly x: number;
  readonly y: number;
  readonly width: number | undefined;
  readonly height: number | undefined;
  readonly size: number | undefined;
  readonly mpp: number | undefined;
  readonly level: number | undefined;
  readonly slide: number | undefined;
  /** Those that may hold numbers to colour patches by. */
  readonly values: readonly number[];
}

/** Where a patch is and what its file is: nothing to colour it by. */
const FACTS: ReadonlySet<string> = new Set([
  ...['index', 'x', 'y', 'x_um', 'y_um', 'width', 'height', 'width_um', 'height_um', 'level', 'mpp', 'size'],
  ...['path', 'bytes', 'sha256', 'bad_tiles', 'label_id', 'slide', 'slide_id', 'input'],
]);

/** @throws DatasetError `no-column` without columns of places */
export function findPatchColumns(header: readonly string[], path: string): PatchColumns {
  const names = header.map((name) => name.trim());
  const find = (...wanted: readonly string[]) => {
    const at = names.findIndex((name) => wanted.includes(name.toLowerCase()));
    return at < 0 ? undefined : at;
  };
  const unit = find('x') === undefined && find('x_um') !== undefined ? 'um' : 'px';
  const [x, y] = unit === 'px' ? [find('x'), find('y')] : [find('x_um'), find('y_um')];
  if (x === undefined || y === undefined)
    throw new DatasetError(
      path,
      `no columns x and y: it has ${names.slice(0, 20).join(', ').slice(0, 300)}`,
      { reason: 'no-column' },
      {
        hint: 'a table of patches has x and y (level-0 pixels of the corner), as `patches` and `predict slides` write them',
      },
    );
  const sides = unit === 'px' ? [find('width'), find('height')] : [find('width_um'), find('height_um')];
  const values = names.flatMap((name, index) => (FACTS.has(name.toLowerCase()) ? [] : [index]));
  return {
    ...{ names, unit, x, y, width: sides[0], height: sides[1], values },
    ...{ size: find('size'), mpp: find('mpp'), level: find('level'), slide: find(...SLIDE_COLUMNS) },
  };
}

/** The column to show first: attention, the probability of the second of two classes, tissue, else the first. */
export function chooseShown(names: readonly string[]): number | null {
  const at = (wanted: string) => names.indexOf(wanted);
  if (at('attention') >= 0) return at('attention');
  const classes = names.filter((name) => name.startsWith('probability_'));
  const shown = classes.length === 2 ? classes[1] : classes[0];
  if (shown !== undefined) return at(shown);
  if (at('tissue_fraction') >= 0) return at('tissue_fraction');
  return names.length > 0 ? 0 : null;
}
