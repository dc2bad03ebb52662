import { float, getNumber, getText } from '../attributes.ts';
import { multiply, toMask, unbroadcast } from '../emit.ts';
import type { GradientContext, GradientRule, RuleTable } from '../gradient-rule.ts';

/** What slopes of activations are written in. */
interface Slope {
  readonly context: GradientContext;
  readonly x: string;
  readonly y: string;
  number(value: number): string;
  op(name: string, ...inputs: string[]): string;
  /** 1 where the comparison holds, else 0. */
  mask(comparison: 'Greater' | 'Less' | 'GreaterOrEqual' | 'LessOrEqual', a: string, b: string): string;
  attribute(name: string, absent: number): number;
}

/** A rule from the derivative of an activation, which the gradient is multiplied with. */
function activation(slope: (slope: Slope) => string): GradientRule {
  return (context) => {
    const { builder, node, getType } = context;
    const [dy = ''] = context.outputGradients;
    const x = node.inputs[0] ?? '';
    const op = (name: string, ...inputs: string[]) => builder.add(name, inputs);
    const derivative = slope({
      context,
      x,
      y: node.outputs[0] ?? '',
      number: (value) => builder.scalar(value, getType(x)),
      op,
      mask: (comparison, a, b) => toMask(context, op(comparison, a, b), x),
      attribute: (name, absent) => getNumber(node, name, absent),
    });
    return [multiply(builder, dy, derivative)];
  };
}

/** below + (above - below) where x > 0 */
function choose({ op, mask, x, number }: Slope, above: string, below: string): string {
  const positive = mask('Greater', x, number(0));
  return op('Add', op('Mul', positive, above), op('Mul', op('Sub', number(1), positive), below));
}

/** In single precision a ramp so steep that it is a step: half the time of a comparison that becomes numbers. */
const relu = activation(({ context, y, mask, number }) =>
  context.device === 'cpu' && context.getType(y) === 'float32'
    ? context.builder.add('HardSigmoid', [y], { alpha: float(3e38), beta: float(0) })
    : mask('Greater', y, number(0)),
);
const tanh = activation(({ y, op, number }) => op('Sub', number(1), op('Mul', y, y)));
const sigmoid = activation(({ y, op, number }) => op('Mul', y, op('Sub', number(1), y)));
const softplus = activation(({ x, op }) => op('Sigmoid', x));
/** 1 / (1 + |x|)^2 */
const softsign = activation(({ x, op, number }) => {
  const root = op('Reciprocal', op('Add', number(1), op('Abs', x)));
  return op('Mul', root, root);
});

const leakyRelu = activation((slope) => choose(slope, slope.number(1), slope.number(slope.attribute('alpha', 0.01))));
/** Below 0 the result is alpha * (e^x - 1), whose slope is result + alpha. */
const elu = activation((slope) =>
  choose(slope, slope.number(1), slope.op('Add', slope.y, slope.number(slope.attribute('alpha', 1)))),
);
const selu = activation((slope) => {
  const gamma = slope.attribute('gamma', 1.0507009873554805);
  const alpha = slope.attribute('alpha', 1.6732632423543772);
  return choose(slope, slope.number(gamma), slope.op('Add', slope.y, slope.number(gamma * alpha)));
});
/** Below 0 the result is alpha * (e^(x / alpha) - 1), whose slope is result / alpha + 1. */
const celu = activation((slope) => {
  const alpha = slope.number(slope.attribute('alpha', 1));
  return choose(slope, slope.number(1), slope.op('Add', slope.op('Div', slope.y, alpha), slope.number(1)));
});

/** alpha inside the ramp, whose ends are where the result is 0 and 1. */
const hardSigmoid = activation(({ y, op, mask, number, attribute }) => {
  const inside = op('Mul', mask('Greater', y, number(0)), mask('Less', y, number(1)));
  return op('Mul', inside, number(attribute('alpha', 0.2)));
});
/** x * ramp(x), the ramp from 0 at -3 to 1 at 3: its slope is x / 3 + 1 / 2 on the way. */
const hardSwish = activation(({ x, op, mask, number }) => {
  const over = mask('GreaterOrEqual', x, number(3));
  const inside = op('Mul', mask('Greater', x, number(-3)), mask('Less', x, number(3)));
  return op('Add', over, op('Mul', inside, op('Add', op('Div', x, number(3)), number(0.5))));
});

/** With t = tanh(softplus(x)): t + x * (1 - t^2) * sigmoid(x) */
const mish = activation(({ x, op, number }) => {
  const t = op('Tanh', op('Softplus', x));
  const inner = op('Mul', op('Sub', number(1), op('Mul', t, t)), op('Sigmoid', x));
  return op('Add', t, op('Mul', x, inner));
});

/** Phi(x) + x * phi(x) of the normal distribution; with `tanh` the derivative of its approximation. */
const gelu = activation((slope) => {
  const { context, x, op, number } = slope;
  const half = (value: string) => op('Mul', number(0.5), value);
  if (getText(context.node, 'approximate', 'none') === 'tanh') {
    const scale = Math.sqrt(2 / Math.PI);
    const square = op('Mul', x, x);
    const inner = op('Mul', op('Mul', number(scale), x), op('Add', number(1), op('Mul', number(0.044715), square)));
    const t = op('Tanh', inner);
    const rise = op('Mul', number(scale), op('Add', number(1), op('Mul', number(3 * 0.044715), square)));
    const change = op('Mul', op('Mul', x, op('Sub', number(1), op('Mul', t, t))), rise);
    return half(op('Add', op('Add', number(1), t), change));
  }
  // In t = x / sqrt(2): (1 + erf(t)) / 2 + t * exp(-t^2) / sqrt(pi), whose last factor goes into the exponent.
  const t = op('Mul', x, number(Math.SQRT1_2));
  const density = op('Exp', op('Sub', number(-0.5 * Math.log(Math.PI)), op('Mul', t, t)));
  return op('Add', average(slope, op('Erf', t)), op('Mul', t, density));
});

/** (1 + value) / 2 of values in [-1, 1]: a ramp that ends nowhere between has it in one pass over memory, in single precision. */
function average({ context, op, number }: Slope, value: string): string {
  const { builder, node, getType } = context;
  if (getType(node.inputs[0] ?? '') !== 'float32') return op('Mul', number(0.5), op('Add', number(1), value));
  return builder.add('HardSigmoid', [value], { alpha: float(0.5), beta: float(0.5) });
}

/** 1 where the value passed unchanged. The limits are not trained. */
const clip = activation(({ context, x, op, mask, number }) => {
  const [, low = '', high = ''] = context.node.inputs;
  const masks: string[] = [];
  if (low !== '') masks.push(mask('GreaterOrEqual', x, low));
  if (high !== '') masks.push(mask('LessOrEqual', x, high));
  return masks.length === 0 ? number(1) : masks.reduce((a, b) => op('Mul', a, b));
});

const thresholdedRelu = activation(({ x, mask, number, attribute }) =>
  mask('Greater', x, number(attribute('alpha', 1))),
);

/** Below 0 the slope is a weight, which is trained as well. */
const prelu: GradientRule = (context) => {
  const { builder, node, needs, getType, getDims } = context;
  const [dy = ''] = context.outputGradients;
  const [x = '', slope = ''] = node.inputs;
  const zero = builder.scalar(0, getType(x));
  const positive = builder.add('Greater', [x, zero]);
  const scaled = multiply(builder, dy, slope);
  return [
    needs(0) ? builder.add('Where', [positive, dy, scaled]) : undefined,
    needs(1)
      ? unbroadcast(context, builder.add('Where', [positive, zero, multiply(builder, dy, x)]), {
          from: getDims(x),
          to: slope,
        })
      : undefined,
  ];
};

export const ACTIVATION_RULES: RuleTable = {
  Relu: relu,
  Tanh: tanh,
  Sigmoid: sigmoid,
  Softplus: softplus,
  Softsign: softsign,
  LeakyRelu: leakyRelu,
  ThresholdedRelu: thresholdedRelu,
  PRelu: prelu,
  Elu: elu,
  Selu: selu,
  Celu: celu,
  HardSigmoid: hardSigmoid,
  HardSwish: hardSwish,
  Mish: mish,
  Gelu: gelu,
  Clip: clip,
};
