import type { Lowering } from '../gradient-rule.ts';
import { turnSlice } from '../turn-slice.ts';

/** Forwards first and then back, where WebGPU would begin at the wrong place. */
export const lowerSlice: Lowering = (context) => {
  const { builder, node, device } = context;
  if (device !== 'webgpu' || !turnSlice(context)) builder.append(node);
  return {};
};
