import { type Graph, type GraphNode, listReads, type ValueFacts } from './graph.ts';

/** Numbers in models are single precision. */
const TOLERANCE = 1e-6;

/**
 * The graph with Gelu where it is written out as x * (1 + erf(x / sqrt(2))) / 2, as exporters do before opset 20. In one piece it
 * takes one pass over memory in place of five, and its gradient needs nothing kept but x.
 */
export function fuseGelu(graph: Graph, facts: ReadonlyMap<string, ValueFacts>): Graph {
  const search = new Search(graph);
  const replaced = new Map<GraphNode, GraphNode>();
  const dropped = new Set<GraphNode>();
  for (const node of graph.nodes) {
    const found = node.op === 'Erf' && facts.get(node.outputs[0] ?? '')?.type === 'float32' && search.complete(node);
    if (!found) continue;
    const { last, parts, x } = found;
    replaced.set(last, { op: 'Gelu', domain: '', name: last.name, inputs: [x], outputs: last.outputs, attributes: {} });
    for (const part of parts) dropped.add(part);
  }
  if (replaced.size === 0) return graph;
  const nodes = graph.nodes.flatMap((node) => (dropped.has(node) ? [] : [replaced.get(node) ?? node]));
  return { ...graph, nodes };
}

interface Found {
  readonly x: string;
  /** Gives the result. */
  readonly last: GraphNode;
  /** The other nodes, whose results nobody else reads. */
  readonly parts: readonly GraphNode[];
}

class Search {
  readonly #graph: Graph;
  readonly #makers = new Map<string, GraphNode>();
  readonly #readers = new Map<string, GraphNode[]>();

  constructor(graph: Graph) {
    this.#graph = graph;
    for (const node of graph.nodes) {
      for (const name of node.outputs) this.#makers.set(name, node);
      for (const name of listReads(node)) this.#readers.set(name, [...(this.#readers.get(name) ?? []), node]);
    }
  }

  /** From its error function on, the nodes of a Gelu. */
  complete(erf: GraphNode): Found | undefined {
    const scaled = this.#makers.get(erf.inputs[0] ?? '');
    const x = this.#readScaled(scaled, Math.SQRT1_2);
    if (!scaled || x === undefined || this.#getReader(scaled) !== erf) return undefined;
    const sum = this.#getReader(erf);
    if (!sum || this.#readSum(sum, erf.outputs[0] ?? '') !== 1) return undefined;
    const product = this.#getReader(sum);
    if (product?.op !== 'Mul' || product.domain !== '') return undefined;
    const other = product.inputs.find((name) => name !== sum.outputs[0]);
    const parts = [scaled, erf, sum];
    if (other === x) {
      const last = this.#getReader(product);
      const halved = this.#readScaled(last, 0.5) === product.outputs[0];
      return last && halved ? { x, last, parts: [...parts, product] } : undefined;
    }
    const half = this.#makers.get(other ?? '');
    const fits = half && this.#readScaled(half, 0.5) === x && this.#getReader(half) === product;
    return fits ? { x, last: product, parts: [...parts, half] } : undefined;
  }

  /** The one node that reads a node's result. */
  #getReader({ outputs: [name = ''] }: GraphNode): GraphNode | undefined {
    const readers = this.#readers.get(name) ?? [];
    return readers.length === 1 && !this.#graph.outputs.includes(name) ? readers[0] : undefined;
  }

  /** What a node multiplies with `factor`. */
  #readScaled(node: GraphNode | undefined, factor: number): string | undefined {
    if (node?.domain !== '') return undefined;
    const [a = '', b = ''] = node.inputs;
    const isFactor = (value: number | undefined) => value !== undefined && Math.abs(value / factor - 1) < TOLERANCE;
    if (node.op === 'Div') return isFactor(1 / (this.#readNumber(b) ?? Number.NaN)) ? a : undefined;
    if (node.op !== 'Mul') return undefined;
    if (isFactor(this.#readNumber(b))) return a;
    return isFactor(this.#readNumber(a)) ? b : undefined;
  }

  /** What a node adds to `name`. */
  #readSum({ op, domain, inputs }: GraphNode, name: string): number | undefined {
    if (op !== 'Add' || domain !== '') return undefined;
    return this.#readNumber(inputs.find((input) => input !== name) ?? '');
  }

  #readNumber(name: string): number | undefined {
    const constant = this.#graph.constants.get(name);
    return constant?.data.length === 1 ? Number(constant.data[0]) : undefined;
  }
}
