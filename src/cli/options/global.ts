import type { OptionTable } from '../option-table.ts';

/** Options that every command takes. */
export const GLOBAL_OPTIONS = {
  config: {
    type: 'string',
    describe: 'YAML or JSON file that supplies options (of any command) and `inputs`; flags win over it',
    group: 'Every command:',
  },
  json: {
    type: 'boolean',
    describe: 'results as JSON on stdout, progress and messages as JSON lines on stderr',
    group: 'Every command:',
  },
  quiet: { type: 'boolean', describe: 'no progress, only warnings and errors', group: 'Every command:', alias: 'q' },
  verbose: { type: 'boolean', describe: 'every step, and stack traces of errors', group: 'Every command:' },
  help: { type: 'boolean', describe: 'show help', group: 'Every command:', alias: 'h' },
  version: { type: 'boolean', describe: "show slideloom's version", group: 'Every command:' },
} as const satisfies OptionTable;
