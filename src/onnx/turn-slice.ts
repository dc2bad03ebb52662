import type { GraphNode } from './graph.ts';
import type { GraphBuilder } from './graph-builder.ts';
import type { Tensor } from './model/tensor.ts';

/** Beyond every index, on either side. */
const FAR = 2 ** 31 - 1;

interface SliceContext {
  readonly builder: GraphBuilder;
  readonly node: GraphNode;
  getConstant(name: string): Tensor | undefined;
}

/**
 * Writes a Slice that goes back from somewhere inside as two: the part forwards, then all of that from its end back. WebGPU
 * (onnxruntime 1.30) begins at the end wherever it is told to.
 * @returns false, and writes nothing, where the node is no such Slice, or its bounds are no constants
 */
export function turnSlice({ builder, node, getConstant }: SliceContext): boolean {
  if (node.op !== 'Slice' || node.domain !== '') return false;
  const [value = '', ...bounds] = node.inputs;
  const [starts, ends, given, steps] = bounds.map((name) => readInts(getConstant(name)));
  const axes = (bounds[2] ?? '') === '' ? starts?.map((_, axis) => axis) : given;
  if (!starts || !ends || !axes || !steps?.some((step, at) => step < 0 && starts[at] !== -1)) return false;
  const isBack = (at: number) => (steps[at] ?? 1) < 0;
  const shift = (bound: number) => (bound === -1 ? FAR : bound + 1);
  const part = builder.add('Slice', [
    value,
    builder.ints(starts.map((start, at) => (isBack(at) ? shift(ends[at] ?? 0) : start))),
    builder.ints(ends.map((end, at) => (isBack(at) ? shift(starts[at] ?? 0) : end))),
    builder.ints(axes),
    builder.ints(steps.map((step) => Math.max(step, 1))),
  ]);
  const back = axes.flatMap((axis, at) => (isBack(at) ? [{ axis, step: steps[at] ?? -1 }] : []));
  const turned = [
    builder.ints(back.map(() => -1)),
    builder.ints(back.map(() => -FAR)),
    builder.ints(back.map(({ axis }) => axis)),
    builder.ints(back.map(({ step }) => step)),
  ];
  builder.append({ ...node, inputs: [part, ...turned] });
  return true;
}

/** Those of 64 bits that stand for "as far as it goes" come nearer. */
function readInts(tensor: Tensor | undefined): number[] | undefined {
  return tensor && Array.from(tensor.data as ArrayLike<number | bigint>, (one) => clamp(Number(one)));
}

function clamp(bound: number): number {
  return Math.min(Math.max(bound, -FAR), FAR - 1);
}
