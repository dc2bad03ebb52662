import { int } from '../attributes.ts';
import { multiply, toMask } from '../emit.ts';
import type { GradientContext, GradientRule, RuleTable } from '../gradient-rule.ts';
import { DATA_TYPES } from '../model/data-types.ts';

/** Names and constants that the derivative of an elementwise function is written in. */
interface Unary {
  readonly context: GradientContext;
  readonly dy: string;
  readonly x: string;
  readonly y: string;
  /** A number of the value's type. */
  number(value: number): string;
  op(name: string, ...inputs: string[]): string;
}

/** A rule for a function of each element by itself, from the expression of its gradient. */
function unary(gradient: (unary: Unary) => string): GradientRule {
  return (context) => {
    const { builder, node, getType } = context;
    const [dy = ''] = context.outputGradients;
    const x = node.inputs[0] ?? '';
    const number = (value: number) => builder.scalar(value, getType(x));
    const op = (name: string, ...inputs: string[]) => builder.add(name, inputs);
    return [gradient({ context, dy, x, y: node.outputs[0] ?? '', number, op })];
  };
}

const TWO_OVER_ROOT_PI = 2 / Math.sqrt(Math.PI);

const neg = unary(({ dy, op }) => op('Neg', dy));
const exp = unary(({ dy, y, op }) => op('Mul', dy, y));
const log = unary(({ dy, x, op }) => op('Div', dy, x));
const sqrt = unary(({ dy, y, op, number }) => op('Div', op('Mul', dy, number(0.5)), y));
const reciprocal = unary(({ dy, y, op }) => op('Neg', op('Mul', dy, op('Mul', y, y))));
const sin = unary(({ dy, x, op }) => op('Mul', dy, op('Cos', x)));
const cos = unary(({ dy, x, op }) => op('Neg', op('Mul', dy, op('Sin', x))));
const erf = unary(({ dy, x, op, number }) =>
  op('Mul', dy, op('Mul', number(TWO_OVER_ROOT_PI), op('Exp', op('Neg', op('Mul', x, x))))),
);
/** Minus where negative, nothing at 0; written without Sign, which WebGPU lacks. */
const abs = unary(({ context, dy, x, op, number }) => {
  const above = toMask(context, op('Greater', x, number(0)), x);
  const below = toMask(context, op('Less', x, number(0)), x);
  return multiply(context.builder, dy, op('Sub', above, below));
});

const identity: GradientRule = ({ outputGradients }) => [outputGradients[0]];

/** Back to the type it came from. */
const cast: GradientRule = ({ builder, node, getType, outputGradients: [dy = ''] }) => [
  builder.add('Cast', [dy], { to: int(DATA_TYPES[getType(node.inputs[0] ?? '')].code) }),
];

export const UNARY_RULES: RuleTable = {
  Neg: neg,
  Exp: exp,
  Log: log,
  Sqrt: sqrt,
  Reciprocal: reciprocal,
  Sin: sin,
  Cos: cos,
  Erf: erf,
  Abs: abs,
  Identity: identity,
  Cast: cast,
  CastLike: cast,
};
