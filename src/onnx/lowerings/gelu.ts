import type { Lowering } from '../gradient-rule.ts';

/** ONNX has Gelu since here. */
const GELU_OPSET = 20;

/** In an older model it is onnxruntime's own operator of the same name. */
export const lowerGelu: Lowering = ({ builder, node }) => {
  builder.append(builder.opset < GELU_OPSET ? { ...node, domain: 'com.microsoft' } : node);
  return {};
};
