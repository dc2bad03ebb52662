/** Small pieces of graph that rules share. Axes count from 0; where ONNX changed an operator, the builder's opset decides. */
import { OperatorError } from '../utils/errors.ts';
import { float, int, ints } from './attributes.ts';
import type { NodeContext } from './gradient-rule.ts';
import { type Dims, DYNAMIC, describeNode } from './graph.ts';
import type { GraphBuilder } from './graph-builder.ts';
import type { DataType } from './model/data-types.ts';

/** From here on the axes of ReduceMean, ReduceMax and their like are an input. */
const REDUCE_AXES_INPUT = 18;

/** The error of a form of an operator that has no gradient here. */
export function createUnsupported({ node }: NodeContext, what: string): OperatorError {
  return new OperatorError(node.op, describeNode(node), `no gradient is known of it ${what}`, {
    hint: 'write that part of the model in other operators, or train only what comes after it',
  });
}

/** Sums over axes, which stay with size 1 where `keep` says so. Nothing to do without axes. */
export function reduceSum(builder: GraphBuilder, value: string, axes: readonly number[], keep = true): string {
  if (axes.length === 0) return value;
  return builder.add('ReduceSum', [value, builder.ints(axes)], { keepdims: int(keep ? 1 : 0) });
}

export function reduceMean(builder: GraphBuilder, value: string, axes: readonly number[], keep = true): string {
  return reduceBy(builder, 'ReduceMean', { value, axes, keep });
}

export function reduceMax(builder: GraphBuilder, value: string, axes: readonly number[], keep = true): string {
  return reduceBy(builder, 'ReduceMax', { value, axes, keep });
}

export function reduceSumSquare(builder: GraphBuilder, value: string, axes: readonly number[], keep = true): string {
  return reduceBy(builder, 'ReduceSumSquare', { value, axes, keep });
}

function reduceBy(
  builder: GraphBuilder,
  op: string,
  { value, axes, keep }: { value: string; axes: readonly number[]; keep: boolean },
): string {
  const keepdims = int(keep ? 1 : 0);
  if (builder.opset >= REDUCE_AXES_INPUT) return builder.add(op, [value, builder.ints(axes)], { keepdims });
  return builder.add(op, [value], { axes: ints(axes), keepdims });
}

export function transpose(builder: GraphBuilder, value: string, perm: readonly number[]): string {
  if (perm.every((axis, index) => axis === index)) return value;
  return builder.add('Transpose', [value], { perm: ints(perm) });
}

export function concat(builder: GraphBuilder, values: readonly string[], axis: number): string {
  return values.length === 1 && values[0] !== undefined
    ? values[0]
    : builder.add('Concat', values, { axis: int(axis) });
}

/** Part of a value along some axes; `ends` are exclusive. */
export function slice(
  builder: GraphBuilder,
  value: string,
  range: { axes: readonly number[]; starts: readonly number[]; ends: readonly number[]; steps?: readonly number[] },
): string {
  const inputs = [value, builder.ints(range.starts), builder.ints(range.ends), builder.ints(range.axes)];
  if (range.steps) inputs.push(builder.ints(range.steps));
  return builder.add('Slice', inputs);
}

/** Zeros around a value: `before` and `after` for each axis, negative ones crop. */
export function pad(builder: GraphBuilder, value: string, before: readonly number[], after: readonly number[]): string {
  if ([...before, ...after].every((size) => size === 0)) return value;
  return builder.add('Pad', [value, builder.ints([...before, ...after])]);
}

export function unsqueeze(builder: GraphBuilder, value: string, axes: readonly number[]): string {
  return axes.length === 0 ? value : builder.add('Unsqueeze', [value, builder.ints(axes)]);
}

export function squeeze(builder: GraphBuilder, value: string, axes: readonly number[]): string {
  return axes.length === 0 ? value : builder.add('Squeeze', [value, builder.ints(axes)]);
}

/** A value in another shape; one size may be `DYNAMIC`, which is then what remains. */
export function reshape(builder: GraphBuilder, value: string, dims: Dims): string {
  return builder.add('Reshape', [value, builder.ints(dims)]);
}

/** The shape of a forward value as int64: a constant where it does not vary. */
export function shapeOf({ builder, getDims }: NodeContext, name: string): string {
  const dims = getDims(name);
  return dims.includes(DYNAMIC) ? builder.add('Shape', [name]) : builder.ints(dims);
}

/** How many elements a value has, as one number. Of its shape: Size would fetch all of it from a device. */
export function sizeOf(builder: GraphBuilder, value: string, type: DataType): string {
  const count = builder.add('ReduceProd', [builder.add('Shape', [value])], { keepdims: int(0) });
  return builder.add('CastLike', [count, builder.scalar(1, type)]);
}

/** `value` in the shape of the forward value `like`, which has as many elements. */
export function reshapeLike(context: NodeContext, value: string, like: string): string {
  const dims = context.getDims(like);
  const varying = dims.filter((dim) => dim === DYNAMIC).length;
  // A size of 0 would mean "copy" in a reshape, and -1 can't be told then.
  if (varying <= 1 && !dims.includes(0)) return reshape(context.builder, value, dims);
  return context.builder.add('Reshape', [value, context.builder.add('Shape', [like])], { allowzero: int(1) });
}

/** `value` repeated along axes of size 1 until it has the shape of the forward value `like`. */
export function expandLike(context: NodeContext, value: string, like: string): string {
  return context.builder.add('Expand', [value, shapeOf(context, like)]);
}

/** Zeros in the shape and type of the forward value `like`. */
export function zerosLike(context: NodeContext, like: string): string {
  return expandLike(context, context.builder.scalar(0, context.getType(like)), like);
}

/**
 * The gradient of an operand that was repeated to the shape `from` of the result: summed over what was repeated.
 * @param from shape of the gradient, by ONNX's rules of broadcasting that of the result
 */
export function unbroadcast(context: NodeContext, gradient: string, { from, to }: { from: Dims; to: string }): string {
  const { builder } = context;
  const dims = context.getDims(to);
  const extra = from.length - dims.length;
  const axes = [...from.keys()].filter((axis) => axis < extra || (dims[axis - extra] === 1 && from[axis] !== 1));
  if (axes.length === 0) return gradient;
  if (axes.length === from.length) return reshape(builder, reduceSum(builder, gradient, axes, false), dims);
  const leading = axes.every((axis) => axis < extra);
  const summed = reduceSum(builder, gradient, axes, !leading);
  return leading || extra === 0
    ? summed
    : squeeze(
        builder,
        summed,
        axes.filter((axis) => axis < extra),
      );
}

export function multiply(builder: GraphBuilder, a: string, b: string): string {
  return builder.add('Mul', [a, b]);
}

/** General matrix product with transposes, of two matrices. */
export function gemm(
  builder: GraphBuilder,
  a: string,
  b: string,
  options: { transA?: boolean; transB?: boolean; alpha?: number } = {},
): string {
  const { transA = false, transB = false, alpha = 1 } = options;
  return builder.add('Gemm', [a, b], {
    ...(transA ? { transA: int(1) } : {}),
    ...(transB ? { transB: int(1) } : {}),
    ...(alpha === 1 ? {} : { alpha: float(alpha) }),
  });
}

/** All axes of a value with `rank` dimensions. */
export function listAxes(rank: number): number[] {
  return Array.from({ length: rank }, (_, axis) => axis);
}

/** A comparison as numbers: 1 where it holds, else 0. */
export function toMask(context: NodeContext, condition: string, like: string): string {
  return context.builder.add('Cast', [condition], { to: int(context.getType(like) === 'float64' ? 11 : 1) });
}
