/** What is known of operators beside their gradients. */
import type { GraphNode } from './graph.ts';

/** Their result does not change with small changes of their inputs, or is no number to differentiate. */
const CONSTANT_ALMOST_EVERYWHERE: ReadonlySet<string> = new Set([
  ...['And', 'Or', 'Not', 'Xor', 'Equal', 'Greater', 'GreaterOrEqual', 'Less', 'LessOrEqual', 'IsInf', 'IsNaN'],
  ...['ArgMax', 'ArgMin', 'NonZero', 'OneHot', 'EyeLike', 'Shape', 'Size', 'Range', 'ConstantOfShape'],
  ...['BitShift', 'BitwiseAnd', 'BitwiseNot', 'BitwiseOr', 'BitwiseXor', 'Unique', 'NonMaxSuppression'],
  ...['Floor', 'Ceil', 'Round', 'Sign'],
]);

/** Their result differs from run to run. */
const RANDOM: ReadonlySet<string> = new Set([
  ...['RandomNormal', 'RandomNormalLike', 'RandomUniform', 'RandomUniformLike', 'Bernoulli', 'Multinomial', 'Dropout'],
]);

/** They hand the numbers of their first input on, in another shape or type at most. */
export const HANDS_ON: ReadonlySet<string> = new Set([
  ...['Identity', 'Cast', 'Reshape', 'Flatten', 'Squeeze', 'Unsqueeze', 'QuantizeLinear', 'DequantizeLinear'],
]);

/** A node's operator, with its domain where that is not ONNX's own. */
export function getOperatorName(node: GraphNode): string {
  return node.domain === '' ? node.op : `${node.domain}.${node.op}`;
}

/** Whether no gradient flows through a node, so that what lies above it is not trained by it. */
export function stopsGradient(node: GraphNode): boolean {
  return CONSTANT_ALMOST_EVERYWHERE.has(getOperatorName(node)) || RANDOM_SOURCES.has(getOperatorName(node));
}

/** Whether a node gives the same for the same inputs. */
export function isDeterministic(node: GraphNode): boolean {
  return !RANDOM.has(node.op);
}

/** Random operators whose inputs give at most a shape. */
const RANDOM_SOURCES: ReadonlySet<string> = new Set([...RANDOM].filter((name) => name !== 'Dropout'));
