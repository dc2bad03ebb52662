import { getNumbers, getText, int } from '../attributes.ts';
import { createUnsupported, transpose } from '../emit.ts';
import type { GradientContext, GradientRule, RuleTable } from '../gradient-rule.ts';
import { DYNAMIC } from '../graph.ts';

/**
 * Resizing is linear and goes axis by axis: along each it is a matrix, which is found by resizing the identity matrix with the
 * same attributes. The gradient goes through the transposed matrices, whatever the mode.
 */
const resize: GradientRule = (context) => {
  const { builder, node, getDims, needs } = context;
  const [dy = ''] = context.outputGradients;
  if (!needs(0)) return [];
  if (getText(node, 'coordinate_transformation_mode', '') === 'tf_crop_and_resize')
    throw createUnsupported(context, 'as tf_crop_and_resize');
  const policy = getText(node, 'keep_aspect_ratio_policy', 'stretch');
  if (policy !== 'stretch') throw createUnsupported(context, `with keep_aspect_ratio_policy ${policy}`);
  const from = getDims(node.inputs[0] ?? '');
  const to = getDims(node.outputs[0] ?? '');
  const rank = from.length;
  let gradient = dy;
  for (const [axis, size] of from.entries()) {
    const target = to[axis] ?? 1;
    // Batch and channels; other axes that vary may keep their size or not.
    if (size === target && (axis < 2 || size !== DYNAMIC)) continue;
    if (size === DYNAMIC || target === DYNAMIC)
      throw createUnsupported(context, 'of pictures whose size varies: give their size (option sizes)');
    const last = [...from.keys()].map((one) => (one === axis ? rank - 1 : one === rank - 1 ? axis : one));
    const product = builder.add('MatMul', [transpose(builder, gradient, last), addMatrix(context, axis)]);
    gradient = transpose(builder, product, last);
  }
  return [gradient];
};

/** [target, size]: row t says of which pixels pixel t of the result is made. */
function addMatrix(context: GradientContext, axis: number): string {
  const { builder, node, getDims, getType, getConstant } = context;
  const size = getDims(node.inputs[0] ?? '')[axis] ?? 1;
  const target = getDims(node.outputs[0] ?? '')[axis] ?? 1;
  const identity = Array.from({ length: size * size }, (_, at) => (at % (size + 1) === 0 ? 1 : 0));
  const type = getType(node.inputs[0] ?? '');
  const picture = builder.tensor(type, [1, 1, size, size], identity);
  const { axes: _axes, keep_aspect_ratio_policy: _policy, ...attributes } = node.attributes;
  const scalesName = node.inputs[2] ?? '';
  const scales = scalesName === '' ? undefined : getConstant(scalesName);
  if (scalesName !== '' && !scales) throw createUnsupported(context, 'with scales that depend on the input');
  const place = (getNumbers(node, 'axes') ?? [...getDims(node.inputs[0] ?? '').keys()]).indexOf(axis);
  const scale = scales && scales.data.length > 0 ? Number(scales.data[place] ?? 1) : undefined;
  const inputs =
    scale === undefined
      ? [picture, '', '', builder.ints([1, 1, target, size])]
      : [picture, '', builder.tensor('float32', [4], [1, 1, scale, 1])];
  const resized = builder.add('Resize', inputs, attributes);
  return builder.add('Reshape', [resized, builder.ints([target, size])], { allowzero: int(0) });
}

export const RESIZE_RULES: RuleTable = { Resize: resize };
