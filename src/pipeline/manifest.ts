import { formatCsvLine } from '../utils/csv.ts';
import type { SlideRow } from './run-slide.ts';

/** Columns of `manifest.csv`. Nothing in it depends on when or how fast a run was: two runs of the same work agree. */
export const MANIFEST_COLUMNS = [
  'slide',
  'path',
  'status',
  'format',
  'width',
  'height',
  'mpp_x',
  'mpp_y',
  'mpp_source',
  'tissue_fraction',
  'tissue_mm2',
  'patches',
  'skipped',
  'whitened',
  'bad_tiles',
  'error',
] as const;

/** One line a slide, in the order of the run; failed slides say why in the last column. */
export function formatManifest(rows: readonly SlideRow[]): string {
  return formatCsvLine(MANIFEST_COLUMNS) + rows.map(formatRow).join('');
}

function formatRow({ id, path, status, slide, tissue, patches, badTiles, error }: SlideRow): string {
  const { format, width, height, mpp } = slide ?? {};
  return formatCsvLine([
    id,
    path,
    status,
    format,
    width,
    height,
    mpp?.x,
    mpp?.y,
    mpp?.source,
    tissue?.fraction,
    tissue?.areaMm2,
    patches?.written,
    patches?.skipped,
    patches?.whitened,
    badTiles.length,
    error?.message,
  ]);
}
