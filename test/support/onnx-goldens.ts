import { readFileSync } from 'node:fs';
import { parseSafetensors } from '../../src/io/safetensors/parse-safetensors.ts';
import type { DataType, TensorData } from '../../src/onnx/model/data-types.ts';
import type { Tensor } from '../../src/onnx/model/tensor.ts';
import { sharedPath } from './shared-data.ts';

/** The models of shared/golden/onnx. */
export const ONNX_GOLDENS = ['abmil', 'cnn-bn', 'cnn-gn', 'misc', 'randla', 'vit'] as const;
export type OnnxGoldenName = (typeof ONNX_GOLDENS)[number];

const TYPES: Readonly<Record<string, DataType>> = { F32: 'float32', F64: 'float64', I64: 'int64' };

/** What torch made of one model. */
export interface OnnxGolden {
  readonly model: string;
  readonly inputs: Map<string, Tensor>;
  readonly target: Tensor;
  readonly loss: number;
  readonly output: Tensor;
  readonly gradients: Map<string, Tensor>;
  /** Running statistics before and after the step. */
  readonly before: Map<string, Tensor>;
  readonly after: Map<string, Tensor>;
}

export function readOnnxGolden(name: OnnxGoldenName): OnnxGolden {
  const tensors = readTensors(sharedPath('golden', 'onnx', `${name}-mini.safetensors`));
  const pick = (prefix: string) =>
    new Map(
      [...tensors].filter(([key]) => key.startsWith(prefix)).map(([key, one]) => [key.slice(prefix.length), one]),
    );
  return {
    model: sharedPath('golden', 'onnx', `${name}-mini.onnx`),
    inputs: pick('in.'),
    target: tensors.get('target')!,
    loss: Number(tensors.get('loss')!.data[0]),
    output: tensors.get('y')!,
    gradients: pick('grad.'),
    before: pick('buf0.'),
    after: pick('buf.'),
  };
}

function readTensors(path: string): Map<string, Tensor> {
  const { tensors } = parseSafetensors(readFileSync(path), path);
  return new Map(
    [...tensors].map(([name, { type, shape, data }]) => [
      name,
      { type: TYPES[type]!, dims: shape, data: data as TensorData },
    ]),
  );
}

/** |a - b| / |b| over all elements, in float64; where |b| is 0, |a|. */
export function relativeDifference(a: TensorData, b: TensorData): number {
  let difference = 0;
  let size = 0;
  for (let index = 0; index < b.length; index++) {
    difference += (Number(a[index]) - Number(b[index])) ** 2;
    size += Number(b[index]) ** 2;
  }
  return Math.sqrt(difference) / (size === 0 ? 1 : Math.sqrt(size));
}

/** Euclidean length. */
export function getNorm(a: TensorData): number {
  let size = 0;
  for (const value of a) size += Number(value) ** 2;
  return Math.sqrt(size);
}
