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
  onnx: {
    type: 'boolean',
    describe: "onnxruntime instead: its providers, their operators against right values, its sessions' memory",
    group: 'Doctor:',
  },
} as const satisfies OptionTable;

export const doctorCommand = defineCommand({
  name: 'doctor',
  usage: '[options]',
  describe: 'Check that this machine can run slideloom, and say what to do where it can not',
  details: [
    'Each line is ok, warn or fail; the exit code is 1 where something that is required fails.',
    '--onnx runs some 150 forms of operators on each provider of onnxruntime that works here (processor, WebGPU, CUDA), in ' +
      'processes of their own, against values computed without it. The exit code is 1 where one that slideloom uses is wrong.',
  ],
  examples: [
    { command: 'doctor', describe: 'this machine' },
    { command: 'doctor --onnx', describe: 'what computes models here, and whether it does so rightly' },
    { command: 'doctor --out /data/patches --json', describe: 'with the disk of an output folder, for a program' },
  ],
  inputs: 'none',
  options: DOCTOR_OPTIONS,
  async run({ out = '.', onnx = false }, context) {
    if (onnx) {
      const { showOnnx } = await import('./doctor/show-onnx.ts');
      return showOnnx(context);
    }
    const { showChecks } = await import('./doctor/show-checks.ts');
    return showChecks({ out }, context);
  },
});
