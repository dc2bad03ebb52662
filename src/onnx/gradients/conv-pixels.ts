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
  const weights = splitWeight(builder, problem, { weight, backward: false });
  const products = pairs.map(({ inputs }, at) =>
    gemm(
      builder,
      weights[at] ?? '',
      takePixels(builder, pixels, { places: inputs, channels: groupInputs, of: window.input }),
    ),
  );
  const places = pairs.map((one) => one.outputs);
  return sumAtPlaces(context, products, { places, channels: outputs, sizes: window.output });
}

/** The gradient with respect to the input: [N, inputs, ...]. */
export function spreadPixels(context: NodeContext, problem: ConvShape & { weight: string; gradient: string }): string {
  const { builder } = context;
  const { window, outputs, groupInputs, gradient } = problem;
  const pairs = listPairs(problem);
  const pixels = toPixels(builder, gradient, { channels: outputs, sizes: window.output });
  const weights = splitWeight(builder, problem, { weight: problem.weight, backward: true });
  const products = pairs.map((one, at) => {
    const taken = takePixels(builder, pixels, { places: one.outputs, channels: outputs, of: window.output });
    return gemm(builder, weights[at] ?? '', taken, { transA: true });
  });
  const places = pairs.map((one) => one.inputs);
  return sumAtPlaces(context, products, { places, channels: groupInputs, sizes: window.input });
}

/** The gradient with respect to the weights: [outputs, inputs, ...kernel]. */
export function multiplyPixels(
  { builder }: NodeContext,
  problem: ConvShape & { input: string; gradient: string },
): string {
  const { window, outputs, groupInputs, input, gradient } = problem;
  const before = toPixels(builder, input, { channels: groupInputs, sizes: window.input });
  const after = toPixels(builder, gradient, { channels: outputs, sizes: window.output });
  const products = listPairs(problem).map((pair) => {
    const from = takePixels(builder, before, { places: pair.inputs, channels: groupInputs, of: window.input });
    const to = takePixels(builder, after, { places: pair.outputs, channels: outputs, of: window.output });
    return reshape(builder, gemm(builder, to, from, { transB: true }), [outputs, groupInputs, 1]);
  });
  return reshape(builder, concat(builder, products, 2), [outputs, groupInputs, ...window.kernel]);
}

function listPairs({ window }: ConvShape): Pairs[] {
  return listPixels(window).map((pixels) => {
    const met = [...pixels.entries()].flatMap(([output, input]) => (input === undefined ? [] : [{ input, output }]));
    return { inputs: met.map(({ input }) => input), outputs: met.map(({ output }) => output) };
  });
}

/**
 * A matrix [outputs, inputs] for each offset of the kernel. The gradient splits the weights along another axis than the
 * convolution: onnxruntime would take the same thing twice for one, and keep it in memory in between.
 */
function splitWeight(
  builder: GraphBuilder,
  { window, outputs, groupInputs }: ConvShape,
  { weight, backward }: { weight: string; backward: boolean },
): readonly string[] {
  const offsets = countPixels(window.kernel);
  const matrix = (part: string) => reshape(builder, part, [outputs, groupInputs]);
  if (offsets === 1) return [matrix(weight)];
  const shape = backward ? [outputs * groupInputs, offsets] : [outputs, groupInputs, offsets];
  const sizes = builder.ints(new Array<number>(offsets).fill(1));
  const attributes = { axis: int(shape.length - 1) };
  return builder
    .addMany('Split', [reshape(builder, weight, shape), sizes], { outputs: offsets, attributes })
    .map(matrix);
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
  { builder, node, getType }: NodeContext,
  products: readonly string[],
  { places, channels, sizes }: { places: readonly (readonly number[])[]; channels: number; sizes: readonly number[] },
): string {
  const pixels = countPixels(sizes);
  const parts = products.map((product, at) => reshape(builder, product, [channels, places[at]?.length ?? 0, DYNAMIC]));
  const columns = places.flat();
  const ones = Array.from({ length: pixels }, (_, pixel) => columns.map((place) => (place === pixel ? 1 : 0)));
  const matrix = builder.tensor(getType(node.inputs[0] ?? ''), [pixels, columns.length], ones.flat());
  const map = builder.add('MatMul', [matrix, concat(builder, parts, 1)]);
  return reshape(builder, transpose(builder, map, [2, 0, 1]), [DYNAMIC, channels, ...sizes]);
}
