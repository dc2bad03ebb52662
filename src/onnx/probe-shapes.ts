import { ModelError } from '../utils/errors.ts';
import { type Dims, DYNAMIC, type Graph, listReads, type SymbolicDim, type ValueFacts } from './graph.ts';
import { isDifferentiable } from './model/data-types.ts';
import { countElements, type Tensor } from './model/tensor.ts';
import { isDeterministic } from './operators.ts';
import { listValues, probeTypes, runTrials } from './run-probe.ts';

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

/** Values of more elements are computed at run time, known or not. */
const MAX_KNOWN = 1 << 24;

/**
 * Learns shapes by running the graph twice with zeros: what has the same size both times stays, what differs is dynamic. No
 * operator's shape rule has to be known for it. Only shapes leave the run, so its memory is that of one inference.
 * @throws ModelError where onnxruntime refuses the graph or can't run it with these sizes, or where a size is given that it does not
 * have
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
