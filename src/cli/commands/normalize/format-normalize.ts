import { formatBytes } from '../../../utils/memory-budget.ts';
import type { NormalizeEntry } from './normalize-entry.ts';

export interface NormalizeCounts {
  readonly normalized: number;
  readonly kept: number;
  readonly failed: number;
  /** Of these, done by an earlier run. */
  readonly earlier: number;
}

export function summarize(entries: readonly NormalizeEntry[]): NormalizeCounts {
  const count = (status: NormalizeEntry['status']) => entries.filter((entry) => entry.status === status).length;
  const earlier = entries.filter((entry) => entry.status !== 'failed' && entry.earlier).length;
  return { normalized: count('normalized'), kept: count('kept'), failed: count('failed'), earlier };
}

/** One input as a block of text. */
export function formatEntry(entry: NormalizeEntry): string {
  if (entry.status === 'failed') {
    const hint = entry.error.hint === undefined ? [] : [`  hint: ${entry.error.hint}`];
    return [entry.input, `  error: ${entry.error.message}`, ...hint].join('\n');
  }
  const { output, width, height, bytes, notices = [], badTiles = 0 } = entry;
  const status = entry.status === 'kept' ? `kept: ${entry.reason}` : entry.status;
  const bad = badTiles > 0 ? [`  ${badTiles} tiles can't be read and are white`] : [];
  const facts = `${width} x ${height}, ${formatBytes(bytes)}, ${status}${entry.earlier ? ', was there already' : ''}`;
  return [
    entry.input,
    `  written  ${output}, ${facts}`,
    ...bad,
    ...notices.map((notice) => `  notice: ${notice}`),
  ].join('\n');
}

export function formatSummary(
  entries: readonly NormalizeEntry[],
  { sheet, table }: { sheet: string | undefined; table: string | undefined },
): string {
  const { normalized, kept, failed, earlier } = summarize(entries);
  const reasons = new Map<string, number>();
  for (const entry of entries) {
    const { reason } = entry.status === 'kept' ? entry : { reason: undefined };
    if (reason !== undefined) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  }
  const why = [...reasons].map(([reason, count]) => `${reason} ${count}`).join(', ');
  const counts = [`${normalized} normalized`, `${kept} kept${why ? ` (${why})` : ''}`, `${failed} failed`];
  const before = earlier > 0 ? `; ${earlier} were there already` : '';
  const lines = entries.length > 1 || table ? [`${entries.length} images: ${counts.join(', ')}${before}`] : [];
  if (table !== undefined) lines.push(`table: ${table}`);
  if (sheet !== undefined) lines.push(`contact sheet: ${sheet}`);
  return lines.join('\n');
}
