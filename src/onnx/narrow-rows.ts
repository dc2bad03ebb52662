/**
 * Where only some rows of a value are read in the end, such as a transformer's class token, what is computed of the other rows
 * alone is computed for nothing, and so are their gradients, which are 0. Here the selection moves up through the operators that
 * work on each row by itself, as far as nobody else asks for all rows.
 */
import { getNumber, getNumbers, toAxis } from './attributes.ts';
import { slice } from './emit.ts';
import { type Dims, DYNAMIC, type Graph, type GraphNode, listCaptured, type ValueFacts } from './graph.ts';
import { GraphBuilder } from './graph-builder.ts';

/** One place along an axis. */
interface Selection {
  readonly axis: number;
  readonly index: number;
}

type Facts = ReadonlyMap<string, ValueFacts>;

export interface NarrowedGraph {
  readonly graph: Graph;
  readonly facts: Facts;
}

/** @returns the same graph where nothing can be left out */
export function narrowRows(graph: Graph, facts: Facts): NarrowedGraph {
  const narrowed = findNarrow(graph, facts);
  return narrowed.size === 0 ? { graph, facts } : new Narrowing(graph, facts, narrowed).write();
}

/** Nodes of whose result one row is read, and which; from the ends of the graph to its inputs. */
function findNarrow(graph: Graph, facts: Facts): Map<GraphNode, Selection> {
  /** Values that somebody reads whole. */
  const whole = new Set([...graph.outputs, ...graph.nodes.flatMap(listCaptured)]);
  const selections = new Map<string, Selection>();
  const narrowed = new Map<GraphNode, Selection>();
  const select = (name: string, selection: Selection) => {
    const known = selections.get(name) ?? selection;
    selections.set(name, known);
    if (known.axis !== selection.axis || known.index !== selection.index) whole.add(name);
  };
  for (const node of graph.nodes.toReversed()) {
    const gathered = readGather(node, graph, facts);
    if (gathered) {
      select(node.inputs[0] ?? '', gathered);
      continue;
    }
    const [output = ''] = node.outputs;
    const wanted = whole.has(output) ? undefined : selections.get(output);
    const rows = wanted && findRows(node, wanted, facts);
    if (wanted && rows) narrowed.set(node, wanted);
    for (const [input, name] of node.inputs.entries()) {
      const axis = rows?.get(input);
      if (wanted && axis !== undefined) select(name, { axis, index: wanted.index });
      else whole.add(name);
    }
  }
  return narrowed;
}

/** A `Gather` of one place, whose axis then is gone. */
function readGather(node: GraphNode, graph: Graph, facts: Facts): Selection | undefined {
  const { op, domain, inputs } = node;
  const dims = facts.get(inputs[0] ?? '')?.dims;
  const place = graph.constants.get(inputs[1] ?? '');
  if (op !== 'Gather' || domain !== '' || !dims || place?.dims.length !== 0) return undefined;
  const axis = toAxis(getNumber(node, 'axis', 0), dims.length);
  const size = dims[axis] ?? DYNAMIC;
  const index = Number(place.data[0]);
  return size === DYNAMIC ? undefined : { axis, index: index < 0 ? index + size : index };
}

/** Of one input, element by element. */
const UNARY: ReadonlySet<string> = new Set([
  ...['Gelu', 'Relu', 'Tanh', 'Sigmoid', 'Erf', 'Exp', 'Sqrt', 'Neg', 'LeakyRelu', 'Elu', 'HardSwish', 'Softplus'],
  ...['Identity', 'Dropout'],
]);
const BINARY: ReadonlySet<string> = new Set(['Add', 'Sub', 'Mul', 'Div']);

/**
 * The axis that a selection of a node's result is on in each of its inputs; inputs that are wanted whole are not in it.
 * `undefined` where the node does not work on each place of that axis by itself.
 */
function findRows(node: GraphNode, { axis }: Selection, facts: Facts): Map<number, number> | undefined {
  const { op, domain, inputs, outputs } = node;
  const dims = facts.get(outputs[0] ?? '')?.dims;
  const sources = inputs.map((name) => facts.get(name)?.dims ?? []);
  if (domain !== '' || !dims || outputs.slice(1).some((name) => name !== '')) return undefined;
  const [first = [], second = []] = sources;
  const last = dims.length - 1;
  if (UNARY.has(op)) return new Map([[0, axis]]);
  if (BINARY.has(op)) return findBroadcastRows(dims, sources, axis);
  if (op === 'LayerNormalization')
    return axis < toAxis(getNumber(node, 'axis', -1), first.length) ? new Map([[0, axis]]) : undefined;
  if (op === 'Softmax')
    return axis === toAxis(getNumber(node, 'axis', -1), first.length) ? undefined : new Map([[0, axis]]);
  if (op === 'MatMul') {
    if (first.length < 2 || second.length < 2 || axis === last) return undefined;
    if (axis === last - 1) return new Map([[0, first.length - 2]]);
    return second.length === 2 ? new Map([[0, axis]]) : undefined;
  }
  if (op === 'Transpose') {
    const from = getNumbers(node, 'perm')?.[axis];
    return from === undefined ? undefined : new Map([[0, from]]);
  }
  const keeps = op === 'Reshape' && keepsUpTo(axis, facts.get(inputs[0] ?? ''), facts.get(outputs[0] ?? ''));
  return keeps && dims.filter((size) => size === DYNAMIC).length <= 1 ? new Map([[0, axis]]) : undefined;
}

/** Whether a reshape leaves an axis and those before it alone. Of sizes that vary the trial runs say whether they are the same. */
function keepsUpTo(axis: number, from: ValueFacts | undefined, to: ValueFacts | undefined): boolean {
  if (!from || !to || axis >= from.dims.length) return false;
  return to.dims.slice(0, axis + 1).every((size, at) => {
    if (size !== DYNAMIC || from.dims[at] !== DYNAMIC) return size === from.dims[at];
    return to.trials?.every((sizes, run) => sizes[at] === from.trials?.[run]?.[at]) ?? false;
  });
}

/** Inputs that have the axis in full are selected from; those that are repeated along it stay. */
function findBroadcastRows(dims: Dims, sources: readonly Dims[], axis: number): Map<number, number> {
  const rows = new Map<number, number>();
  for (const [input, source] of sources.entries()) {
    const own = axis - (dims.length - source.length);
    if (own >= 0 && source[own] !== 1) rows.set(input, own);
  }
  return rows;
}

class Narrowing {
  readonly #graph: Graph;
  /** Of the graph as it was. */
  readonly #known: Facts;
  readonly #facts: Map<string, ValueFacts>;
  readonly #narrowed: ReadonlyMap<GraphNode, Selection>;
  readonly #builder: GraphBuilder;
  readonly #made: ReadonlySet<string>;
  /** Selected rows of values that are computed whole. */
  readonly #parts = new Map<string, string>();

  constructor(graph: Graph, facts: Facts, narrowed: ReadonlyMap<GraphNode, Selection>) {
    this.#graph = graph;
    this.#known = facts;
    this.#facts = new Map(facts);
    this.#narrowed = narrowed;
    this.#made = new Set([...narrowed.keys()].flatMap(({ outputs }) => outputs));
    this.#builder = new GraphBuilder(graph.opset, facts.keys());
  }

  write(): NarrowedGraph {
    for (const node of this.#graph.nodes) {
      const selection = this.#narrowed.get(node);
      const isPart = this.#made.has(node.inputs[0] ?? '');
      const gathered = isPart ? readGather(node, this.#graph, this.#known) : undefined;
      if (selection) this.#narrow(node, selection);
      else if (gathered) this.#squeeze(node, gathered);
      else this.#builder.append(node);
    }
    const { nodes, constants } = this.#builder;
    for (const [name, { type, dims }] of constants) this.#facts.set(name, { type, dims });
    const graph = { ...this.#graph, constants: new Map([...this.#graph.constants, ...constants]), nodes };
    return { graph, facts: this.#facts };
  }

  #narrow(node: GraphNode, selection: Selection): void {
    const rows = findRows(node, selection, this.#known);
    const inputs = node.inputs.map((name, input) => {
      const axis = rows?.get(input);
      if (axis === undefined || this.#made.has(name)) return name;
      return this.#take(name, { axis, index: selection.index });
    });
    const [output = ''] = node.outputs;
    const facts = this.#known.get(output);
    if (facts) this.#facts.set(output, narrowFacts(facts, selection.axis));
    if (node.op === 'Reshape') inputs[1] = this.#builder.ints(this.#facts.get(output)?.dims ?? []);
    this.#builder.append({ ...node, inputs });
  }

  /** The selected row of a value, with its axis. */
  #take(name: string, { axis, index }: Selection): string {
    const key = `${name}/${axis}/${index}`;
    const part =
      this.#parts.get(key) ?? slice(this.#builder, name, { axes: [axis], starts: [index], ends: [index + 1] });
    this.#parts.set(key, part);
    const facts = this.#known.get(name);
    if (facts) this.#facts.set(part, narrowFacts(facts, axis));
    return part;
  }

  /** What takes the row out of a value that has no other. */
  #squeeze({ name, inputs, outputs }: GraphNode, { axis }: Selection): void {
    const axes = this.#builder.ints([axis]);
    const [value = ''] = inputs;
    this.#builder.append({ op: 'Squeeze', domain: '', name, inputs: [value, axes], outputs, attributes: {} });
  }
}

function narrowFacts({ type, dims, trials }: ValueFacts, axis: number): ValueFacts {
  const one = (sizes: Dims) => sizes.map((size, at) => (at === axis ? 1 : size));
  return trials ? { type, dims: one(dims), trials: [one(trials[0]), one(trials[1])] } : { type, dims: one(dims) };
}
