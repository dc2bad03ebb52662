import { GraphBuilder } from './graph-builder.ts';
import type { OnnxModel } from './model.ts';
import { listNames, readNodes, rewriteModel } from './rewrite-model.ts';
import type { Device } from './session.ts';
import { turnSlice } from './turn-slice.ts';

/** The model in words that a device computes right; itself where it is in such already. */
export function writeForDevice(model: OnnxModel, device: Device): OnnxModel {
  if (device !== 'webgpu') return model;
  const nodes = readNodes(model);
  const inputs = (model.graph.input ?? []).map(({ name = '' }) => ({ name, type: 'float32' as const, dims: [] }));
  const builder = new GraphBuilder(0, listNames({ inputs, initializers: model.initializers, nodes }));
  const constants = new Map(model.initializers);
  let isOther = false;
  for (const node of nodes) {
    const { value } = node.attributes;
    if (node.op === 'Constant' && value?.kind === 'tensor') constants.set(node.outputs[0] ?? '', value.value);
    if (turnSlice({ builder, node, getConstant: (name) => constants.get(name) })) isOther = true;
    else builder.append(node);
  }
  return isOther ? rewriteModel(model, { nodes: builder.nodes, tensors: builder.constants }) : model;
}
