import type { Tensor } from '../../src/onnx/model/tensor.ts';
import { createPattern, createTinyModel } from './tiny-models.ts';

const integers = (...values: number[]): Tensor => ({
  type: 'int64',
  dims: [values.length],
  data: BigInt64Array.from(values, BigInt),
});

/**
 * A vision transformer's beginning: pictures [batch, 3, side, side] in squares of 8 pixels, `special` tokens before theirs. Outputs:
 * `tokens` [batch, tokens, 4], `maps` [batch, 4, side / 8, side / 8] and `vector` [batch, 4].
 */
export function createTinyBackbone({ side = 32, special = 1, batch = 'batch' as number | string } = {}): Uint8Array {
  const grid = (side / 8) ** 2;
  return createTinyModel({
    inputs: { pixels: [batch, 3, side, side] },
    outputs: ['tokens', 'maps', 'vector'],
    tensors: {
      weight: createPattern(4, 3, 8, 8),
      first: createPattern(1, special, 4),
      flat: integers(0, 4, grid),
      axes: integers(1),
    },
    nodes: [
      ['Conv', ['pixels', 'weight'], ['maps'], { strides: { kind: 'ints', value: [8, 8] } }],
      [
        'ReduceMean',
        ['maps'],
        ['vector'],
        { axes: { kind: 'ints', value: [2, 3] }, keepdims: { kind: 'int', value: 0 } },
      ],
      ['Reshape', ['maps', 'flat'], ['rows']],
      ['Transpose', ['rows'], ['patches'], { perm: { kind: 'ints', value: [0, 2, 1] } }],
      // The special tokens see the picture too: its mean is added to them.
      ['Unsqueeze', ['vector', 'axes'], ['seen']],
      ['Add', ['seen', 'first'], ['specials']],
      ['Concat', ['specials', 'patches'], ['tokens'], { axis: { kind: 'int', value: 1 } }],
    ],
  });
}
