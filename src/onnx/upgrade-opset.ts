import { ModelError } from '../utils/errors.ts';
import type { GraphNode } from './graph.ts';
import { GraphBuilder } from './graph-builder.ts';
import type { ValueInfoMessage } from './model/messages.ts';
import type { OnnxModel } from './model.ts';
import { listNames, readNodes, rewriteModel } from './rewrite-model.ts';
import { ATTRIBUTE_UPGRADES } from './upgrade-opset/attributes.ts';
import { PICTURE_UPGRADES } from './upgrade-opset/pictures.ts';
import { createRefusal } from './upgrade-opset/refuse.ts';
import type { UpgradeContext, UpgradeTable } from './upgrade-opset/rule.ts';
import { SOFTMAX_UPGRADES } from './upgrade-opset/softmax.ts';
import { UNCHANGED } from './upgrade-opset/unchanged.ts';

/** Below 7 operators did not broadcast as they do now. */
const OLDEST = 7;
/** The first that graphs are read in (`readGraph`). */
const TARGET = 13;

const CHANGED: UpgradeTable = { ...ATTRIBUTE_UPGRADES, ...SOFTMAX_UPGRADES, ...PICTURE_UPGRADES };

/** The version of ONNX's own operators that a model is written in; 0 where it says none. */
export function getOpset({ message }: OnnxModel): number {
  const own = (message.opsetImport ?? []).find(({ domain = '' }) => domain === '' || domain === 'ai.onnx');
  return own?.version ?? 0;
}

/**
 * A model of opset 7 to 12 in the operators of opset 13, which gives the same; a newer model as it is. Names of weights, inputs and
 * outputs stay.
 * @throws ModelError for older ones; OperatorError for an operator that changed and has no rule, or none in this form
 */
export function upgradeOpset(model: OnnxModel): OnnxModel {
  const opset = getOpset(model);
  if (opset >= TARGET) return model;
  if (opset < OLDEST)
    throw new ModelError(model.source, `operators of opset ${opset}, where ${OLDEST} is the oldest that is known`, {
      hint: 'export the model again with opset 17 (torch.onnx.export: opset_version=17)',
    });
  const nodes = readNodes(model);
  const inputs = (model.graph.input ?? []).map(({ name = '' }) => ({ name, type: 'float32' as const, dims: [] }));
  const builder = new GraphBuilder(TARGET, listNames({ inputs, initializers: model.initializers, nodes }));
  const ask = createQuestions(model, nodes);
  for (const node of nodes) upgradeNode({ ...ask, builder, node, opset });
  return rewriteModel(model, { nodes: builder.nodes, tensors: builder.constants, opset: TARGET });
}

function upgradeNode(context: UpgradeContext): void {
  const { builder, node, opset } = context;
  if (Object.values(node.attributes).some(({ kind }) => kind === 'graph'))
    throw createRefusal(node, opset, 'operators with a graph inside are not brought to a newer one');
  const entry = node.domain === '' ? CHANGED[node.op] : undefined;
  if (entry && opset < entry.until) entry.rule(context);
  else if (entry || node.domain !== '' || UNCHANGED.has(node.op)) builder.append(node);
  else throw createRefusal(node, opset, 'nothing is known of how it changed');
}

function createQuestions(
  { graph, initializers }: OnnxModel,
  nodes: readonly GraphNode[],
): Pick<UpgradeContext, 'getConstant' | 'getRank' | 'isRead'> {
  const ranks = new Map([...initializers].map(([name, { dims }]) => [name, dims.length]));
  const told: ValueInfoMessage[] = [...(graph.input ?? []), ...(graph.valueInfo ?? []), ...(graph.output ?? [])];
  for (const { name = '', type } of told) {
    const dims = type?.tensorType?.shape?.dim;
    if (dims) ranks.set(name, dims.length);
  }
  for (const { op, domain, outputs } of nodes)
    if (domain === '' && (op === 'Gemm' || op === 'Flatten')) ranks.set(outputs[0] ?? '', 2);
  const constants = new Map(initializers);
  for (const { op, outputs, attributes } of nodes)
    if (op === 'Constant' && attributes['value']?.kind === 'tensor')
      constants.set(outputs[0] ?? '', attributes['value'].value);
  const read = new Set([...nodes.flatMap(({ inputs }) => inputs), ...(graph.output ?? []).map(({ name }) => name)]);
  return {
    getConstant: (name) => constants.get(name),
    getRank: (name) => ranks.get(name),
    isRead: (name) => read.has(name),
  };
}
