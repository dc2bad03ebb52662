import type { Lowering } from '../gradient-rule.ts';

/** Keeps mean and inverse deviation, which the operator can say itself: in single precision, whatever the input's. */
export const lowerLayerNormalization: Lowering = ({ builder, node, isTrained, getType }) => {
  const keeps = isTrained && getType(node.inputs[0] ?? '') === 'float32';
  const mean = node.outputs[1] || builder.createName();
  const inverse = node.outputs[2] || builder.createName();
  builder.append(keeps ? { ...node, outputs: [node.outputs[0] ?? '', mean, inverse] } : node);
  return keeps ? { mean, inverse } : {};
};
