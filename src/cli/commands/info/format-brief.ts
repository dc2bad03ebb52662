import { formatBytes } from '../../../utils/memory-budget.ts';
import { formatTable } from '../../format-table.ts';
import { formatAxes } from './format-slide-info.ts';
import type { SlideEntry } from './info-report.ts';

const HEADER = ['slide', 'format', 'size, px', 'mpp, µm', 'objective', 'levels', 'codec', 'file', 'remarks'];

/** One row a slide. */
export function formatBrief(entries: readonly SlideEntry[]): string {
  return formatTable([HEADER, ...entries.map(formatEntry)], [2, 3, 4, 5, 7]).join('\n');
}

function formatEntry(entry: SlideEntry): string[] {
  if (entry.status === 'failed') return [entry.id, 'FAILED', '', '', '', '', '', '', entry.error.message];
  const { id, format, width, height, mpp, objectivePower, levels, fileBytes, notices, openslide } = entry;
  const remarks = [
    ...(mpp && mpp.source !== 'metadata' ? [`mpp from ${mpp.source}`] : []),
    ...(openslide ? [`OpenSlide ${openslide.version}`] : []),
    ...(notices.length > 0 ? [`${notices.length} ${notices.length === 1 ? 'notice' : 'notices'}`] : []),
  ];
  return [
    ...[id, format, `${width} x ${height}`, mpp ? formatAxes(mpp) : 'unknown'],
    ...[objectivePower === null ? '' : `${objectivePower}x`, String(levels.length), levels[0]?.codec ?? ''],
    ...[formatBytes(fileBytes), remarks.join(', ')],
  ];
}
