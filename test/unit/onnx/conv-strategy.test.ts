import { describe, expect, it } from 'vitest';
import { ints } from '../../../src/onnx/attributes.ts';
import { findChannelBlock } from '../../../src/onnx/channel-block.ts';
import { addBlockedConv } from '../../../src/onnx/gradients/conv-blocked.ts';
import type { ConvShape } from '../../../src/onnx/gradients/conv-parts.ts';
import { chooseConvStrategy } from '../../../src/onnx/gradients/conv-strategy.ts';
import { GraphBuilder } from '../../../src/onnx/graph-builder.ts';
import { joinChunks } from '../../../src/onnx/model/encode-message.ts';
import { encodeModel } from '../../../src/onnx/model.ts';
import { openSession } from '../../../src/onnx/runtime/open-session.ts';
import { writeGraph } from '../../../src/onnx/write-graph.ts';
import { relativeDifference } from '../../support/onnx-goldens.ts';

interface Spec {
  readonly inputs: number;
  readonly outputs: number;
  readonly size: number;
  readonly kernel?: number;
  readonly stride?: number;
  readonly groups?: number;
}

/** A convolution of square pictures, padded so that a stride of 1 keeps their size. */
function describeConv({ inputs, outputs, size, kernel = 3, stride = 1, groups = 1 }: Spec): ConvShape {
  const pad = (kernel - 1) / 2;
  const both = (value: number) => [value, value];
  const output = Math.floor((size + 2 * pad - kernel) / stride) + 1;
  const window = {
    ...{ kernel: both(kernel), strides: both(stride), dilations: both(1), padsBefore: both(pad), padsAfter: both(pad) },
    ...{ input: both(size), output: both(output) },
  };
  return { window, groups, outputs, groupInputs: inputs / groups };
}

const CPU = { device: 'cpu', channelBlock: 16 } as const;

describe('how a convolution is trained', () => {
  it.each([
    ['many channels on a small map: by pixels', { inputs: 512, outputs: 512, size: 3 }, { forward: 'pixels' }],
    ['down to a small map: by pixels', { inputs: 256, outputs: 512, size: 6, stride: 2 }, { forward: 'pixels' }],
    [
      'a map as large as its channels: in blocks',
      { inputs: 128, outputs: 128, size: 12 },
      { forward: 'blocked', toInput: 'blocked', toWeight: 'patches' },
    ],
    [
      'channels that leave a block open: flipped',
      { inputs: 24, outputs: 32, size: 24 },
      { forward: 'conv', toInput: 'flipped', toWeight: 'patches' },
    ],
    [
      'strided: transposed',
      { inputs: 64, outputs: 128, size: 24, stride: 2 },
      { forward: 'conv', toInput: 'transposed', toWeight: 'patches' },
    ],
    [
      'few channels under a large kernel: an odd convolution',
      { inputs: 3, outputs: 64, size: 96, kernel: 7, stride: 2 },
      { forward: 'conv', toInput: 'transposed', toWeight: 'conv' },
    ],
    [
      'each channel by itself: sums',
      { inputs: 512, outputs: 512, size: 3, groups: 512 },
      { forward: 'conv', toInput: 'transposed', toWeight: 'sums' },
    ],
  ] as const)('%s', (_what, spec, expected) => {
    expect(chooseConvStrategy(describeConv(spec), CPU)).toEqual(expected);
  });

  it('elsewhere than on the processor by convolutions', () => {
    const shape = describeConv({ inputs: 512, outputs: 512, size: 3 });
    const strategy = chooseConvStrategy(shape, { device: 'webgpu', channelBlock: 16 });
    expect(strategy).toEqual({ forward: 'conv', toInput: 'flipped', toWeight: 'patches' });
  });
});

describe('blocks of channels', () => {
  it('another size than the processor has would be seen', async () => {
    const block = await findChannelBlock();
    expect([undefined, 8, 16]).toContain(block);
    if (block === undefined) return;
    expect(await compareWithOperator(block)).toBeLessThan(1e-6);
    expect(await compareWithOperator(block === 16 ? 8 : 16)).toBeGreaterThan(0.1);
  });
});

/** How far a blocked convolution of 32 channels is from the operator. */
async function compareWithOperator(block: number): Promise<number> {
  const builder = new GraphBuilder(17, ['x', 'w', 'b']);
  const pads = [1, 0, 0, 1];
  const expected = builder.add('Conv', ['x', 'w', 'b'], { kernel_shape: ints([2, 3]), pads: ints(pads) });
  const conv = { input: 'x', weight: 'w', bias: 'b', outputs: 32, inputs: 32, kernel: [2, 3], dilations: [1, 1], pads };
  const blocked = addBlockedConv(builder, conv, block);
  const inputs = [
    { name: 'x', type: 'float32', dims: [2, 32, 4, 5] },
    { name: 'w', type: 'float32', dims: [32, 32, 2, 3] },
    { name: 'b', type: 'float32', dims: [32] },
  ] as const;
  const graph = { opset: 17, inputs, outputs: [expected, blocked], tensors: builder.constants, nodes: builder.nodes };
  await using session = await openSession(joinChunks(encodeModel(writeGraph(graph))), { threads: 1 });
  const feeds = inputs.map(({ name, type, dims }) => {
    const count = dims.reduce<number>((product, size) => product * size, 1);
    return [name, { type, dims, data: Float32Array.from({ length: count }, (_, at) => Math.sin(at * 0.37)) }] as const;
  });
  const results = await session.run(new Map(feeds));
  return relativeDifference(results.get(blocked)!.data, results.get(expected)!.data);
}
