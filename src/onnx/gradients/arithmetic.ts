import { createUnsupported, multiply, toMask, unbroadcast } from '../emit.ts';
import type { GradientContext, GradientRule, RuleTable } from '../gradient-rule.ts';

/** An operand's share of a gradient: computed only where it is wanted, and summed over what broadcasting repeated. */
function toOperand(context: GradientContext, input: number, compute: () => string): string | undefined {
  if (!context.needs(input)) return undefined;
  const { node, getDims } = context;
  return unbroadcast(context, compute(), { from: getDims(node.outputs[0] ?? ''), to: node.inputs[input] ?? '' });
}

const add: GradientRule = (context) => {
  const [dy = ''] = context.outputGradients;
  return [toOperand(context, 0, () => dy), toOperand(context, 1, () => dy)];
};

const sub: GradientRule = (context) => {
  const [dy = ''] = context.outputGradients;
  return [toOperand(context, 0, () => dy), toOperand(context, 1, () => context.builder.add('Neg', [dy]))];
};

const mul: GradientRule = (context) => {
  const { builder, node } = context;
  const [dy = ''] = context.outputGradients;
  const [a = '', b = ''] = node.inputs;
  return [toOperand(context, 0, () => multiply(builder, dy, b)), toOperand(context, 1, () => multiply(builder, dy, a))];
};

/** d(a / b) = dy / b and -dy * y / b */
const div: GradientRule = (context) => {
  const { builder, node } = context;
  const [dy = ''] = context.outputGradients;
  const b = node.inputs[1] ?? '';
  const y = node.outputs[0] ?? '';
  return [
    toOperand(context, 0, () => builder.add('Div', [dy, b])),
    toOperand(context, 1, () => builder.add('Neg', [builder.add('Div', [multiply(builder, dy, y), b])])),
  ];
};

/** Sums, means, and the largest or smallest of any number of operands. Equal ones share the gradient of the first. */
const sum: GradientRule = (context) => {
  const [dy = ''] = context.outputGradients;
  return context.node.inputs.map((_, input) => toOperand(context, input, () => dy));
};

const mean: GradientRule = (context) => {
  const { builder, node } = context;
  const [dy = ''] = context.outputGradients;
  const share = builder.scalar(1 / node.inputs.length, context.getType(node.outputs[0] ?? ''));
  return node.inputs.map((_, input) => toOperand(context, input, () => multiply(builder, dy, share)));
};

/** The gradient goes to the operands that equal the result, in equal parts. */
const extreme: GradientRule = (context) => {
  const { builder, node } = context;
  const [dy = ''] = context.outputGradients;
  const y = node.outputs[0] ?? '';
  const masks = node.inputs.map((name) => toMask(context, builder.add('Equal', [name, y]), y));
  const count = masks.reduce((total, mask) => builder.add('Add', [total, mask]));
  const share = builder.add('Div', [dy, count]);
  return masks.map((mask, input) => toOperand(context, input, () => multiply(builder, share, mask)));
};

/** The exponent is a constant: d(x^p) = p * x^(p - 1) * dy. By an exponent of 0 it is 0, also where x is. */
const pow: GradientRule = (context) => {
  const { builder, node, getConstant, getType, needs } = context;
  const [dy = ''] = context.outputGradients;
  const [x = '', exponent = ''] = node.inputs;
  if (needs(1)) throw createUnsupported(context, 'with respect to its exponent');
  const type = getType(x);
  const power = getConstant(exponent);
  if (power?.data.length === 1 && Number(power.data[0]) === 2) {
    const twice = builder.add('Add', [dy, dy]);
    return [toOperand(context, 0, () => multiply(builder, twice, x))];
  }
  const p = getType(exponent) === type ? exponent : builder.add('CastLike', [exponent, x]);
  const below = builder.add('Sub', [p, builder.scalar(1, type)]);
  const mayBeZero = !power || Array.from(power.data as ArrayLike<number>, Number).includes(0);
  const zero = builder.scalar(0, type);
  const less = mayBeZero ? builder.add('Where', [builder.add('Equal', [p, zero]), zero, below]) : below;
  const slope = multiply(builder, p, builder.add('Pow', [x, less]));
  return [toOperand(context, 0, () => multiply(builder, dy, slope))];
};

/** The remainder of a division by something constant moves as its dividend does. */
const mod: GradientRule = (context) => {
  const [dy = ''] = context.outputGradients;
  if (context.needs(1)) throw createUnsupported(context, 'with respect to its divisor');
  return [toOperand(context, 0, () => dy), undefined];
};

const where: GradientRule = (context) => {
  const { builder, node, getType } = context;
  const [dy = ''] = context.outputGradients;
  const condition = node.inputs[0] ?? '';
  const zero = builder.scalar(0, getType(node.outputs[0] ?? ''));
  return [
    undefined,
    toOperand(context, 1, () => builder.add('Where', [condition, dy, zero])),
    toOperand(context, 2, () => builder.add('Where', [condition, zero, dy])),
  ];
};

export const ARITHMETIC_RULES: RuleTable = {
  Add: add,
  Sub: sub,
  Mul: mul,
  Div: div,
  Sum: sum,
  Mean: mean,
  Max: extreme,
  Min: extreme,
  Pow: pow,
  Mod: mod,
  Where: where,
};
