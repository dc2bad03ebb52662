/**
 * Matrix products that take their operands as they lie. Rules write a gradient with transposes, and exporters write a linear
 * layer so: as nodes of their own they would copy every weight and every attention map. onnxruntime's FusedMatMul has them, and
 * a factor, as attributes. It is in its build for the processor, in single precision.
 */
import { float, int, ints } from './attributes.ts';
import { dropUnread } from './drop-unread.ts';
import { type Dims, DYNAMIC, type GraphNode, listReads, type ValueFacts } from './graph.ts';
import type { GraphBuilder } from './graph-builder.ts';
import type { Tensor } from './model/tensor.ts';
import { flip, type Operand, type Product, readNumber, readProduct, swapsLast } from './read-product.ts';

export interface ProductGraph {
  readonly nodes: readonly GraphNode[];
  /** Makes names and constants. */
  readonly builder: GraphBuilder;
  readonly facts: ReadonlyMap<string, ValueFacts>;
  /** Values that are asked for from outside. */
  readonly outputs: readonly string[];
  getConstant(name: string): Tensor | undefined;
}

/** From this many columns on it pays to transpose the left operand first: it would be packed anew for each 128 columns. */
const WIDE = 256;

/** The same graph with transposes and factors inside products, and without what nobody reads then. */
export function fuseProducts(graph: ProductGraph): GraphNode[] {
  const fusion = new Fusion(graph);
  const nodes = graph.nodes.flatMap((node) => fusion.rewrite(node));
  return dropUnread(nodes, graph.outputs).nodes;
}

class Fusion {
  readonly #graph: ProductGraph;
  readonly #makers = new Map<string, GraphNode>();
  readonly #readers = new Map<string, GraphNode[]>();
  /** Where each node is in the order. */
  readonly #places = new Map<GraphNode, number>();
  /** Products that were written anew, by their result. */
  readonly #products = new Map<string, Product>();
  /** Additions that have become part of a product. */
  readonly #done = new Set<GraphNode>();

  constructor(graph: ProductGraph) {
    this.#graph = graph;
    for (const [place, node] of graph.nodes.entries()) {
      this.#places.set(node, place);
      for (const name of node.outputs) this.#makers.set(name, node);
      for (const name of listReads(node)) {
        const readers = this.#readers.get(name);
        if (readers) readers.push(node);
        else this.#readers.set(name, [node]);
      }
    }
  }

  rewrite(node: GraphNode): GraphNode[] {
    if (this.#done.has(node)) return [];
    const product = readProduct(node) ?? this.#absorb(node);
    if (!product || [product.left, product.right].some(({ name }) => this.#getDims(name)?.length === 1)) return [node];
    const [left, leftFactor] = this.#resolve(product.left);
    const [right, rightFactor] = this.#resolve(product.right);
    const resolved = { left, right, alpha: product.alpha * leftFactor * rightFactor };
    const rows = this.#writeRows(node, resolved);
    if (rows) return rows;
    this.#products.set(node.outputs[0] ?? '', resolved);
    return this.#write(node, resolved);
  }

  /** A linear layer of more than two axes, with what is added to each row: one matrix product in place of one a batch. */
  #writeRows(node: GraphNode, { left, right, alpha }: Product): GraphNode[] | undefined {
    const [output = ''] = node.outputs;
    const { builder, facts, outputs } = this.#graph;
    const [dims, weights] = [facts.get(output)?.dims, facts.get(right.name)?.dims];
    if (!dims || dims.length < 3 || weights?.length !== 2 || left.transposed || outputs.includes(output))
      return undefined;
    if (dims.filter((size) => size === DYNAMIC).length > 1 || weights.includes(DYNAMIC)) return undefined;
    const readers = this.#readers.get(output) ?? [];
    const [reader] = readers;
    const bias =
      reader?.op === 'Add' && readers.length === 1 ? reader.inputs.find((name) => name !== output) : undefined;
    const isBias = reader && bias !== undefined && this.#isRowBias(bias, node);
    if (!isBias && !right.transposed) return undefined;
    if (isBias) this.#done.add(reader);
    const [rows, product] = [builder.createName(), builder.createName()];
    const [inner = 0] = right.transposed ? weights.slice(1) : weights;
    const attributes = {
      ...(right.transposed ? { transB: int(1) } : {}),
      ...(alpha === 1 ? {} : { alpha: float(alpha) }),
    };
    const inputs = [rows, right.name, ...(isBias ? [bias] : [])];
    return [
      { ...RESHAPE, inputs: [left.name, builder.ints([DYNAMIC, inner])], outputs: [rows] },
      { op: 'Gemm', domain: '', name: node.name, inputs, outputs: [product], attributes },
      { ...RESHAPE, inputs: [product, builder.ints(dims)], outputs: isBias ? reader.outputs : node.outputs },
    ];
  }

  /** Whether a value is there when a product is computed, and fits each of its rows. */
  #isRowBias(bias: string, product: GraphNode): boolean {
    const sizes = this.#graph.facts.get(bias)?.dims ?? [];
    const columns = this.#graph.facts.get(product.outputs[0] ?? '')?.dims.at(-1);
    const [size = DYNAMIC] = sizes;
    if (sizes.length !== 1 || size === DYNAMIC || (size !== 1 && size !== columns)) return false;
    const maker = this.#makers.get(bias);
    return !maker || (this.#places.get(maker) ?? Infinity) < (this.#places.get(product) ?? 0);
  }

  /** A product that is transposed or scaled, and not read before that. */
  #absorb(node: GraphNode): Product | undefined {
    if (swapsLast(node)) {
      const product = this.#takeProduct(node.inputs[0] ?? '');
      return product && { left: flip(product.right), right: flip(product.left), alpha: product.alpha };
    }
    const scaled = this.#readScale(node);
    const product = scaled && this.#takeProduct(scaled.name);
    return product && { ...product, alpha: product.alpha * scaled.factor };
  }

  #takeProduct(name: string): Product | undefined {
    const readers = this.#readers.get(name) ?? [];
    return readers.length === 1 && !this.#graph.outputs.includes(name) ? this.#products.get(name) : undefined;
  }

  /** An operand without the transposes and factors before it, and the product of those factors. */
  #resolve({ name, transposed }: Operand): [Operand, number] {
    const maker = this.#makers.get(name);
    if (maker && swapsLast(maker)) return this.#resolve({ name: maker.inputs[0] ?? '', transposed: !transposed });
    const scaled = maker && this.#readScale(maker);
    if (!scaled || !this.#isOnlyMultiplied(name)) return [{ name, transposed }, 1];
    const [operand, factor] = this.#resolve({ name: scaled.name, transposed });
    return [operand, factor * scaled.factor];
  }

  /** Whether a value goes into products alone, so that none has to be computed of it. */
  #isOnlyMultiplied(name: string): boolean {
    const readers = this.#readers.get(name) ?? [];
    return (
      !this.#graph.outputs.includes(name) &&
      readers.every((node) =>
        swapsLast(node) ? this.#isOnlyMultiplied(node.outputs[0] ?? '') : readProduct(node) !== undefined,
      )
    );
  }

  /** What a multiplication with one number multiplies, and with what. */
  #readScale({ op, domain, inputs }: GraphNode): { name: string; factor: number } | undefined {
    if (domain !== '' || (op !== 'Mul' && op !== 'Div')) return undefined;
    const [a = '', b = ''] = inputs;
    const right = readNumber(this.#graph.getConstant(b));
    if (right !== undefined) return { name: a, factor: op === 'Mul' ? right : 1 / right };
    const left = op === 'Mul' ? readNumber(this.#graph.getConstant(a)) : undefined;
    return left === undefined ? undefined : { name: b, factor: left };
  }

  #write(node: GraphNode, product: Product): GraphNode[] {
    const { left, right, alpha } = product;
    const plain = { domain: '', name: node.name, outputs: node.outputs };
    const isMatrix = node.op === 'Gemm' || [left, right].every(({ name }) => this.#getDims(name)?.length === 2);
    if (left.transposed && isMatrix && (this.#countColumns(right) ?? 0) >= WIDE) {
      const turned = this.#graph.builder.createName();
      const rest = this.#write(node, { left: { name: turned, transposed: false }, right, alpha });
      return [{ ...TRANSPOSE, inputs: [left.name], outputs: [turned] }, ...rest];
    }
    if (!left.transposed && !right.transposed && alpha === 1)
      return [{ ...plain, op: 'MatMul', inputs: [left.name, right.name], attributes: {} }];
    const attributes = {
      ...(left.transposed ? { transA: int(1) } : {}),
      ...(right.transposed ? { transB: int(1) } : {}),
      ...(alpha === 1 ? {} : { alpha: float(alpha) }),
    };
    return [{ ...plain, op: 'FusedMatMul', domain: 'com.microsoft', inputs: [left.name, right.name], attributes }];
  }

  /** Columns of a matrix that is an operand on the right, where they are known. */
  #countColumns({ name, transposed }: Operand): number | undefined {
    const size = this.#getDims(name)?.at(transposed ? -2 : -1);
    return size === DYNAMIC ? undefined : size;
  }

  /** Sizes of a forward value, or of one that is reshaped to constant sizes. */
  #getDims(name: string): Dims | undefined {
    const known = this.#graph.facts.get(name)?.dims;
    const maker = this.#makers.get(name);
    if (known || maker?.op !== 'Reshape') return known;
    const shape = this.#graph.getConstant(maker.inputs[1] ?? '');
    return shape && Array.from(shape.data as BigInt64Array, Number);
  }
}

const RESHAPE = { op: 'Reshape', domain: '', name: '', attributes: {} } as const;
const TRANSPOSE = { op: 'Transpose', domain: '', name: '', attributes: { perm: ints([1, 0]) } } as const;
