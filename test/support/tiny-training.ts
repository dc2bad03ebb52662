import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sharp } from '../../src/io/codec/sharp.ts';
import type { Attributes } from '../../src/onnx/graph.ts';
import { createSeededRandom } from './seeded-random.ts';
import { createPattern, createTinyModel } from './tiny-models.ts';

export const TINY_SIDE = 12;

export interface TinyTraining {
  readonly folder: string;
  /** Its pictures are of `patients` patients, half of them of class 1. */
  readonly table: string;
  readonly model: string;
  readonly rows: readonly TinyRow[];
}

export interface TinyRow {
  readonly path: string;
  readonly label: number;
  readonly patient: string;
}

const ints = (...value: number[]): Attributes[string] => ({ kind: 'ints', value });

export interface TinyClassifier {
  /** In place of Relu behind the batch normalisation. */
  readonly activation?: string;
  /** Behind the logits. */
  readonly last?: string | undefined;
}

/** Convolution, batch normalisation, mean over the picture, two logits. */
export function createTinyClassifier({ activation = 'Relu', last }: TinyClassifier = {}): Uint8Array {
  const ones = { type: 'float32' as const, dims: [4], data: new Float32Array(4).fill(1) };
  const zeros = { type: 'float32' as const, dims: [4], data: new Float32Array(4) };
  return createTinyModel({
    inputs: { images: ['batch', 3, TINY_SIDE, TINY_SIDE] },
    outputs: ['logits'],
    nodes: [
      ['Conv', ['images', 'conv.weight'], ['c'], { kernel_shape: ints(3, 3), pads: ints(1, 1, 1, 1) }],
      [
        'BatchNormalization',
        ['c', 'bn.weight', 'bn.bias', 'bn.running_mean', 'bn.running_var'],
        ['b', 'mean', 'var'],
        { training_mode: { kind: 'int', value: 1 } },
      ],
      [activation, ['b'], ['r']],
      ['GlobalAveragePool', ['r'], ['p']],
      ['Flatten', ['p'], ['f']],
      ['Gemm', ['f', 'fc.weight', 'fc.bias'], [last ? 'g' : 'logits'], { transB: { kind: 'int', value: 1 } }],
      ...(last ? [[last, ['g'], ['logits']] as const] : []),
    ],
    tensors: {
      'conv.weight': createPattern(4, 3, 3, 3),
      'bn.weight': ones,
      'bn.bias': zeros,
      'bn.running_mean': zeros,
      'bn.running_var': ones,
      'fc.weight': createPattern(2, 4),
      'fc.bias': createPattern(2),
    },
  });
}

/** Pictures of two classes that differ a little in colour, a table, and a model. */
export async function createTinyTraining(folder: string, { pictures = 40, patients = 10 } = {}): Promise<TinyTraining> {
  const random = createSeededRandom(11);
  mkdirSync(join(folder, 'pictures'), { recursive: true });
  const rows: TinyRow[] = [];
  for (let k = 0; k < pictures; k++) {
    const patient = k % patients;
    const label = patient % 2;
    const data = new Uint8Array(TINY_SIDE * TINY_SIDE * 3);
    for (let i = 0; i < data.length; i++) data[i] = random.integer(60, 190) + (i % 3 === 0 ? label * 25 : 0);
    const path = join('pictures', `${k}.png`);
    await sharp(data, { raw: { width: TINY_SIDE, height: TINY_SIDE, channels: 3 } })
      .png()
      .toFile(join(folder, path));
    rows.push({ path, label, patient: `p${patient}` });
  }
  const table = join(folder, 'train.csv');
  writeTable(table, rows);
  const model = join(folder, 'tiny.onnx');
  writeFileSync(model, createTinyClassifier());
  return { folder, table, model, rows };
}

export function writeTable(
  path: string,
  rows: readonly { path: string; label: number | string; patient?: string }[],
): void {
  const lines = rows.map(({ path: file, label, patient = '' }) => `${file},${label},${patient}\n`);
  writeFileSync(path, `path,label,patient\n${lines.join('')}`);
}
