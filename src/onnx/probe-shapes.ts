import { ModelError } from '../utils/errors.ts';
import {
  type Dims,
  DYNAMIC,
  type Graph,
  type GraphNode,
  listReads,
  type SymbolicDim,
  type ValueFacts,
} from './graph.ts';
import { isDifferentiable } from './model/data-types.ts';
import { joinChunks } from './model/encode-message.ts';
import { countElements, createZeros, type Tensor } from './model/tensor.ts';
import { encodeModel } from './model.ts';
import { isDeterministic } from './operators.ts';
import { openSession, type Session } from './session.ts';
import { type WritableGraph, writeGraph } from './write-graph.ts';

export interface ProbeOptions {
  /** Sizes of named dimensions that stay as they are, such as `{ height: 224 }`. */
  sizes?: Readonly<Record<string, number>>;
  /** The two sizes that every other named dimension is tried with. Default [2, 3]; 1 may mean something of its own. */
  trials?: readonly [number, number];
}

export interface ProbedGraph {
  /** The graph with the given sizes in its inputs. */
  readonly graph: Graph;
  /** Type and sizes of every value, inputs and initializers too. */
  readonly facts: ReadonlyMap<string, ValueFacts>;
  /** Values that are the same whatever the inputs: they depend on constants and on sizes that don't vary. */
  readonly known: ReadonlyMap<string, Tensor>;
  /** Names of the dimensions that vary. */
  readonly symbols: readonly string[];
  /** The sizes they were tried with. */
  readonly trials: readonly [number, number];
}

/** Larger tensors are fed and not written into the graph. */
const FED_BYTES = 4096;
/** Values of more elements are computed at run time, known or not. */
const MAX_KNOWN = 1 << 24;

/**
 * Learns shapes by running the graph twice with zeros: what has the same size both times stays, what differs is dynamic. No
 * operator's shape rule has to be known for it. Only shapes leave the run, so its memory is that of one inference.
 * @throws SessionError where onnxruntime refuses the graph; ModelError where a size is given that the graph does not have
 */
export async function probeShapes(graph: Graph, options: ProbeOptions = {}): Promise<ProbedGraph> {
  const sized = setSizes(graph, options.sizes ?? {});
  const symbols = [...new Set(sized.inputs.flatMap(({ dims }) => dims.filter((dim) => typeof dim === 'string')))];
  const computable = findComputable(sized);
  const types = await probeTypes(sized);
  const trials = options.trials ?? [2, 3];
  const runs = await runTrials(sized, { computable, trials: symbols.length > 0 ? trials : trials.slice(0, 1) });
  const facts = new Map<string, ValueFacts>();
  const known = new Map<string, Tensor>();
  for (const { name, type, dims } of sized.inputs)
    facts.set(name, { type, dims: dims.map((dim) => (typeof dim === 'number' ? dim : DYNAMIC)) });
  for (const [name, { type, dims }] of [...sized.initializers, ...sized.constants]) facts.set(name, { type, dims });
  for (const name of listValues(sized)) {
    const [first, second = first] = runs.map((run) => run.get(name));
    const type = types.get(name);
    if (!first || !second || !type) continue;
    const value = computable.has(name);
    const sizes = [value ? first.dims : toSizes(first), value ? second.dims : toSizes(second)] as const;
    const dims = mergeDims(...sizes);
    if (!dims) throw new ModelError(graph.source, `the value "${name}" changes its rank with the size of the input`);
    facts.set(name, dims.includes(DYNAMIC) ? { type, dims, trials: sizes } : { type, dims });
    if (value && isSame(first, second) && first.data.length <= MAX_KNOWN) known.set(name, first);
  }
  return { graph: sized, facts, known, symbols, trials };
}

function setSizes(graph: Graph, sizes: Readonly<Record<string, number>>): Graph {
  const names = new Set(graph.inputs.flatMap(({ dims }) => dims));
  const unknown = Object.keys(sizes).find((name) => !names.has(name));
  if (unknown !== undefined)
    throw new ModelError(graph.source, `it has no dimension "${unknown}"`, {
      hint: `its named dimensions are: ${[...names].filter((name) => typeof name === 'string').join(', ') || 'none'}`,
    });
  const set = (dim: SymbolicDim) => (typeof dim === 'string' ? (sizes[dim] ?? dim) : dim);
  return { ...graph, inputs: graph.inputs.map((input) => ({ ...input, dims: input.dims.map(set) })) };
}

/** Values that follow from constants and shapes alone. Whole numbers of the file are constants, as nothing trains them. */
function findComputable({ nodes, constants, initializers }: Graph): ReadonlySet<string> {
  const found = new Set(constants.keys());
  for (const [name, { type }] of initializers) if (!isDifferentiable(type)) found.add(name);
  for (const node of nodes) {
    const follows = node.op === 'Shape' || node.op === 'Size' || listReads(node).every((name) => found.has(name));
    if (follows && isDeterministic(node)) for (const name of node.outputs) found.add(name);
  }
  return found;
}

function listValues(graph: Graph): string[] {
  return graph.nodes.flatMap((node) => node.outputs.filter((name) => name !== ''));
}

/** Element types, as onnxruntime infers them when it loads the graph. */
async function probeTypes(graph: Graph): Promise<Map<string, Tensor['type']>> {
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
async function runTrials(
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
    const results = await session.run(feeds);
    runs.push(new Map([...results].map(([name, value]) => [shapes.get(name) ?? name, value])));
  }
  return runs;
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

function toSizes(shape: Tensor): Dims {
  return Array.from(shape.data as BigInt64Array, Number);
}

function mergeDims(first: Dims, second: Dims): Dims | undefined {
  if (first.length !== second.length) return undefined;
  return first.map((size, axis) => (size === second[axis] ? size : DYNAMIC));
}

function isSame(first: Tensor, second: Tensor): boolean {
  if (countElements(first.dims) !== countElements(second.dims) || `${first.dims}` !== `${second.dims}`) return false;
  for (let index = 0; index < first.data.length; index++) {
    // NaN is the same as NaN.
    if (!Object.is(first.data[index], second.data[index])) return false;
  }
  return true;
}
