import { getNumber, getNumbers, ints, toAxis } from '../attributes.ts';
import {
  concat,
  createUnsupported,
  listAxes,
  reduceSum,
  reshape,
  reshapeLike,
  unbroadcast,
  zerosLike,
} from '../emit.ts';
import type { GradientRule, RuleTable } from '../gradient-rule.ts';
import { DYNAMIC } from '../graph.ts';

/** The same elements in the same order. */
const sameElements: GradientRule = (context) => {
  const [dy = ''] = context.outputGradients;
  return [reshapeLike(context, dy, context.node.inputs[0] ?? '')];
};

const transpose: GradientRule = ({ builder, node, getDims, outputGradients: [dy = ''] }) => {
  const perm = getNumbers(node, 'perm') ?? listAxes(getDims(node.inputs[0] ?? '').length).reverse();
  const inverse = perm.map((_, axis) => perm.indexOf(axis));
  return [builder.add('Transpose', [dy], { perm: ints(inverse) })];
};

const expand: GradientRule = (context) => {
  const { node, getDims } = context;
  const [dy = ''] = context.outputGradients;
  return [unbroadcast(context, dy, { from: getDims(node.outputs[0] ?? ''), to: node.inputs[0] ?? '' }), undefined];
};

/** Each repeated axis is split in repeats and size, and the repeats are summed. */
const tile: GradientRule = (context) => {
  const { builder, node, getDims, getConstant } = context;
  const [dy = ''] = context.outputGradients;
  const dims = getDims(node.inputs[0] ?? '');
  const repeats = getConstant(node.inputs[1] ?? '');
  if (!repeats || dims.filter((dim) => dim === DYNAMIC).length > 1)
    throw createUnsupported(context, 'with sizes that depend on the input');
  const split = dims.flatMap((dim, axis) => [Number(repeats.data[axis] ?? 1), dim]);
  return [
    reduceSum(
      builder,
      reshape(builder, dy, split),
      dims.map((_, axis) => axis * 2),
      false,
    ),
    undefined,
  ];
};

/** Each operand's part of the gradient. */
const concatRule: GradientRule = (context) => {
  const { builder, node, getDims, needs } = context;
  const [dy = ''] = context.outputGradients;
  const axis = toAxis(getNumber(node, 'axis', 0), getDims(node.outputs[0] ?? '').length);
  const sizes = node.inputs.map((name) => getDims(name)[axis] ?? 1);
  let parts: readonly string[];
  if (sizes.includes(DYNAMIC)) {
    const measured = node.inputs.map((name) =>
      builder.add('Gather', [builder.add('Shape', [name]), builder.ints([axis])]),
    );
    parts = splitBy(context, dy, { axis, sizes: concat(builder, measured, 0) });
  } else parts = splitBy(context, dy, { axis, sizes: builder.ints(sizes) });
  return parts.map((part, index) => (needs(index) ? part : undefined));
};

function splitBy(
  { builder, node }: Parameters<GradientRule>[0],
  value: string,
  { axis, sizes }: { axis: number; sizes: string },
): string[] {
  return builder.addMany('Split', [value, sizes], {
    outputs: node.inputs.length,
    attributes: { axis: { kind: 'int', value: axis } },
  });
}

/** Outputs that nothing depends on have zeros for a gradient. */
const split: GradientRule = (context) => {
  const { builder, node, getDims, outputGradients } = context;
  const axis = toAxis(getNumber(node, 'axis', 0), getDims(node.inputs[0] ?? '').length);
  const parts = node.outputs.map((name, index) => outputGradients[index] ?? zerosLike(context, name));
  return [concat(builder, parts, axis), undefined];
};

/** The triangle that was kept. */
const trilu: GradientRule = ({ builder, node, outputGradients: [dy = ''] }) => [
  builder.add('Trilu', [dy, ...node.inputs.slice(1)], { upper: { kind: 'int', value: getNumber(node, 'upper', 1) } }),
  undefined,
];

export const SHAPE_RULES: RuleTable = {
  Reshape: sameElements,
  Flatten: sameElements,
  Squeeze: sameElements,
  Unsqueeze: sameElements,
  Transpose: transpose,
  Expand: expand,
  Tile: tile,
  Concat: concatRule,
  Split: split,
  Trilu: trilu,
};
