import { getNumber, getText, int, text, toAxis } from '../attributes.ts';
import { createUnsupported, listAxes, pad, reshape, shapeOf, transpose, unsqueeze, zerosLike } from '../emit.ts';
import type { GradientContext, GradientRule, RuleTable } from '../gradient-rule.ts';
import { DYNAMIC } from '../graph.ts';

/** ONNX's number of the type. */
const INT64 = 7;

/**
 * What was gathered is added back to where it came from. Rows are scattered by ScatterND, which is many times faster than
 * ScatterElements; an axis other than the first is moved to the front for it.
 */
const gather: GradientRule = (context) => {
  const { builder, node, getDims, getConstant } = context;
  const [dy = ''] = context.outputGradients;
  const [x = '', indices = ''] = node.inputs;
  const dims = getDims(x);
  const axis = toAxis(getNumber(node, 'axis', 0), dims.length);
  const index = getConstant(indices);
  const size = dims[axis] ?? 1;
  if (index?.dims.length === 0 && size !== DYNAMIC) return [placeOne(context, { axis, index: Number(index.data[0]) })];
  const indexRank = getDims(indices).length;
  const rank = getDims(node.outputs[0] ?? '').length;
  // [axes before, axes of the indices, axes behind] -> indices first
  const before = listAxes(axis);
  const moved = [...listAxes(indexRank).map((one) => axis + one), ...before];
  const first = transpose(builder, dy, [...moved, ...listAxes(rank).slice(axis + indexRank)]);
  const order = [axis, ...before, ...listAxes(dims.length).slice(axis + 1)];
  const shape = builder.add('Gather', [shapeOf(context, x), builder.ints(order)]);
  const zeros = builder.add('Expand', [builder.scalar(0, context.getType(x)), shape]);
  // ScatterND takes no others.
  const places = context.getType(indices) === 'int32' ? builder.add('Cast', [indices], { to: int(INT64) }) : indices;
  const scattered = builder.add('ScatterND', [zeros, unsqueeze(builder, places, [indexRank]), first], {
    reduction: text('add'),
  });
  return [
    transpose(
      builder,
      scattered,
      order.map((_, at) => order.indexOf(at)),
    ),
  ];
};

/** One known index: zeros before and behind it. */
function placeOne(context: GradientContext, { axis, index }: { axis: number; index: number }): string {
  const { builder, node, getDims } = context;
  const [dy = ''] = context.outputGradients;
  const dims = getDims(node.inputs[0] ?? '');
  const size = dims[axis] ?? 1;
  const at = index < 0 ? index + size : index;
  const zeros = (count: number) => dims.map((_, one) => (one === axis ? count : 0));
  return pad(builder, unsqueeze(builder, dy, [axis]), zeros(at), zeros(size - 1 - at));
}

const gatherElements: GradientRule = (context) => {
  const { builder, node } = context;
  const [dy = ''] = context.outputGradients;
  const [x = '', indices = ''] = node.inputs;
  return [
    builder.add('ScatterElements', [zerosLike(context, x), indices, dy], {
      axis: int(getNumber(node, 'axis', 0)),
      reduction: text('add'),
    }),
  ];
};

const gatherND: GradientRule = (context) => {
  const { builder, node } = context;
  const [dy = ''] = context.outputGradients;
  const [x = '', indices = ''] = node.inputs;
  if (getNumber(node, 'batch_dims', 0) !== 0) throw createUnsupported(context, 'with batch_dims');
  return [builder.add('ScatterND', [zerosLike(context, x), indices, dy], { reduction: text('add') })];
};

/** Overwritten elements get nothing, updates what stands where they were put. */
const scatter =
  (elements: boolean): GradientRule =>
  (context) => {
    const { builder, node, needs } = context;
    const [dy = ''] = context.outputGradients;
    const [, indices = '', updates = ''] = node.inputs;
    const reduction = getText(node, 'reduction', 'none');
    if (reduction !== 'none' && reduction !== 'add') throw createUnsupported(context, `with reduction ${reduction}`);
    const attributes = elements ? { axis: int(getNumber(node, 'axis', 0)) } : {};
    const toData = () =>
      reduction === 'add' ? dy : builder.add(node.op, [dy, indices, zerosLike(context, updates)], attributes);
    const toUpdates = () => builder.add(elements ? 'GatherElements' : 'GatherND', [dy, indices], attributes);
    return [needs(0) ? toData() : undefined, undefined, needs(2) ? toUpdates() : undefined];
  };

/** Blocks of pixels to channels and back. */
const depthToSpace: GradientRule = (context) => {
  const { builder, node, getDims } = context;
  const [dy = ''] = context.outputGradients;
  const [n = 0, c = 0, h = 0, w = 0] = getDims(node.inputs[0] ?? '');
  const block = getNumber(node, 'blocksize', 1);
  const channels = c / (block * block);
  if (h === DYNAMIC || w === DYNAMIC) throw createUnsupported(context, 'of pictures whose size varies');
  const split = reshape(builder, dy, [n, channels, h, block, w, block]);
  const perm = getText(node, 'mode', 'DCR') === 'DCR' ? [0, 3, 5, 1, 2, 4] : [0, 1, 3, 5, 2, 4];
  return [reshape(builder, transpose(builder, split, perm), [n, c, h, w])];
};

const spaceToDepth: GradientRule = ({ builder, node, outputGradients: [dy = ''] }) => [
  builder.add('DepthToSpace', [dy], { blocksize: int(getNumber(node, 'blocksize', 1)), mode: text('DCR') }),
];

/** The values went to their sorted places, and go back. */
const topK: GradientRule = (context) => {
  const { builder, node, getDims } = context;
  const [dy] = context.outputGradients;
  const [x = ''] = node.inputs;
  if (dy === undefined) return [];
  const axis = toAxis(getNumber(node, 'axis', -1), getDims(x).length);
  return [
    builder.add('ScatterElements', [zerosLike(context, x), node.outputs[1] ?? '', dy], {
      axis: int(axis),
      reduction: text('add'),
    }),
  ];
};

export const INDEXING_RULES: RuleTable = {
  Gather: gather,
  GatherElements: gatherElements,
  GatherND: gatherND,
  ScatterElements: scatter(true),
  ScatterND: scatter(false),
  DepthToSpace: depthToSpace,
  SpaceToDepth: spaceToDepth,
  TopK: topK,
};
