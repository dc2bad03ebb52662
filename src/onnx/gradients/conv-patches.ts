import { int } from '../attributes.ts';
import { concat, gemm, pad, reshape, transpose } from '../emit.ts';
import type { NodeContext } from '../gradient-rule.ts';
import { DYNAMIC } from '../graph.ts';
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
  const offsets = listPixels(window);
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
    products.push(
      reshape(builder, gemm(builder, rows, columns, { transB: true }), [groupInputs, group.length, outputs]),
    );
  }
  const turned = transpose(builder, concat(builder, products, 1), [2, 0, 1]);
  return reshape(builder, turned, [outputs, groupInputs, ...window.kernel]);
}
