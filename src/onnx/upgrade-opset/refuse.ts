import { OperatorError } from '../../utils/errors.ts';
import { describeNode, type GraphNode } from '../graph.ts';

/** The error for what can't be brought to a newer opset. */
export function createRefusal(node: GraphNode, opset: number, reason: string): OperatorError {
  return new OperatorError(node.op, describeNode(node), `of opset ${opset}: ${reason}`, {
    hint: 'export the model again with opset 17 (torch.onnx.export: opset_version=17)',
  });
}
