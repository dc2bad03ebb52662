import { defineCommand } from '../define-command.ts';
import type { OptionTable } from '../option-table.ts';

const DOCTOR_OPTIONS = {
  out: {
    type: 'string',
    describe: 'folder whose disk is looked at: where outputs are to go',
    default: 'the working folder',
    group: 'Doctor:',
    alias: 'o',
  },
} as const satisfies OptionTable;

export const doctorCommand = defineCommand({
  name: 'doctor',
  usage: '[options]',
  describe: 'Check that this machine can run slideloom, and say what to do where it can not',
  details: ['Each line is ok, warn or fail; the exit code is 1 where something that is required fails.'],
  examples: [
    { command: 'doctor', describe: 'this machine' },
    { command: 'doctor --out /data/patches --json', describe: 'with the disk of an output folder, for a program' },
  ],
  inputs: 'none',
  options: DOCTOR_OPTIONS,
  async run({ out = '.' }, context) {
    const { showChecks } = await import('./doctor/show-checks.ts');
    return showChecks({ out }, context);
  },
});
