import type { Lowering } from '../gradient-rule.ts';

/** Keeps where each maximum was found, which the operator can say itself. */
export const lowerMaxPool: Lowering = ({ builder, node, isTrained }) => {
  const indices = node.outputs[1] || builder.createName();
  builder.append(isTrained ? { ...node, outputs: [node.outputs[0] ?? '', indices] } : node);
  return isTrained ? { indices } : {};
};
