/** Runs of a graph that shapes and constants are learnt from (`probe-shapes.ts`). */
import { ModelError, SessionError } from '../utils/errors.ts';
import type { Graph, GraphNode } from './graph.ts';
import { joinChunks } from './model/encode-message.ts';
import { createZeros, type Tensor } from './model/tensor.ts';
import { encodeModel } from './model.ts';
import { openSession } from './runtime/open-session.ts';
import type { Session } from './session.ts';
import { type WritableGraph, writeGraph } from './write-graph.ts';

/** Larger tensors are fed and not written into the graph. */
const FED_BYTES = 4096;

/** Names of all that nodes make. */
export function listValues(graph: Graph): string[] {
  return graph.nodes.flatMap((node) => node.outputs.filter((name) => name !== ''));
}

/** Element types, as onnxruntime infers them when it loads the graph. */
export async function probeTypes(graph: Graph): Promise<Map<string, Tensor['type']>> {
  const names = listValues(graph);
  const { model } = createProbe(graph, { inputs: graph.inputs, nodes: graph.nodes, outputs: names });
  await using session = await openProbe(graph, model);
  const types = new Map<string, Tensor['type']>();
  for (const name of names) {
    const type = session.getOutputType(name);
    if (type) types.set(name, type);
  }
  return types;
}

/** Computable values as they are, of others a tensor with their shape, for each trial. */
export async function runTrials(
  graph: Graph,
  { computable, trials }: { computable: ReadonlySet<string>; trials: readonly number[] },
): Promise<Map<string, Tensor>[]> {
  const names = listValues(graph);
  const shapes = new Map(
    names.filter((name) => !computable.has(name)).map((name, index) => [`shape/${index}/${name}`, name]),
  );
  const shapeNodes: GraphNode[] = [...shapes].map(([output, name]) => ({
    ...{ op: 'Shape', domain: '', name: '', attributes: {} },
    inputs: [name],
    outputs: [output],
  }));
  const { model, fed } = createProbe(graph, {
    inputs: graph.inputs,
    nodes: [...graph.nodes, ...shapeNodes],
    outputs: [...names.filter((name) => computable.has(name)), ...shapes.keys()],
  });
  await using session = await openProbe(graph, model);
  const runs: Map<string, Tensor>[] = [];
  for (const size of trials) {
    const feeds = new Map(fed);
    for (const { name, type, dims } of graph.inputs)
      feeds.set(
        name,
        createZeros(
          type,
          dims.map((dim) => (typeof dim === 'number' ? dim : size)),
        ),
      );
    const results = await runProbe(session, { graph, feeds, size });
    runs.push(new Map([...results].map(([name, value]) => [shapes.get(name) ?? name, value])));
  }
  return runs;
}

/** @throws ModelError for a graph that does not take every size of its named dimensions */
async function runProbe(
  session: Session,
  { graph, feeds, size }: { graph: Graph; feeds: ReadonlyMap<string, Tensor>; size: number },
): Promise<Map<string, Tensor>> {
  try {
    return await session.run(feeds);
  } catch (error) {
    const names = new Set(graph.inputs.flatMap(({ dims }) => dims.filter((dim) => typeof dim === 'string')));
    if (!(error instanceof SessionError) || names.size === 0) throw error;
    const [first = ''] = names;
    throw new ModelError(graph.source, `it does not run with ${[...names].join(', ')} of ${size}: ${error.message}`, {
      cause: error,
      hint: `give it the sizes that it works with: sizes: { ${JSON.stringify(first)}: ... }`,
    });
  }
}

/** The graph as a model without its large tensors, which are fed. */
function createProbe(
  graph: Graph,
  { inputs, nodes, outputs }: Pick<WritableGraph, 'inputs' | 'nodes' | 'outputs'>,
): { model: Uint8Array; fed: Map<string, Tensor> } {
  const fed = new Map<string, Tensor>();
  const tensors = new Map<string, Tensor>(graph.constants);
  for (const [name, tensor] of graph.initializers)
    (tensor.data.byteLength > FED_BYTES ? fed : tensors).set(name, tensor);
  const all = [...inputs, ...[...fed].map(([name, { type, dims }]) => ({ name, type, dims }))];
  const message = writeGraph({ opset: graph.opset, inputs: all, outputs, tensors, nodes });
  return { model: joinChunks(encodeModel(message)), fed };
}

async function openProbe(graph: Graph, model: Uint8Array): Promise<Session> {
  try {
    // Two small runs are not worth starting threads for.
    return await openSession(model, { optimization: 'disabled', threads: 1 });
  } catch (error) {
    throw new ModelError(graph.source, error instanceof Error ? error.message : String(error), { cause: error });
  }
}
