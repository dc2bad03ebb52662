import type { OptionTable } from '../../option-table.ts';

const group = 'Run:';

/** Threads of whatever runs a classifier. */
export const THREAD_OPTIONS = {
  workers: { type: 'number', describe: 'threads that read pictures; 0 for none', default: 2, group },
  threads: { type: 'number', describe: 'threads of onnxruntime', default: 'one a core', group },
} as const satisfies OptionTable;
