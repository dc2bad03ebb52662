import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { sharp } from '../../src/io/codec/sharp.ts';
import type { Attributes } from '../../src/onnx/graph.ts';
import type { Tensor } from '../../src/onnx/model/tensor.ts';
import { createTinyModel } from './tiny-models.ts';

/** The network and the pictures of test/golden/predict_cnn.py. */
export const CNN_SIDE = 16;
export const CNN_PICTURES = 24;
export const CNN_NORMALIZATION = { mean: [0.5, 0.4, 0.6], std: [0.25, 0.2, 0.3] };

function pattern(dims: readonly number[], scale: number, offset = 0): Tensor {
  const count = dims.reduce((a, b) => a * b, 1);
  const data = Float32Array.from(
    { length: count },
    (_, at) => offset + Math.fround(Math.sin(at * 1.7 + count) * scale),
  );
  return { type: 'float32', dims, data };
}

const weight = (dims: readonly number[], factor = 1) =>
  pattern(dims, factor / Math.sqrt(dims.slice(1).reduce((a, b) => a * b, 1)));
const ints = (...value: number[]): Attributes[string] => ({ kind: 'ints', value });

type Nodes = Parameters<typeof createTinyModel>[0]['nodes'];

/** Three by three convolution and batch normalisation by running statistics. */
function block(name: string, input: string, stride: number): Nodes {
  const attributes = { kernel_shape: ints(3, 3), pads: ints(1, 1, 1, 1), strides: ints(stride, stride) };
  const parameters = ['scale', 'bias', 'mean', 'variance'].map((part) => `${name}.${part}`);
  return [
    ['Conv', [input, `${name}.weight`], [`${name}.conv`], attributes],
    ['BatchNormalization', [`${name}.conv`, ...parameters], [`${name}.norm`]],
  ];
}

function blockTensors(name: string, inputs: number, outputs: number): Record<string, Tensor> {
  return {
    [`${name}.weight`]: weight([outputs, inputs, 3, 3]),
    [`${name}.scale`]: pattern([outputs], 0.3, 1),
    [`${name}.bias`]: pattern([outputs], 0.2),
    [`${name}.mean`]: pattern([outputs], 0.3),
    [`${name}.variance`]: pattern([outputs], 0.5, 1),
  };
}

/** @param batch a name, or a size that is fixed */
export function createPredictCnn(batch: string | number = 'batch'): Uint8Array {
  return createTinyModel({
    inputs: { images: [batch, 3, CNN_SIDE, CNN_SIDE] },
    outputs: ['logits'],
    nodes: [
      ...block('a', 'images', 1),
      ['Relu', ['a.norm'], ['a.relu']],
      ['MaxPool', ['a.relu'], ['pool'], { kernel_shape: ints(2, 2), strides: ints(2, 2) }],
      ...block('b', 'pool', 1),
      ['Relu', ['b.norm'], ['b.relu']],
      ...block('c', 'b.relu', 1),
      ['Add', ['c.norm', 'pool'], ['sum']],
      ['Relu', ['sum'], ['c.relu']],
      ...block('d', 'c.relu', 2),
      ['Relu', ['d.norm'], ['d.relu']],
      ['GlobalAveragePool', ['d.relu'], ['mean']],
      ['Flatten', ['mean'], ['flat']],
      ['Gemm', ['flat', 'fc.weight', 'fc.bias'], ['logits'], { transB: { kind: 'int', value: 1 } }],
    ],
    tensors: {
      ...blockTensors('a', 3, 8),
      ...blockTensors('b', 8, 8),
      ...blockTensors('c', 8, 8),
      ...blockTensors('d', 8, 16),
      'fc.weight': weight([3, 16], 12),
      'fc.bias': pattern([3], 0.1),
    },
  });
}

/** Levels of a picture, RGB. */
export function createCnnPicture(k: number): Uint8Array {
  return Uint8Array.from(
    { length: CNN_SIDE * CNN_SIDE * 3 },
    (_, i) => (Math.floor(i / 3) * (k + 1) + 85 * (i % 3) * (k % 4)) % 256,
  );
}

/** All pictures as PNG files. */
export async function writeCnnPictures(folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  for (let k = 0; k < CNN_PICTURES; k++)
    await sharp(createCnnPicture(k), { raw: { width: CNN_SIDE, height: CNN_SIDE, channels: 3 } })
      .png()
      .toFile(join(folder, `${String(k).padStart(2, '0')}.png`));
}
