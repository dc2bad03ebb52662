import type { Lowering } from '../gradient-rule.ts';

/** Keeps mean and inverse deviation, which the operator can say itself. */
export const lowerLayerNormalization: Lowering = ({ builder, node, isTrained }) => {
  const mean = node.outputs[1] || builder.createName();
  const inverse = node.outputs[2] || builder.createName();
  builder.append(isTrained ? { ...node, outputs: [node.outputs[0] ?? '', mean, inverse] } : node);
  return isTrained ? { mean, inverse } : {};
};
