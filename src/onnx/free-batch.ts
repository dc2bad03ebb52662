import { ModelError } from '../utils/errors.ts';
import { getNumber } from './attributes.ts';
import { describeNode, type GraphNode } from './graph.ts';
import { GraphBuilder } from './graph-builder.ts';
import type { ValueInfoMessage } from './model/messages.ts';
import type { OnnxModel } from './model.ts';
import { normalizeGraph } from './normalize.ts';
import { readGraph } from './read-graph.ts';
import { listNames, readNodes, rewriteModel } from './rewrite-model.ts';

/** A model whose batch was fixed. */
export interface FreedModel {
  readonly model: OnnxModel;
  /** The batch it was fixed at. */
  readonly batch: number;
  /** Nodes with sizes of their own that may fix it still, for messages. */
  readonly suspects: readonly string[];
}

/**
 * A model whose inputs have a fixed first dimension, as exporters write it without dynamic axes, with one that varies. Shapes of
 * constants that begin with the batch follow it. Whether every node does is to be seen by running it (`adaptModel`).
 * @returns `undefined` where the batch varies already
 * @throws ModelError where inputs differ in their first dimension
 */
export function freeBatch(model: OnnxModel): FreedModel | undefined {
  const { source, graph, initializers } = model;
  const inputs = (graph.input ?? []).filter(({ name }) => !initializers.has(name ?? ''));
  const sizes = [...new Set(inputs.flatMap((input) => getFirst(input)?.dimValue ?? []))];
  const [batch, other] = sizes;
  if (batch === undefined) return undefined;
  if (other !== undefined)
    throw new ModelError(
      source,
      `its inputs begin with different sizes (${sizes.join(', ')}), so that none is the batch`,
    );
  const nodes = readNodes(model);
  const { constants, inputs: values } = normalizeGraph(readGraph(model)).graph;
  const builder = new GraphBuilder(0, listNames({ inputs: values, initializers, nodes }));
  const varying = findVarying(
    nodes,
    values.map(({ name }) => name),
  );
  const suspects: string[] = [];
  for (const node of nodes) {
    const shape = isReshape(node) && varying.has(node.inputs[0] ?? '') ? (node.inputs[1] ?? '') : '';
    const tensor = constants.get(shape) ?? initializers.get(shape);
    const sides = tensor ? Array.from(tensor.data as ArrayLike<number | bigint>, Number) : [];
    const [first, ...rest] = sides;
    if (first === batch) {
      // Where another size is left open, the first is that of what is reshaped.
      const freed = builder.ints([rest.includes(-1) ? 0 : -1, ...rest]);
      builder.append({ ...node, inputs: [node.inputs[0] ?? '', freed] });
      continue;
    }
    if (sides.every((side) => side > 0) && sides.length > 0)
      suspects.push(`"${describeNode(node)}" [${sides.join(', ')}]`);
    builder.append(node);
  }
  const free = (value: ValueInfoMessage) => setFirst(value, batch);
  const changed = { input: inputs.map(free), output: (graph.output ?? []).map(free), valueInfo: [] };
  const tensors = builder.constants;
  return { model: rewriteModel(model, { nodes: builder.nodes, tensors, graph: changed }), batch, suspects };
}

/** With `allowzero` a size of 0 does not mean that of the input. */
function isReshape(node: GraphNode): boolean {
  return node.domain === '' && node.op === 'Reshape' && getNumber(node, 'allowzero', 0) === 0;
}

/** Values that follow from the inputs. */
function findVarying(nodes: readonly GraphNode[], inputs: readonly string[]): ReadonlySet<string> {
  const found = new Set(inputs);
  for (const node of nodes)
    if (node.inputs.some((name) => found.has(name))) for (const name of node.outputs) found.add(name);
  return found;
}

function getFirst({ type }: ValueInfoMessage) {
  return type?.tensorType?.shape?.dim?.[0];
}

/** The value with a named first dimension, where it is the batch. */
function setFirst(value: ValueInfoMessage, batch: number): ValueInfoMessage {
  const { type } = value;
  const [first, ...rest] = type?.tensorType?.shape?.dim ?? [];
  if (!type?.tensorType || first?.dimValue !== batch) return value;
  return {
    ...value,
    type: { ...type, tensorType: { ...type.tensorType, shape: { dim: [{ dimParam: 'batch' }, ...rest] } } },
  };
}
