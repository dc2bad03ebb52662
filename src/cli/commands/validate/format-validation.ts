import type { LevelValidation, SlideValidation } from '../../../preprocessing/validate-slide/validation.ts';
import { formatBytes } from '../../../utils/memory-budget.ts';
import { formatSeconds } from '../../../utils/progress.ts';
import type { ErrorDescription } from '../../describe-error.ts';
import { formatTable } from '../../format-table.ts';

/** Bad tiles that are shown to people. */
const MOST_SHOWN = 20;

/** A slide as a block of text: its levels, what was found, the bad tiles, and the verdict in the last line. */
export function formatValidation(validation: SlideValidation): string {
  const { path, findings } = validation;
  const blocks = [
    formatTable([HEADER, ...validation.levels.map(listLevel)], [1, 2, 3, 4, 5, 6]),
    findings.map(({ kind, message }) => `${kind}: ${message}`),
    listBadTiles(validation),
    [describeVerdict(validation)],
  ];
  const filled = blocks.filter((block) => block.length > 0);
  return [path, filled.map((block) => block.map((line) => `  ${line}`).join('\n')).join('\n\n')].join('\n');
}

export function formatFailure({ path, error }: { path: string; error: ErrorDescription }): string {
  const hint = error.hint === undefined ? [] : [`  hint: ${error.hint}`];
  return [path, `  FAILED: ${error.message}`, ...hint].join('\n');
}

/** The last lines: several slides summed up, and where the table is. */
export function formatTotal(
  report: { good: number; bad: number; failed: number; stopped: number; complete: boolean; table: string | null },
  slides: number,
): string[] {
  const parts = (['good', 'bad', 'failed', 'stopped'] as const)
    .filter((status) => status === 'good' || report[status] > 0)
    .map((status) => `${report[status]} ${status}`);
  const total = `${slides} slides: ${parts.join(', ')}`;
  const stopped = report.complete ? '' : '; stopped before the end';
  const table = report.table === null ? [] : [`bad tiles  ${report.table}`];
  return slides === 1 ? table : [`${total}${stopped}`, ...table];
}

const HEADER = ['level', 'size, px', 'tiles', 'read', 'bad', 'missing', 'stored', 'codec'];

function listLevel(level: LevelValidation): string[] {
  const { width, height, columns, rows, read, bad, missing, storedBytes, codec } = level;
  const stored = storedBytes === null ? '-' : formatBytes(storedBytes);
  const counts = [columns * rows, read, bad, missing].map(formatCount);
  return [String(level.level), `${width} x ${height}`, ...counts, stored, codec];
}

function listBadTiles({ badTiles, tiles }: SlideValidation): string[] {
  if (tiles.bad === 0) return [];
  const rows = badTiles
    .slice(0, MOST_SHOWN)
    .map(({ level, col, row, x, y, cause }) => [`${level}`, `${col}`, `${row}`, `${x}, ${y}`, cause]);
  const shown = formatTable([['level', 'col', 'row', 'x, y at level 0', 'cause'], ...rows], [1, 2, 3]);
  const more = tiles.bad - rows.length;
  return more === 0 ? shown : [...shown, `and ${formatCount(more)} more: --out FILE lists all of them`];
}

function describeVerdict(validation: SlideValidation): string {
  const { status, complete, tiles, findings, sample } = validation;
  const { seconds, tilesPerSecond } = validation.volatile;
  const speed = tilesPerSecond === null ? '' : `, ${formatCount(Math.round(tilesPerSecond))} tiles/s`;
  const problems = findings.filter(({ kind }) => kind === 'problem').length;
  const others = problems === 0 ? '' : `, ${problems} other ${problems === 1 ? 'problem' : 'problems'}`;
  const of = sample === null && complete ? '' : ` of ${formatCount(tiles.total)}`;
  const read = `${formatCount(tiles.read)}${of} tiles read, ${formatCount(tiles.bad)} bad${others}`;
  const word = { good: 'GOOD', bad: 'BAD', stopped: 'STOPPED' }[status];
  const end = complete || status === 'stopped' ? '' : '; stopped before the end';
  return `${word}: ${read}${speed}, ${seconds < 10 ? `${seconds.toFixed(1)} s` : formatSeconds(seconds)}${end}`;
}

function formatCount(value: number): string {
  return value.toLocaleString('en-US');
}
