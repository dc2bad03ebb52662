import { createRandom, mixSeeds } from '../../utils/random.ts';
import { tensor as tensorAttribute } from '../attributes.ts';
import type { Attributes, GraphNode } from '../graph.ts';
import { GraphBuilder } from '../graph-builder.ts';
import { joinChunks } from '../model/encode-message.ts';
import { countElements, type Tensor } from '../model/tensor.ts';
import { encodeModel } from '../model.ts';
import { writeGraph } from '../write-graph.ts';
import type { Filler } from './initialize.ts';

const OPSET = 17;
/** The names of the only input and the only output. */
const INPUT = 'images';
const OUTPUT = 'logits';

export interface NodeOptions {
  /** Name of the layer, for messages. */
  readonly name?: string;
  readonly attributes?: Attributes;
}

/** What a built-in model is made for. */
export interface NetworkOptions {
  readonly classes: number;
  readonly width: number;
  readonly height: number;
  readonly seed: number;
}

/** A model in the making: nodes in the order of execution, and weights in the order in which they are used. */
export class Network {
  /** Name of the pictures: [batch, 3, height, width]. */
  readonly input = INPUT;
  readonly #options: NetworkOptions;
  readonly #builder = new GraphBuilder(OPSET, [INPUT, OUTPUT]);
  readonly #weights = new Map<string, Tensor>();

  constructor(options: NetworkOptions) {
    this.#options = options;
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

  /** The model's file; `logits` is the value [batch, classes] that it gives. */
  encode(logits: string): Uint8Array {
    const { width, height } = this.#options;
    const { nodes, constants } = this.#builder;
    const message = writeGraph({
      opset: OPSET,
      inputs: [{ name: INPUT, type: 'float32', dims: ['batch', 3, height, width] }],
      outputs: [OUTPUT],
      tensors: this.#weights,
      nodes: [...[...constants].map(createConstant), ...nodes.map((node) => rename(node, logits))],
    });
    return joinChunks(encodeModel(message));
  }
}

/** Constants are nodes here: what stands among the weights would be trained. */
function createConstant([name, value]: readonly [string, Tensor]): GraphNode {
  const attributes = { value: tensorAttribute(value) };
  return { op: 'Constant', domain: '', name: '', inputs: [], outputs: [name], attributes };
}

function rename(node: GraphNode, logits: string): GraphNode {
  const outputs = node.outputs.map((name) => (name === logits ? OUTPUT : name));
  return { ...node, outputs };
}
