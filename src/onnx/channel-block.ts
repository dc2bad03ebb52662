import { ints } from './attributes.ts';
import { addBlockedConv } from './gradients/conv-blocked.ts';
import { GraphBuilder } from './graph-builder.ts';
import { joinChunks } from './model/encode-message.ts';
import { encodeModel } from './model.ts';
import { openSession } from './runtime/open-session.ts';
import { writeGraph } from './write-graph.ts';

/** Sizes of blocks that processors have: 16 channels with AVX-512, 8 with AVX. */
const BLOCKS = [16, 8];
const CHANNELS = 32;
const SIZE = 5;
const KERNEL = [3, 3];
const PADS = [1, 1, 1, 1];
/** Sums of 288 products of numbers up to 1, added in another order. */
const TOLERANCE = 1e-4;

let found: Promise<number | undefined> | undefined;

/**
 * How many channels onnxruntime's blocked convolutions take at a time on this processor. Those operators are not for models,
 * and their weights lie differently on each processor: a small convolution is computed in both ways, and only what equals the
 * operator is used. `undefined` where none does.
 */
export function findChannelBlock(): Promise<number | undefined> {
  found ??= search();
  return found;
}

async function search(): Promise<number | undefined> {
  for (const block of BLOCKS) if (await isRight(block)) return block;
  return undefined;
}

async function isRight(block: number): Promise<boolean> {
  const builder = new GraphBuilder(17, ['x', 'w']);
  const expected = builder.add('Conv', ['x', 'w'], { kernel_shape: ints(KERNEL), pads: ints(PADS) });
  const blocked = addBlockedConv(
    builder,
    {
      ...{ input: 'x', weight: 'w', outputs: CHANNELS, inputs: CHANNELS },
      ...{ kernel: KERNEL, dilations: [1, 1], pads: PADS },
    },
    block,
  );
  const x = { name: 'x', type: 'float32', dims: [1, CHANNELS, SIZE, SIZE] } as const;
  const w = { name: 'w', type: 'float32', dims: [CHANNELS, CHANNELS, ...KERNEL] } as const;
  const graph = {
    opset: 17,
    inputs: [x, w],
    outputs: [expected, blocked],
    tensors: builder.constants,
    nodes: builder.nodes,
  };
  try {
    await using session = await openSession(joinChunks(encodeModel(writeGraph(graph))), { threads: 1 });
    const feeds = new Map([x, w].map(({ name, type, dims }) => [name, { type, dims, data: createWave(dims) }]));
    const results = await session.run(feeds);
    const [one, other] = [expected, blocked].map((name) => results.get(name)?.data as Float32Array);
    return (
      one !== undefined &&
      other !== undefined &&
      one.every((value, at) => Math.abs(value - (other[at] ?? Number.NaN)) < TOLERANCE)
    );
  } catch {
    // What refuses the operators has none.
    return false;
  }
}

/** Values of which no two channels have the same. */
function createWave(dims: readonly number[]): Float32Array<ArrayBuffer> {
  const count = dims.reduce((product, size) => product * size, 1);
  return Float32Array.from({ length: count }, (_, at) => Math.sin(at * 0.37));
}
