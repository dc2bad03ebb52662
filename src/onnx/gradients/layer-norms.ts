import { getNumber, toAxis } from '../attributes.ts';
import { listAxes, multiply, reduceMean, unbroadcast } from '../emit.ts';
import type { GradientRule, RuleTable } from '../gradient-rule.ts';
import { centreGradient, invertRoot, normalize } from './norm-parts.ts';

/** Over the last axes; the lowering may have kept mean and inverse deviation. */
const layerNormalization: GradientRule = (context) => {
  const { builder, node, needs, saved, getDims } = context;
  const [dy = ''] = context.outputGradients;
  const [x = '', scale = '', bias = ''] = node.inputs;
  const dims = getDims(x);
  const axes = listAxes(dims.length).slice(toAxis(getNumber(node, 'axis', -1), dims.length));
  const { normal, inverse } = takeKept() ?? normalize(context, x, { axes, type: context.getType(x) });
  const toInput = () => centreGradient(context, multiply(builder, dy, scale), { normal, inverse, axes });
  return [
    needs(0) ? toInput() : undefined,
    needs(1) ? unbroadcast(context, multiply(builder, dy, normal), { from: dims, to: scale }) : undefined,
    needs(2) ? unbroadcast(context, dy, { from: dims, to: bias }) : undefined,
  ];

  function takeKept(): { normal: string; inverse: string } | undefined {
    const { mean, inverse: kept } = saved;
    if (mean === undefined || kept === undefined) return undefined;
    return { normal: multiply(builder, builder.add('Sub', [x, mean]), kept), inverse: kept };
  }
};

/** x * scale / root of the mean square; of what hangs on each element, the part along the input is taken away. */
const rmsNormalization: GradientRule = (context) => {
  const { builder, node, needs, getDims, getType } = context;
  const [dy = ''] = context.outputGradients;
  const [x = '', scale = ''] = node.inputs;
  const dims = getDims(x);
  const axes = listAxes(dims.length).slice(toAxis(getNumber(node, 'axis', -1), dims.length));
  const inverse = invertRoot(context, reduceMean(builder, multiply(builder, x, x), axes), getType(x));
  const normal = multiply(builder, x, inverse);
  const toInput = () => {
    const gradient = multiply(builder, dy, scale);
    const tilt = multiply(builder, normal, reduceMean(builder, multiply(builder, gradient, normal), axes));
    return multiply(builder, builder.add('Sub', [gradient, tilt]), inverse);
  };
  return [
    needs(0) ? toInput() : undefined,
    needs(1) ? unbroadcast(context, multiply(builder, dy, normal), { from: dims, to: scale }) : undefined,
  ];
};

export const LAYER_NORM_RULES: RuleTable = {
  LayerNormalization: layerNormalization,
  RMSNormalization: rmsNormalization,
};
