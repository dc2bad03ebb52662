import { formatBytes } from '../../../utils/memory-budget.ts';
import { formatTable } from '../../format-table.ts';
import type { MaskEntry } from './mask-entry.ts';

/** Notices that are shown to people; `--json` has all. */
const MOST_SHOWN = 20;

/** What became of an annotation as a block of text. */
export function formatMask(entry: MaskEntry): string {
  const lines = entry.status === 'failed' ? listFailure(entry) : listDone(entry);
  return [entry.annotation, ...lines.map((line) => `  ${line}`), ''].join('\n');
}

function listFailure({ error }: Extract<MaskEntry, { status: 'failed' }>): string[] {
  return [`error: ${error.message}`, ...(error.hint === undefined ? [] : [`hint: ${error.hint}`])];
}

function listDone(entry: Exclude<MaskEntry, { status: 'failed' }>): string[] {
  const notices = entry.notices.slice(0, MOST_SHOWN).map((notice) => `notice: ${notice}`);
  const more = entry.notices.length - notices.length;
  const tail = [...notices, ...(more > 0 ? [`and ${more} more notices`] : []), ...listFindings(entry.topology)];
  if (entry.status === 'empty') return ['nothing with an area is drawn: no mask is written', ...tail];
  const { path, bytes, width, height, downsample, mpp, labels, polygons, levels } = entry;
  const facts = formatTable([
    [entry.earlier ? 'there already' : 'written', `${path}, ${formatBytes(bytes)}`],
    ['size', `${width} x ${height} px, ${levels.length} level${levels.length === 1 ? '' : 's'}`],
    ['downsample', `${shorten(downsample.x)} x ${shorten(downsample.y)}`],
    ['mpp', mpp ? `${shorten(mpp.x)} x ${shorten(mpp.y)} µm` : 'none'],
    ['polygons', String(polygons)],
    ...(entry.overlay === undefined ? [] : [['overlay', entry.overlay]]),
    ...(entry.fullOverlay === undefined
      ? []
      : [['full overlay', `${entry.fullOverlay.path}, ${formatBytes(entry.fullOverlay.bytes)}`]]),
  ]);
  const rows = labels.map(({ value, name, pixels, areaMm2 }) => [
    ...[String(value), name, String(pixels)],
    ...(areaMm2 === undefined ? [] : [areaMm2.toFixed(3)]),
  ]);
  const classes = formatTable([['label', 'class', 'pixels', ...(mpp ? ['mm²'] : [])], ...rows], [0, 2, 3]);
  return [...facts, '', ...classes, ...(tail.length > 0 ? ['', ...tail] : [])];
}

function listFindings(findings: Exclude<MaskEntry, { status: 'failed' }>['topology']): string[] {
  if (findings === undefined) return [];
  if (findings.length === 0) return ['check: nothing odd'];
  const shown = findings.slice(0, MOST_SHOWN).map(({ layer, index, id, problem, detail, repaired }) => {
    const region = id === undefined ? `region ${index}` : `region ${id}`;
    return `check: ${layer}, ${region}: ${problem}, ${detail}${repaired ? ' (repaired)' : ''}`;
  });
  return findings.length > shown.length ? [...shown, `and ${findings.length - shown.length} more findings`] : shown;
}

function shorten(value: number): string {
  return String(Number(value.toPrecision(8)));
}
