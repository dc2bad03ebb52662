import type { UndoReport } from '../../../utils/extract/undo-collect.ts';
import type { CollectReport } from '../../../utils/extract.ts';
import { formatBytes } from '../../../utils/memory-budget.ts';
import { formatTable } from '../../format-table.ts';

/** What was done, or would be, as lines: those of a count of 0 are left out. */
export function formatCollected(report: CollectReport): string[] {
  const { dryRun, moved, movedLogs, bytes, copied } = report;
  const would = dryRun ? 'to be ' : '';
  const rows = [
    [`${would}moved`, count(moved), report.out],
    ...optional(movedLogs, `${would}moved, logs`, report.logs),
    ...optional(copied, 'of them copied', 'to another file system'),
    ...optional(report.equal, 'left, equal', 'the target has a file of the same name and content'),
    ...optional(report.skipped, 'left, skipped', 'the target has another file of the name'),
    ...optional(report.collisions, 'left, COLLISION', 'the target has another file of the name; --on-collision'),
    ...optional(report.failed, 'FAILED', ''),
    ...optional(report.deleted, `${would}deleted`, formatBytes(report.deletedBytes)),
    ...optional(report.unmatched - report.deleted, 'other files', 'left'),
    ...optional(report.links, 'links', 'left'),
    ...optional(report.special, 'special files', 'left'),
    ...optional(report.foldersRemoved, `folders ${would}removed`, ''),
  ];
  const notes = [
    ...(report.deletionCalledOff ? ['nothing is deleted, because not everything could be moved'] : []),
    ...(report.journal === null ? [] : [`undo       slideloom collect --undo ${report.journal}`]),
    ...(dryRun ? ['dry run: nothing was changed'] : []),
  ];
  return [...formatTable(rows, [1]), `${formatBytes(bytes)} in all`, ...notes];
}

export function formatUndone({ back, already, conflicts, lost, complete, journal }: UndoReport): string[] {
  const rows = [
    ['moved back', count(back), ''],
    ...optional(already, 'in place already', ''),
    ...optional(conflicts, 'LEFT', 'see above'),
    ...optional(lost, 'deleted', 'can not come back'),
  ];
  return [...formatTable(rows, [1]), complete ? 'everything is as it was' : `the journal stays: ${journal}`];
}

function optional(value: number, name: string, detail: string): string[][] {
  return value === 0 ? [] : [[name, count(value), detail]];
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}
