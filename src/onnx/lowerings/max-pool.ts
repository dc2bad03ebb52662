import type { Lowering } from '../gradient-rule.ts';

/** Keeps where each maximum was found, which the operator can say itself; on WebGPU it fails when it is asked to. */
export const lowerMaxPool: Lowering = ({ builder, node, device, isTrained }) => {
  const keeps = isTrained && device !== 'webgpu';
  const indices = node.outputs[1] || builder.createName();
  builder.append(keeps ? { ...node, outputs: [node.outputs[0] ?? '', indices] } : node);
  return keeps ? { indices } : {};
};
