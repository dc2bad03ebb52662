import { COLLECT_DEFAULTS, COLLISION_POLICIES } from '../../utils/extract/options.ts';
import { defineCommand } from '../define-command.ts';
import type { OptionTable } from '../option-table.ts';

const group = 'Collecting:';

const COLLECT_OPTIONS = {
  out: { type: 'string', describe: 'folder that the files are moved into; made when missing', group, alias: 'o' },
  ext: {
    type: 'strings',
    describe: 'ends of names of the files to move, in any case: svs,ndpi,ome.tif',
    group,
  },
  logSuffix: {
    type: 'strings',
    describe: 'ends of names of log files, such as .log,_run.txt; they go to --logs, also where --ext fits them',
    group,
  },
  logs: { type: 'string', describe: 'folder for log files', default: 'OUT/logs', group },
  onCollision: {
    type: 'string',
    choices: COLLISION_POLICIES,
    describe:
      'a file whose name is taken: leave it, with exit code 1; move it as name_1.svs; or leave it. One of the same ' +
      'content stays in any case and is told',
    default: COLLECT_DEFAULTS.onCollision,
    group,
  },
  dryRun: { type: 'boolean', describe: 'list what would be done; changes nothing', group },
  removeEmpty: { type: 'boolean', describe: 'remove folders of the source that are empty in the end', group },
  deleteUnmatched: {
    type: 'boolean',
    describe: 'delete all files whose names fit neither; lists them, and needs --yes. It can not be undone',
    group,
  },
  yes: { type: 'boolean', describe: 'do what --delete-unmatched lists', group },
  undo: { type: 'string', describe: 'journal of a collection: move its files back to where they were', group },
} as const satisfies OptionTable;

export const collectCommand = defineCommand({
  name: 'collect',
  usage: 'FOLDER --out DIR --ext EXTENSIONS [options]',
  describe: 'Move slides and log files out of a tree of folders into one, with a journal to undo it',
  details: [
    'Moves by rename and deletes nothing. On another file system a file is copied, synced, compared by SHA-256 and only then ' +
      'removed. Links are not followed; targets inside FOLDER are not searched. What was done stands in ' +
      'OUT/collect-journal.jsonl; a run that was killed is taken up by the same command.',
    'Slides of several files (MIRAX, VMS, DICOM) would be torn from their parts: move their folders instead.',
  ],
  examples: [
    { command: 'collect scans/ --out slides/ --ext svs,ndpi --dry-run', describe: 'what would be moved' },
    { command: 'collect scans/ --out slides/ --ext ome.tif --log-suffix .log', describe: 'logs go to slides/logs' },
    {
      command: 'collect scans/ --out slides/ --ext svs --on-collision suffix --remove-empty',
      describe: 'equal names get numbers, empty folders go',
    },
    { command: 'collect --undo slides/collect-journal.jsonl', describe: 'everything back' },
  ],
  inputs: 'any',
  options: COLLECT_OPTIONS,
  async run(args, context) {
    const { runCollect } = await import('./collect/run-collect.ts');
    return runCollect(args, context);
  },
});
