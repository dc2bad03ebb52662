import type { Attributes, GraphNode } from './graph.ts';
import { DATA_TYPES, type DataType } from './model/data-types.ts';
import type { Tensor } from './model/tensor.ts';

/** Constants of at most this many bytes are looked up before one is made anew. */
const SHARED_BYTES = 1024;

/** Collects the nodes and constants of a graph in the making, and names what they make. */
export class GraphBuilder {
  readonly opset: number;
  readonly nodes: GraphNode[] = [];
  readonly constants = new Map<string, Tensor>();
  readonly #taken: Set<string>;
  readonly #shared = new Map<string, string>();
  #count = 0;

  /** @param taken names that are in use: inputs, weights, values of nodes that will be appended as they are */
  constructor(opset: number, taken: Iterable<string>) {
    this.opset = opset;
    this.#taken = new Set(taken);
  }

  /** Adds a node with one output and returns the name of its value. */
  add(op: string, inputs: readonly string[], attributes: Attributes = {}): string {
    const output = this.createName();
    this.append({ op, domain: '', name: '', inputs, outputs: [output], attributes });
    return output;
  }

  /** Adds a node with several outputs. */
  addMany(op: string, inputs: readonly string[], options: { outputs: number; attributes?: Attributes }): string[] {
    const outputs = Array.from({ length: options.outputs }, () => this.createName());
    this.append({ op, domain: '', name: '', inputs, outputs, attributes: options.attributes ?? {} });
    return outputs;
  }

  /** Adds a node with the names it has. */
  append(node: GraphNode): void {
    this.nodes.push(node);
  }

  /** Gives the result of the node that was added last, which nothing reads yet, the name that the graph knows it by. */
  nameLast(output: string): void {
    const node = this.nodes.pop();
    if (node) this.append({ ...node, outputs: [output] });
  }

  /** A name that nothing has. */
  createName(): string {
    for (;;) {
      const name = `v${++this.#count}`;
      if (!this.#taken.has(name)) return name;
    }
  }

  /** One number without dimensions. */
  scalar(value: number, type: DataType = 'float32'): string {
    return this.constant({ type, dims: [], data: createNumbers(type, [value]) });
  }

  /** A list of int64, as shapes and axes are. */
  ints(values: readonly number[]): string {
    return this.constant({ type: 'int64', dims: [values.length], data: createNumbers('int64', values) });
  }

  /** A tensor of these values. */
  tensor(type: DataType, dims: readonly number[], values: readonly number[]): string {
    return this.constant({ type, dims, data: createNumbers(type, values) });
  }

  /** A constant; the same small one is stored once. */
  constant(tensor: Tensor): string {
    const { buffer, byteOffset, byteLength } = tensor.data;
    const key =
      byteLength <= SHARED_BYTES
        ? `${tensor.type}[${tensor.dims}]${Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength).toString('base64')}`
        : undefined;
    const known = key === undefined ? undefined : this.#shared.get(key);
    if (known !== undefined) return known;
    const name = this.createName();
    this.constants.set(name, tensor);
    if (key !== undefined) this.#shared.set(key, name);
    return name;
  }
}

function createNumbers(type: DataType, values: readonly number[]): Tensor['data'] {
  const { create, bytes } = DATA_TYPES[type];
  const data = new create(new ArrayBuffer(values.length * bytes), 0, values.length);
  if (data instanceof BigInt64Array || data instanceof BigUint64Array)
    for (const [index, value] of values.entries()) data[index] = BigInt(value);
  else for (const [index, value] of values.entries()) data[index] = value;
  return data;
}
