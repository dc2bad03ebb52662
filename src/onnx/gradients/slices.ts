import { getText, toAxis } from '../attributes.ts';
import { concat, createUnsupported, pad, reduceSum, reshape, slice, unsqueeze } from '../emit.ts';
import type { GradientContext, GradientRule, RuleTable } from '../gradient-rule.ts';
import { type Dims, DYNAMIC } from '../graph.ts';
import type { GraphBuilder } from '../graph-builder.ts';

/** One axis of a slice: where it begins and how it goes on. */
interface Range {
  readonly axis: number;
  readonly start: number;
  readonly step: number;
}

/** The gradient goes back to where the slice was taken, zeros around it and between its elements. */
const sliceRule: GradientRule = (context) => {
  const { builder, node, getDims } = context;
  const [dy = ''] = context.outputGradients;
  const x = node.inputs[0] ?? '';
  const from = getDims(x);
  const to = getDims(node.outputs[0] ?? '');
  const before = from.map(() => 0);
  const after = from.map(() => 0);
  const sizes = [...to];
  let gradient = dy;
  for (const { axis, start, step } of readRanges(context)) {
    const [size = 0, taken = 0] = [from[axis], to[axis]];
    if (size === DYNAMIC) {
      gradient = padVarying(context, gradient, { axis, start, step });
      continue;
    }
    if (taken === DYNAMIC) throw createUnsupported(context, 'of a part whose size varies');
    const low = step > 0 ? start : start + (taken - 1) * step;
    gradient = spread(builder, gradient, { axis, step, dims: sizes });
    sizes[axis] = (taken - 1) * Math.abs(step) + 1;
    before[axis] = low;
    after[axis] = size - low - (sizes[axis] ?? 1);
  }
  return [pad(builder, gradient, before, after)];
};

/** What the inputs of a Slice say, with indices from 0. Those of axes whose size varies stay as they are. */
function readRanges(context: GradientContext): Range[] {
  const { node, getDims, getConstant } = context;
  const read = (input: number) => {
    const name = node.inputs[input] ?? '';
    if (name === '') return undefined;
    const value = getConstant(name);
    if (!value) throw createUnsupported(context, 'with bounds that depend on the input');
    return Array.from(value.data as BigInt64Array, Number);
  };
  const dims = getDims(node.inputs[0] ?? '');
  const starts = read(1) ?? [];
  const axes = read(3) ?? starts.map((_, axis) => axis);
  const steps = read(4) ?? starts.map(() => 1);
  return starts.map((start, index) => {
    const axis = toAxis(axes[index] ?? 0, dims.length);
    const size = dims[axis] ?? 1;
    const step = steps[index] ?? 1;
    if (size === DYNAMIC) return { axis, start, step };
    const counted = start < 0 ? start + size : start;
    return { axis, start: Math.min(Math.max(counted, 0), step < 0 ? size - 1 : size), step };
  });
}

/** Elements |step| apart along an axis, zeros between, in the order of the input. */
function spread(
  builder: GraphBuilder,
  value: string,
  { axis, step, dims }: { axis: number; step: number; dims: Dims },
): string {
  const count = dims[axis] ?? 1;
  const ordered =
    step < 0 ? slice(builder, value, { axes: [axis], starts: [-1], ends: [-(2 ** 31)], steps: [-1] }) : value;
  const stride = Math.abs(step);
  if (stride === 1 || count <= 1) return ordered;
  const apart = unsqueeze(builder, ordered, [axis + 1]);
  const zeros = [...dims.keys(), dims.length].map((index) => (index === axis + 1 ? stride - 1 : 0));
  const padded = pad(
    builder,
    apart,
    zeros.map(() => 0),
    zeros,
  );
  const merged = dims.map((size, index) => (index === axis ? count * stride : size));
  const flat = reshape(builder, padded, merged);
  return slice(builder, flat, { axes: [axis], starts: [0], ends: [(count - 1) * stride + 1] });
}

/** The same along an axis whose size varies: how many zeros come behind is found at run time. */
function padVarying(context: GradientContext, gradient: string, { axis, start, step }: Range): string {
  const { builder, node, getDims } = context;
  if (step !== 1) throw createUnsupported(context, 'with steps along an axis whose size varies');
  const rank = getDims(node.inputs[0] ?? '').length;
  const size = (name: string) => builder.add('Gather', [builder.add('Shape', [name]), builder.ints([axis])]);
  const whole = size(node.inputs[0] ?? '');
  // A start outside of the axis is taken as its nearest end, as Slice takes it.
  const before =
    start >= 0
      ? builder.add('Min', [builder.ints([start]), whole])
      : builder.add('Max', [builder.add('Add', [whole, builder.ints([start])]), builder.ints([0])]);
  const after = builder.add('Sub', [builder.add('Sub', [whole, before]), size(node.outputs[0] ?? '')]);
  const zeros = (count: number) => (count > 0 ? [builder.ints(new Array<number>(count).fill(0))] : []);
  const pads = [...zeros(axis), before, ...zeros(rank - 1), after, ...zeros(rank - 1 - axis)];
  return builder.add('Pad', [gradient, concat(builder, pads, 0)]);
}

/** The middle of the gradient; where the border repeats or mirrors elements, its gradient is added to theirs. */
const padRule: GradientRule = (context) => {
  const { builder, node, getDims, getConstant } = context;
  const [dy = ''] = context.outputGradients;
  const dims = getDims(node.inputs[0] ?? '');
  const constant = getConstant(node.inputs[1] ?? '');
  if (!constant) throw createUnsupported(context, 'with sizes that depend on the input');
  const given = Array.from(constant.data as BigInt64Array, Number);
  const axesName = node.inputs[3] ?? '';
  const axes =
    axesName === '' ? [...dims.keys()] : readAxes(context, axesName).map((axis) => toAxis(axis, dims.length));
  const mode = getText(node, 'mode', 'constant');
  let gradient = dy;
  for (const [index, axis] of axes.entries()) {
    const [before = 0, after = 0] = [given[index], given[index + axes.length]];
    if (before === 0 && after === 0) continue;
    const border = { axis, before, after, size: dims[axis] ?? 1, rank: dims.length };
    gradient =
      mode === 'constant' ? crop(builder, gradient, border) : undoBorder(context, gradient, { ...border, mode });
  }
  return [gradient];
};

interface Border {
  readonly axis: number;
  readonly before: number;
  readonly after: number;
  /** Of the axis without its border. */
  readonly size: number;
  readonly rank: number;
}

function readAxes(context: GradientContext, name: string): number[] {
  const constant = context.getConstant(name);
  if (!constant) throw createUnsupported(context, 'with axes that depend on the input');
  return Array.from(constant.data as BigInt64Array, Number);
}

function crop(builder: GraphBuilder, value: string, { axis, before, after, rank }: Border): string {
  const at = (size: number) => Array.from({ length: rank }, (_, index) => (index === axis ? -size : 0));
  return pad(builder, value, at(before), at(after));
}

/** What a negative size takes away goes first: the border repeats or mirrors the rest. */
function undoBorder(context: GradientContext, gradient: string, border: Border & { mode: string }): string {
  const { before, after, size } = border;
  const taken = { before: Math.min(before, 0), after: Math.min(after, 0) };
  const added = { before: Math.max(before, 0), after: Math.max(after, 0) };
  const rest = size === DYNAMIC ? size : size + taken.before + taken.after;
  const isAdded = added.before > 0 || added.after > 0;
  const middle = isAdded ? foldBorder(context, gradient, { ...border, ...added, size: rest }) : gradient;
  return crop(context.builder, middle, { ...border, ...taken });
}

function foldBorder(context: GradientContext, gradient: string, border: Border & { mode: string }): string {
  const { builder } = context;
  const { axis, before, after, size, mode, rank } = border;
  if (size === DYNAMIC) throw createUnsupported(context, 'of an axis whose size varies');
  const part = (start: number, end: number) => slice(builder, gradient, { axes: [axis], starts: [start], ends: [end] });
  const place = (value: string, start: number, length: number) => {
    const at = (zeros: number) => Array.from({ length: rank }, (_, index) => (index === axis ? zeros : 0));
    return pad(builder, value, at(start), at(size - start - length));
  };
  const flip = (value: string) =>
    slice(builder, value, { axes: [axis], starts: [-1], ends: [-(2 ** 31)], steps: [-1] });
  const terms = [part(before, before + size)];
  const end = before + size;
  if (mode === 'edge') {
    if (before > 0) terms.push(place(reduceSum(builder, part(0, before), [axis]), 0, 1));
    if (after > 0) terms.push(place(reduceSum(builder, part(end, end + after), [axis]), size - 1, 1));
  } else if (mode === 'reflect') {
    if (before > 0) terms.push(place(flip(part(0, before)), 1, before));
    if (after > 0) terms.push(place(flip(part(end, end + after)), size - 1 - after, after));
  } else throw createUnsupported(context, `in mode ${mode}`);
  return terms.reduce((total, term) => builder.add('Add', [total, term]));
}

export const SLICE_RULES: RuleTable = { Slice: sliceRule, Pad: padRule };
