import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readSafetensors } from '../../src/io/safetensors/read-safetensors.ts';
import type { Tensor } from '../../src/io/safetensors/tensor.ts';
import { writeSafetensors } from '../../src/io/safetensors/write-safetensors.ts';
import { describeWithShared, ROOT, sharedPath, skipLoudly } from '../support/shared-data.ts';
import { useScratch } from '../unit/utils/fixtures/scratch.ts';

/** Debian's interpreter: python3-numpy belongs to it. */
const PYTHON = '/usr/bin/python3';
const SCRIPT = join(ROOT, 'test/golden/safetensors_oracle.py');
const scratch = useScratch();

interface Theirs {
  metadata: Record<string, string>;
  tensors: Record<string, { type: string; shape: number[]; values: number[] }>;
}

function readWithNumpy(path: string): Theirs {
  const { status, stdout, stderr } = spawnSync(PYTHON, [SCRIPT, path], { encoding: 'utf8', maxBuffer: 2 ** 26 });
  if (status !== 0) throw new Error(`NumPy failed: ${stderr}`);
  return JSON.parse(stdout) as Theirs;
}

function describeWithNumpy(name: string, factory: () => void): void {
  if (spawnSync(PYTHON, ['-c', 'import numpy']).status === 0) describe(name, factory);
  else skipLoudly(name, 'python3-numpy');
}

describeWithNumpy('our safetensors files, read by NumPy', () => {
  test('types, shapes, values and metadata', async () => {
    const path = join(scratch(), 'ours.safetensors');
    const tensors = new Map<string, Tensor>([
      ['w/conv.weight', { type: 'F32', shape: [2, 1, 3], data: Float32Array.of(1, -2.5, 3e-8, 4, 5, 6) }],
      ['half', { type: 'F16', shape: [2], data: Uint16Array.of(0x3c00, 0xc100) }],
      ['index', { type: 'I64', shape: [2], data: BigInt64Array.of(-1n, 2n ** 40n) }],
      ['pi', { type: 'F64', shape: [], data: Float64Array.of(Math.PI) }],
      ['mask', { type: 'U8', shape: [3], data: Uint8Array.of(0, 128, 255) }],
    ]);
    await writeSafetensors(path, tensors, { note: 'µm' });
    expect(readWithNumpy(path)).toEqual({
      metadata: { note: 'µm' },
      tensors: {
        'w/conv.weight': { type: 'F32', shape: [2, 1, 3], values: [1, -2.5, Math.fround(3e-8), 4, 5, 6] },
        half: { type: 'F16', shape: [2], values: [1, -2.5] },
        index: { type: 'I64', shape: [2], values: [-1, 2 ** 40] },
        pi: { type: 'F64', shape: [], values: [Math.PI] },
        mask: { type: 'U8', shape: [3], values: [0, 128, 255] },
      },
    });
  });
});

describeWithShared('safetensors files that Python wrote', () => {
  test('names, shapes and values as NumPy reads them', async () => {
    const path = sharedPath('golden', 'onnx', 'abmil-mini.safetensors');
    const theirs = readWithNumpy(path);
    const ours = await readSafetensors(path);
    expect([...ours.tensors.keys()].sort()).toEqual(Object.keys(theirs.tensors).sort());
    for (const [name, { type, shape, data }] of ours.tensors)
      expect({ type, shape, values: Array.from(data, Number) }).toEqual(theirs.tensors[name]);
  });
});
