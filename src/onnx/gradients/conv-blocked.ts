import { int, ints } from '../attributes.ts';
import { reshape, transpose } from '../emit.ts';
import type { GraphBuilder } from '../graph-builder.ts';

/** Operators with channels in blocks, that onnxruntime has for its own rewriting of graphs. */
const DOMAIN = 'com.microsoft.nchwc';

/** A convolution of pictures with stride 1 and one group. */
export interface BlockedConv {
  readonly input: string;
  readonly weight: string;
  /** [outputs] */
  readonly bias?: string | undefined;
  /** Both are multiples of the block. */
  readonly outputs: number;
  readonly inputs: number;
  readonly kernel: readonly number[];
  readonly dilations: readonly number[];
  /** Before each axis, then behind each. */
  readonly pads: readonly number[];
}

/**
 * A convolution on channels in blocks of `block`, the processor's (`channel-block.ts`): a fifth to a third faster than the
 * operator, which copies patches for each sample. Input and output are as the operator has them.
 */
export function addBlockedConv(builder: GraphBuilder, conv: BlockedConv, block: number): string {
  const { input, weight, bias, outputs, inputs, kernel, dilations, pads } = conv;
  const parts = reshape(builder, weight, [outputs / block, block, inputs / block, block, ...kernel]);
  const blocked = reshape(builder, transpose(builder, parts, [0, 2, 4, 5, 3, 1]), [outputs, inputs, ...kernel]);
  const operands = [add(builder, 'ReorderInput', [input], {}), blocked];
  if (bias !== undefined) operands.push(bias);
  const result = add(builder, 'Conv', operands, {
    kernel_shape: ints(kernel),
    strides: ints([1, 1]),
    dilations: ints(dilations),
    pads: ints(pads),
    group: int(1),
  });
  return add(builder, 'ReorderOutput', [result], { channels: int(outputs) });
}

function add(
  builder: GraphBuilder,
  op: string,
  inputs: readonly string[],
  attributes: Parameters<GraphBuilder['add']>[2],
): string {
  const output = builder.createName();
  builder.append({ op, domain: DOMAIN, name: '', inputs, outputs: [output], attributes: attributes ?? {} });
  return output;
}
