import { int } from '../attributes.ts';
import { concat, gemm, pad, reshape, transpose } from '../emit.ts';
import type { NodeContext } from '../gradient-rule.ts';
import { DYNAMIC } from '../graph.ts';
import type { GraphBuilder } from '../graph-builder.ts';
import { type ConvShape, countPixels, listPixels, toPixels } from './conv-parts.ts';

/** Offsets of the kernel share a product until it has so many rows: fewer leave the other factor to be packed too often. */
const ROWS = 192;

/**
 * The gradient of a convolution with respect to its weights: what lies under some offsets of the kernel at all positions of
 * the window, [inputs x offsets, positions x N], times the gradient.
 */
export function multiplyPatches(
  { builder }: NodeContext,
  { window, outputs, groupInputs, input, gradient }: ConvShape & { input: string; gradient: string },
): string {
  const offsets = listPixels({ window });
  const beyond = countPixels(window.input);
  const pixels = toPixels(builder, input, { channels: groupInputs, sizes: window.input });
  // The padding is one more pixel, of zeros.
  const isPadded = offsets.flat().includes(undefined);
  const padded = isPadded ? pad(builder, pixels, [0, 0, 0], [0, 1, 0]) : pixels;
  const columns = reshape(builder, toPixels(builder, gradient, { channels: outputs, sizes: window.output }), [
    outputs,
    DYNAMIC,
  ]);
  const shared = Math.ceil(ROWS / groupInputs);
  const products: string[] = [];
  for (let first = 0; first < offsets.length; first += shared) {
    const group = offsets.slice(first, first + shared);
    const places = builder.ints(group.flat().map((pixel) => pixel ?? beyond));
    const patches = builder.add('Gather', [padded, places], { axis: int(1) });
    const rows = reshape(builder, patches, [groupInputs * group.length, DYNAMIC]);
    products.push(multiplyRows(builder, { rows, columns, outputs, groupInputs, offsets: group.length }));
  }
  return reshape(builder, concat(builder, products, 2), [outputs, groupInputs, ...window.kernel]);
}

/**
 * [outputs, inputs, offsets]. The longer factor comes first: threads then share its rows, which leaves the order of each sum, and
 * so its bits, as one thread has it.
 */
function multiplyRows(
  builder: GraphBuilder,
  product: { rows: string; columns: string; outputs: number; groupInputs: number; offsets: number },
): string {
  const { rows, columns, outputs, groupInputs, offsets } = product;
  if (groupInputs * offsets < outputs)
    return reshape(builder, gemm(builder, columns, rows, { transB: true }), [outputs, groupInputs, offsets]);
  const turned = reshape(builder, gemm(builder, rows, columns, { transB: true }), [groupInputs, offsets, outputs]);
  return transpose(builder, turned, [2, 0, 1]);
}
