import { getNumber, getNumbers, int, toAxis } from '../attributes.ts';
import { createUnsupported, expandLike, listAxes, multiply, reduceSum, toMask, unsqueeze } from '../emit.ts';
import type { GradientContext, GradientRule, RuleTable } from '../gradient-rule.ts';
import { DYNAMIC } from '../graph.ts';

/** What reductions have in common. */
interface Reduction {
  readonly context: GradientContext;
  readonly axes: readonly number[];
  readonly x: string;
  /** Result and gradient with an axis of size 1 for each that was reduced. */
  readonly y: string;
  readonly dy: string;
  op(name: string, ...inputs: string[]): string;
  number(value: number): string;
}

/** Axes of a reduction, by attribute or input, from 0 and in order. */
function getReducedAxes(context: GradientContext): number[] {
  const { node, getDims, getConstant } = context;
  const rank = getDims(node.inputs[0] ?? '').length;
  const input = node.inputs[1] ?? '';
  const constant = input === '' ? undefined : getConstant(input);
  if (input !== '' && !constant) throw createUnsupported(context, 'over axes that depend on the input');
  const axes = constant ? Array.from(constant.data as BigInt64Array, Number) : (getNumbers(node, 'axes') ?? []);
  if (axes.length > 0) return axes.map((axis) => toAxis(axis, rank)).sort((a, b) => a - b);
  return getNumber(node, 'noop_with_empty_axes', 0) === 1 ? [] : listAxes(rank);
}

function reduction(gradient: (reduction: Reduction) => string): GradientRule {
  return (context) => {
    const { builder, node, getType } = context;
    const [dy = ''] = context.outputGradients;
    const axes = getReducedAxes(context);
    const x = node.inputs[0] ?? '';
    const open = (name: string) => (getNumber(node, 'keepdims', 1) === 1 ? name : unsqueeze(builder, name, axes));
    return [
      gradient({
        context,
        axes,
        x,
        get y() {
          return open(node.outputs[0] ?? '');
        },
        dy: open(dy),
        op: (name, ...inputs) => builder.add(name, inputs),
        number: (value) => builder.scalar(value, getType(x)),
      }),
    ];
  };
}

const sum = reduction(({ context, x, dy }) => expandLike(context, dy, x));

const mean = reduction(({ context, x, dy, axes, op }) =>
  expandLike(context, op('Div', dy, countReduced(context, axes)), x),
);

/** How many elements one result is made of, as a number of the value's type. */
function countReduced({ builder, node, getDims, getType }: GradientContext, axes: readonly number[]): string {
  const x = node.inputs[0] ?? '';
  const sizes = axes.map((axis) => getDims(x)[axis] ?? 1);
  if (!sizes.includes(DYNAMIC))
    return builder.scalar(
      sizes.reduce((a, b) => a * b, 1),
      getType(x),
    );
  const reduced = builder.add('Gather', [builder.add('Shape', [x]), builder.ints(axes)]);
  const count = builder.add('ReduceProd', [reduced], { keepdims: int(0) });
  return builder.add('CastLike', [count, x]);
}

/** To the elements that equal the extreme, in equal parts. */
const extreme = reduction(({ context, axes, x, y, dy, op }) => {
  const mask = toMask(context, op('Equal', x, y), x);
  const count = reduceSum(context.builder, mask, axes);
  return multiply(context.builder, mask, op('Div', dy, count));
});

const sumSquare = reduction(({ x, dy, op, number }) => op('Mul', op('Mul', number(2), x), dy));

const l1 = reduction(({ context, x, dy, op, number }) => {
  const above = toMask(context, op('Greater', x, number(0)), x);
  const below = toMask(context, op('Less', x, number(0)), x);
  return op('Mul', op('Sub', above, below), dy);
});

/** x / |x|, and nothing where all elements are 0. */
const l2 = reduction(({ x, y, dy, op, number }) => {
  const safe = op('Where', op('Equal', y, number(0)), number(1), y);
  return op('Mul', x, op('Div', dy, safe));
});

const logSumExp = reduction(({ x, y, dy, op }) => op('Mul', op('Exp', op('Sub', x, y)), dy));

const logSum = reduction(({ context, x, y, dy, op }) => expandLike(context, op('Div', dy, op('Exp', y)), x));

/** Sums from the other end. */
const cumSum: GradientRule = ({ builder, node, outputGradients: [dy = ''] }) => [
  builder.add('CumSum', [dy, node.inputs[1] ?? ''], {
    exclusive: int(getNumber(node, 'exclusive', 0)),
    reverse: int(1 - getNumber(node, 'reverse', 0)),
  }),
];

export const REDUCTION_RULES: RuleTable = {
  ReduceSum: sum,
  ReduceMean: mean,
  ReduceMax: extreme,
  ReduceMin: extreme,
  ReduceSumSquare: sumSquare,
  ReduceL1: l1,
  ReduceL2: l2,
  ReduceLogSumExp: logSumExp,
  ReduceLogSum: logSum,
  CumSum: cumSum,
};
