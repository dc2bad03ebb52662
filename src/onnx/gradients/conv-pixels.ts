/**
 * A convolution of many channels on a small map, by offsets of the kernel: the pixels of all samples that lie under an offset
 * are one matrix, [channels, pixels x N], and its products need no more than matrices in a row and copies of whole pixels.
 * What an offset finds in the padding is left out: of 9 x 9 pairs on a map of 3 x 3 pixels 32.
 */
import { int } from '../attributes.ts';
import { concat, gemm, reshape, transpose } from '../emit.ts';
import type { NodeContext } from '../gradient-rule.ts';
import { DYNAMIC } from '../graph.ts';
import type { GraphBuilder } from '../graph-builder.ts';
import type { DataType } from '../model/data-types.ts';
import { type ConvShape, countPixels, listPixels, toPixels } from './conv-parts.ts';

/** The pixels of the input, and of the output that they count for, under one offset of the kernel. */
interface Pairs {
  readonly inputs: readonly number[];
  readonly outputs: readonly number[];
}

/** The convolution without bias: [N, outputs, ...]. */
export function convolvePixels(context: NodeContext, problem: ConvShape & { input: string; weight: string }): string {
  const { builder } = context;
  const { window, outputs, groupInputs, input, weight } = problem;
  const pairs = listPairs(problem);
  const pixels = toPixels(builder, input, { channels: groupInputs, sizes: window.input });
  const weights = splitWeight(builder, problem, weight);
  const products = pairs.map(({ inputs }, at) =>
    gemm(
      builder,
      weights[at] ?? '',
      takePixels(builder, pixels, { places: inputs, channels: groupInputs, of: window.input }),
    ),
  );
  const type = context.getType(input);
  const places = pairs.map((pair) => pair.outputs);
  return sumAtPlaces(builder, products, { type, places, channels: outputs, sizes: window.output });
}

/** What of the gradients is wanted: with respect to the input, [N, inputs, ...], and to the weights, [outputs, inputs, ...]. */
export function differentiatePixels(
  { builder, node, getType }: NodeContext,
  problem: ConvShape & { input: string; weight: string; gradient: string },
  wanted: { input: boolean; weight: boolean },
): { input: string | undefined; weight: string | undefined } {
  const { window, outputs, groupInputs, input, weight, gradient } = problem;
  const pairs = listPairs(problem);
  const type = getType(node.inputs[0] ?? '');
  const pixels = toPixels(builder, gradient, { channels: outputs, sizes: window.output });
  const gradients = pairs.map((pair) =>
    takePixels(builder, pixels, { places: pair.outputs, channels: outputs, of: window.output }),
  );
  return { input: wanted.input ? toInput() : undefined, weight: wanted.weight ? toWeight() : undefined };

  function toInput(): string {
    const weights = splitWeight(builder, problem, weight);
    const products = gradients.map((one, at) => gemm(builder, weights[at] ?? '', one, { transA: true }));
    const places = pairs.map((pair) => pair.inputs);
    return sumAtPlaces(builder, products, { type, places, channels: groupInputs, sizes: window.input });
  }

  function toWeight(): string {
    const all = toPixels(builder, input, { channels: groupInputs, sizes: window.input });
    const products = pairs.map((pair, at) => {
      const taken = takePixels(builder, all, { places: pair.inputs, channels: groupInputs, of: window.input });
      return reshape(builder, gemm(builder, gradients[at] ?? '', taken, { transB: true }), [outputs * groupInputs, 1]);
    });
    return reshape(builder, concat(builder, products, 1), [outputs, groupInputs, ...window.kernel]);
  }
}

function listPairs({ window }: ConvShape): Pairs[] {
  return listPixels({ window }).map((pixels) => {
    const met = [...pixels.entries()].flatMap(([output, input]) => (input === undefined ? [] : [{ input, output }]));
    return { inputs: met.map(({ input }) => input), outputs: met.map(({ output }) => output) };
  });
}

/** A matrix [outputs, inputs] for each offset of the kernel. */
function splitWeight(
  builder: GraphBuilder,
  { window, outputs, groupInputs }: ConvShape,
  weight: string,
): readonly string[] {
  const offsets = countPixels(window.kernel);
  const first = transpose(builder, reshape(builder, weight, [outputs, groupInputs, offsets]), [2, 0, 1]);
  return Array.from({ length: offsets }, (_, at) =>
    builder.add('Gather', [first, builder.scalar(at, 'int64')], { axis: int(0) }),
  );
}

/** [channels, pixels, N] to [channels, places x N]. */
function takePixels(
  builder: GraphBuilder,
  pixels: string,
  { places, channels, of }: { places: readonly number[]; channels: number; of: readonly number[] },
): string {
  const all = places.length === countPixels(of) && places.every((place, at) => place === at);
  const taken = all ? pixels : builder.add('Gather', [pixels, builder.ints(places)], { axis: int(1) });
  return reshape(builder, taken, [channels, DYNAMIC]);
}

/** Adds products [channels, places x N] to a map of zeros, each at its places: one product with a matrix of 0 and 1. */
function sumAtPlaces(
  builder: GraphBuilder,
  products: readonly string[],
  map: {
    type: DataType;
    places: readonly (readonly number[])[];
    channels: number;
    sizes: readonly number[];
  },
): string {
  const { type, places, channels, sizes } = map;
  const parts = products.map((product, at) => reshape(builder, product, [channels, places[at]?.length ?? 0, DYNAMIC]));
  const columns = places.flat();
  const ones = Array.from({ length: countPixels(sizes) }, (_, pixel) => columns.map((at) => (at === pixel ? 1 : 0)));
  const matrix = builder.tensor(type, [ones.length, columns.length], ones.flat());
  const pixels = builder.add('MatMul', [matrix, concat(builder, parts, 1)]);
  return reshape(builder, transpose(builder, pixels, [2, 0, 1]), [DYNAMIC, channels, ...sizes]);
}
