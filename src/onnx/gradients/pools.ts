import { getNumber, getNumbers, int, ints } from '../attributes.ts';
import { createUnsupported, expandLike, listAxes, multiply, reduceSum, toMask } from '../emit.ts';
import type { GradientContext, GradientRule, RuleTable } from '../gradient-rule.ts';
import { DYNAMIC } from '../graph.ts';
import { closeWindow, getRemainder, readWindow, type Window } from '../window.ts';
import { maxPool } from './max-pool.ts';

/** Each gradient, shared out over its window. */
const averagePool: GradientRule = (context) => {
  const { builder, node, getDims, getType } = context;
  const [dy = ''] = context.outputGradients;
  const x = node.inputs[0] ?? '';
  const kernel = getNumbers(node, 'kernel_shape') ?? [];
  const window = readWindow(context, { from: x, to: node.outputs[0] ?? '', kernel });
  const channels = getDims(x)[1] ?? DYNAMIC;
  if (channels === DYNAMIC) throw createUnsupported(context, 'over channels whose number varies');
  const type = getType(x);
  const parts = multiply(builder, dy, builder.tensor(type, [1, 1, ...window.output], countShares(context, window)));
  const ones = new Array<number>(channels * kernel.reduce((a, b) => a * b, 1)).fill(1);
  const { padsBefore, padsAfter, strides, dilations } = closeWindow(window);
  return [
    builder.add('ConvTranspose', [parts, builder.tensor(type, [channels, 1, ...kernel], ones)], {
      kernel_shape: ints(kernel),
      strides: ints(strides),
      dilations: ints(dilations),
      pads: ints([...padsBefore, ...padsAfter]),
      output_padding: ints(getRemainder(closeWindow(window))),
      group: int(channels),
    }),
  ];
};

/** 1 / (how many elements were averaged), by output pixel. */
function countShares({ node }: GradientContext, window: Window): number[] {
  const padded = getNumber(node, 'count_include_pad', 0) === 1;
  const { kernel, strides, dilations, padsBefore, padsAfter, input, output } = window;
  const counts = kernel.map((size, axis) => {
    const before = padsBefore[axis] ?? 0;
    const low = padded ? -before : 0;
    const high = (input[axis] ?? 1) + (padded ? (padsAfter[axis] ?? 0) : 0);
    return Array.from({ length: output[axis] ?? 1 }, (_, at) => {
      const start = at * (strides[axis] ?? 1) - before;
      const under = Array.from({ length: size }, (_one, index) => start + index * (dilations[axis] ?? 1));
      return under.filter((place) => place >= low && place < high).length;
    });
  });
  return counts.reduce((all, own) => all.flatMap((a) => own.map((b) => a * b)), [1]).map((count) => 1 / count);
}

function listSpatial({ node, getDims }: GradientContext): number[] {
  return listAxes(getDims(node.inputs[0] ?? '').length).slice(2);
}

const globalAveragePool: GradientRule = (context) => {
  const { builder, node, getDims, getType } = context;
  const [dy = ''] = context.outputGradients;
  const x = node.inputs[0] ?? '';
  const sizes = listSpatial(context).map((axis) => getDims(x)[axis] ?? 1);
  if (sizes.includes(DYNAMIC)) throw createUnsupported(context, 'over pictures whose size varies');
  const share = builder.scalar(1 / sizes.reduce((a, b) => a * b, 1), getType(x));
  return [expandLike(context, multiply(builder, dy, share), x)];
};

/** To the elements that equal the largest, in equal parts. */
const globalMaxPool: GradientRule = (context) => {
  const { builder, node } = context;
  const [dy = ''] = context.outputGradients;
  const x = node.inputs[0] ?? '';
  const mask = toMask(context, builder.add('Equal', [x, node.outputs[0] ?? '']), x);
  const count = reduceSum(builder, mask, listSpatial(context));
  return [multiply(builder, mask, builder.add('Div', [dy, count]))];
};

export const POOL_RULES: RuleTable = {
  MaxPool: maxPool,
  AveragePool: averagePool,
  GlobalAveragePool: globalAveragePool,
  GlobalMaxPool: globalMaxPool,
};
