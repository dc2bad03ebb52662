import { getNumbers, getText } from './attributes.ts';
import { createUnsupported } from './emit.ts';
import type { NodeContext } from './gradient-rule.ts';
import { DYNAMIC } from './graph.ts';

/** The sliding window of a convolution or a pooling, by spatial axis. */
export interface Window {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly padsBefore: readonly number[];
  readonly padsAfter: readonly number[];
  /** Spatial sizes of what the window slides over, and of what comes out. */
  readonly input: readonly number[];
  readonly output: readonly number[];
}

/**
 * Reads a node's window, with automatic padding as numbers.
 * @param names of the values that the window slides over and gives: for a transposed convolution its output and its input
 * @throws OperatorError where spatial sizes vary
 */
export function readWindow(
  context: NodeContext,
  { from, to, kernel }: { from: string; to: string; kernel: readonly number[] },
): Window {
  const { node, getDims } = context;
  const input = getDims(from).slice(2);
  const output = getDims(to).slice(2);
  if ([...input, ...output, ...kernel].includes(DYNAMIC))
    throw createUnsupported(context, 'over pictures whose size varies: give their size (option sizes)');
  const ones = kernel.map(() => 1);
  const strides = getNumbers(node, 'strides') ?? ones;
  const dilations = getNumbers(node, 'dilations') ?? ones;
  const mode = getText(node, 'auto_pad', 'NOTSET');
  const pads = getNumbers(node, 'pads') ?? kernel.flatMap(() => [0, 0]);
  let padsBefore = pads.slice(0, kernel.length);
  let padsAfter = pads.slice(kernel.length);
  // A transposed convolution that is told the size of its output finds its padding itself, as SAME does.
  const isFitted = getNumbers(node, 'output_shape') !== undefined;
  if (mode === 'VALID' && !isFitted) padsBefore = padsAfter = kernel.map(() => 0);
  else if (mode !== 'NOTSET' || isFitted) {
    const added = getNumbers(node, 'output_padding') ?? [];
    const total = kernel.map((size, axis) => {
      const reach = ((output[axis] ?? 1) - 1) * (strides[axis] ?? 1) + (size - 1) * (dilations[axis] ?? 1) + 1;
      return Math.max(0, reach + (added[axis] ?? 0) - (input[axis] ?? 1));
    });
    const smaller = total.map((sum) => Math.floor(sum / 2));
    const larger = total.map((sum) => Math.ceil(sum / 2));
    [padsBefore, padsAfter] = mode === 'SAME_UPPER' ? [smaller, larger] : [larger, smaller];
  }
  return { kernel, strides, dilations, padsBefore, padsAfter, input, output };
}

/** What is left over of the input behind the last position of the window, by axis: below the stride, or below 0. */
export function getRemainder(window: Window): number[] {
  const { kernel, strides, dilations, padsBefore, padsAfter, input, output } = window;
  return kernel.map((size, axis) => {
    const reach = ((output[axis] ?? 1) - 1) * (strides[axis] ?? 1) + (size - 1) * (dilations[axis] ?? 1) + 1;
    return (input[axis] ?? 1) + (padsBefore[axis] ?? 0) + (padsAfter[axis] ?? 0) - reach;
  });
}

/** A window that hangs over the end, as rounding up lets it, is one over more padding. */
export function closeWindow(window: Window): Window {
  const over = getRemainder(window).map((size) => Math.max(0, -size));
  return { ...window, padsAfter: window.padsAfter.map((size, axis) => size + (over[axis] ?? 0)) };
}

/** Offsets of a kernel, last axis fastest. */
export function listOffsets({ kernel }: Window): number[][] {
  return kernel.reduce<number[][]>(
    (all, size) => all.flatMap((offset) => Array.from({ length: size }, (_, at) => [...offset, at])),
    [[]],
  );
}
