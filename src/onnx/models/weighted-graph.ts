import { createRandom, mixSeeds } from '../../utils/random.ts';
import { tensor as tensorAttribute } from '../attributes.ts';
import type { Attributes, GraphNode, ValueInfo } from '../graph.ts';
import { GraphBuilder } from '../graph-builder.ts';
import { joinChunks } from '../model/encode-message.ts';
import { countElements, type Tensor } from '../model/tensor.ts';
import { encodeModel } from '../model.ts';
import { writeGraph } from '../write-graph.ts';
import type { Filler } from './initialize.ts';

/** Version of ONNX's operators that built-in models are written in. */
export const OPSET = 17;

export interface NodeOptions {
  /** Name of the layer, for messages. */
  readonly name?: string;
  readonly attributes?: Attributes;
}

/** What a graph takes, how its values may be called, and what its weights are drawn by. */
export interface WeightedGraphOptions {
  readonly inputs: readonly ValueInfo[];
  /** Names that values get when it is encoded. */
  readonly names: readonly string[];
  readonly seed: number;
}

/** A model in the making: nodes in the order of execution, and weights in the order in which they are used. */
export class WeightedGraph {
  readonly #options: WeightedGraphOptions;
  readonly #builder: GraphBuilder;
  readonly #weights = new Map<string, Tensor>();

  constructor(options: WeightedGraphOptions) {
    this.#options = options;
    this.#builder = new GraphBuilder(OPSET, [...options.inputs.map(({ name }) => name), ...options.names]);
  }

  /** Adds a weight and returns its name. What it begins with depends on the seed and on how many weights there are before it. */
  addWeight(name: string, dims: readonly number[], fill: Filler): string {
    const data = new Float32Array(countElements(dims));
    fill(data, createRandom(mixSeeds(this.#options.seed, this.#weights.size)));
    this.#weights.set(name, { type: 'float32', dims, data });
    return name;
  }

  /** Adds a node and returns the name of its first value. */
  add(op: string, inputs: readonly string[], options: NodeOptions & { outputs?: number } = {}): string {
    return this.addMany(op, inputs, { ...options, outputs: options.outputs ?? 1 })[0] ?? '';
  }

  /** Adds a node and returns the names of all its values. */
  addMany(op: string, inputs: readonly string[], options: NodeOptions & { outputs: number }): string[] {
    const outputs = Array.from({ length: options.outputs }, () => this.#builder.createName());
    const { name = '', attributes = {} } = options;
    this.#builder.append({ op, domain: '', name, inputs, outputs, attributes });
    return outputs;
  }

  /** A list of int64, as shapes and axes are. */
  ints(values: readonly number[]): string {
    return this.#builder.ints(values);
  }

  /** One float32. */
  scalar(value: number): string {
    return this.#builder.scalar(value);
  }

  /** A constant of any type. */
  constant(value: Tensor): string {
    return this.#builder.constant(value);
  }

  /**
   * The model's file.
   * @param outputs the values that it gives, by the names they get, in the order of the file
   * @param named other values that get a name, for those who work on the graph later
   */
  encode(outputs: ReadonlyMap<string, string>, named: ReadonlyMap<string, string> = new Map()): Uint8Array {
    const { nodes, constants } = this.#builder;
    const names = new Map([...outputs, ...named].map(([name, value]) => [value, name]));
    const message = writeGraph({
      opset: OPSET,
      inputs: this.#options.inputs,
      outputs: [...outputs.keys()],
      tensors: this.#weights,
      nodes: [...[...constants].map(createConstant), ...nodes.map((node) => rename(node, names))],
    });
    return joinChunks(encodeModel(message));
  }
}

/** Constants are nodes here: what stands among the weights would be trained. */
export function createConstant([name, value]: readonly [string, Tensor]): GraphNode {
  const attributes = { value: tensorAttribute(value) };
  return { op: 'Constant', domain: '', name: '', inputs: [], outputs: [name], attributes };
}

function rename(node: GraphNode, names: ReadonlyMap<string, string>): GraphNode {
  const toNew = (name: string) => names.get(name) ?? name;
  return { ...node, inputs: node.inputs.map(toNew), outputs: node.outputs.map(toNew) };
}
