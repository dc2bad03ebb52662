import { OperatorError } from '../utils/errors.ts';
import type { OtherLoss } from './add-other-loss.ts';
import { findDependents } from './differentiate.ts';
import type { DropoutMask } from './dropout-masks.ts';
import type { Parameter } from './find-parameters.ts';
import { fuseProducts } from './fuse-products.ts';
import type { NodeContext } from './gradient-rule.ts';
import {
  type Dims,
  DYNAMIC,
  describeNode,
  type Graph,
  type GraphNode,
  listReads,
  type ValueFacts,
  type ValueInfo,
} from './graph.ts';
import { GraphBuilder } from './graph-builder.ts';
import type { LossOptions } from './losses.ts';
import { getLowering } from './lowerings.ts';
import { getOperatorName } from './operators.ts';
import { orderNodes } from './order-nodes.ts';
import { recomputeCheap } from './recompute.ts';
import type { Device } from './session.ts';
import type { WritableGraph } from './write-graph.ts';

export interface TrainGraphOptions {
  readonly loss: LossOptions;
  /** The output that the loss is computed of. Default the first. */
  readonly output?: string | undefined;
  /** Default none. */
  readonly otherLoss?: OtherLoss | undefined;
  readonly device: Device;
  /** See `findChannelBlock`. Default none. */
  readonly channelBlock?: number | undefined;
  /** Weights and statistics of the model: inputs of the train graph. */
  readonly parameters: readonly Parameter[];
  /** Weights whose gradients are wanted. */
  readonly trainable: ReadonlySet<string>;
}

/** A graph that computes a loss and its gradients, and under which names its results come out. */
export interface TrainGraph {
  readonly graph: WritableGraph;
  readonly target: ValueInfo;
  /** What is known of the output that the loss is computed of. */
  readonly output: ValueFacts;
  readonly loss: string;
  /** Gradients by the names of their weights. */
  readonly gradients: ReadonlyMap<string, string>;
  /** New running statistics by their names in the model. */
  readonly statistics: ReadonlyMap<string, string>;
  readonly masks: readonly DropoutMask[];
}

/** The train graph in the making: the forward pass, then what is added to it, then what the device takes best. */
export class TrainAssembly {
  readonly builder: GraphBuilder;
  readonly nodes: readonly GraphNode[];
  readonly facts: ReadonlyMap<string, ValueFacts>;
  readonly #graph: Graph;
  readonly #options: TrainGraphOptions;
  readonly #saved = new Map<GraphNode, Readonly<Record<string, string>>>();
  readonly #statistics = new Map<string, string>();
  readonly #masks: DropoutMask[] = [];
  /** How many nodes are the forward pass. */
  #forward = 0;

  constructor(
    graph: Graph,
    { facts, options, target }: { facts: ReadonlyMap<string, ValueFacts>; options: TrainGraphOptions; target: string },
  ) {
    this.#graph = graph;
    this.facts = facts;
    this.nodes = graph.nodes;
    this.#options = options;
    const made = graph.nodes.flatMap((node) => node.outputs);
    this.builder = new GraphBuilder(graph.opset, [...facts.keys(), ...made, target]);
  }

  /** Writes the forward nodes, in other words where an operator's lowering says so. */
  lower(): void {
    const dependents = findDependents(this, this.#options.trainable);
    for (const node of this.nodes) {
      const lowering = node.domain === '' ? getLowering(node.op) : undefined;
      if (!lowering) {
        this.builder.append(node);
        continue;
      }
      const kept = lowering({
        ...this.createContext(node),
        isTrained: node.outputs.some((name) => dependents.has(name)),
        addStatistic: (name, value) => this.#statistics.set(name, value),
        getStatistic: (name) => this.#statistics.get(name) ?? name,
        addDropoutMask: (value, ratio) => {
          const name = this.builder.createName();
          this.#masks.push({ name, facts: this.facts.get(value) ?? { type: 'float32', dims: [] }, ratio });
          return name;
        },
      });
      this.#saved.set(node, kept);
    }
    this.#forward = this.builder.nodes.length;
  }

  createContext(node: GraphNode): NodeContext {
    const getFacts = (name: string): ValueFacts => {
      const known = this.facts.get(name);
      if (known) return known;
      throw new OperatorError(getOperatorName(node), describeNode(node), `nothing is known of its value "${name}"`);
    };
    return {
      builder: this.builder,
      node,
      device: this.#options.device,
      channelBlock: this.#options.channelBlock,
      getDims: (name) => getFacts(name).dims,
      getType: (name) => getFacts(name).type,
      getFacts: (name) => this.facts.get(name),
      getConstant: (name) => this.#getConstant(name),
    };
  }

  getDims(name: string): Dims {
    return this.facts.get(name)?.dims ?? [];
  }

  getSaved(node: GraphNode): Readonly<Record<string, string>> {
    return this.#saved.get(node) ?? {};
  }

  finish(results: Pick<TrainGraph, 'target' | 'output' | 'loss' | 'gradients'>): TrainGraph {
    const { parameters } = this.#options;
    const fed = new Set(parameters.map(({ name }) => name));
    const taken = new Set([...this.facts.keys(), ...this.builder.constants.keys(), results.loss]);
    const gradients = this.#nameOutputs(results.gradients, taken);
    const statistics = this.#nameOutputs(this.#statistics, taken);
    const weights = parameters.map(({ name, dims }) => ({ name, type: this.facts.get(name)?.type ?? 'float32', dims }));
    const masks = this.#masks.map(({ name, facts }) => ({
      name,
      type: facts.type,
      dims: facts.dims.map((size, axis) => (size === DYNAMIC ? `${name}:${axis}` : size)),
    }));
    const outputs = [...new Set([results.loss, ...this.#graph.outputs, ...gradients.values(), ...statistics.values()])];
    const nodes = orderNodes(this.#simplify(outputs));
    // An output may be a constant, such as a shape that never varies.
    const read = new Set([...nodes.flatMap(listReads), ...outputs]);
    const tensors = new Map([...this.#graph.initializers].filter(([name]) => !fed.has(name) && read.has(name)));
    for (const [name, tensor] of [...this.#graph.constants, ...this.builder.constants])
      if (read.has(name)) tensors.set(name, tensor);
    const graph: WritableGraph = {
      opset: this.#graph.opset,
      inputs: [...this.#graph.inputs, results.target, ...masks, ...weights],
      outputs,
      tensors,
      nodes,
    };
    return { ...results, graph, gradients, statistics, masks: this.#masks };
  }

  /** The nodes as the processor takes them best. */
  #simplify(outputs: readonly string[]): readonly GraphNode[] {
    const { device, parameters } = this.#options;
    const isSingle = parameters.every(({ name }) => this.facts.get(name)?.type === 'float32');
    if (device !== 'cpu' || !isSingle) return this.builder.nodes;
    const { builder, facts } = this;
    const getConstant = (name: string) => builder.constants.get(name) ?? this.#graph.constants.get(name);
    const nodes = recomputeCheap(builder, this.#forward);
    return fuseProducts({ nodes, builder, facts, outputs, getConstant });
  }

  #getConstant(name: string) {
    const constant = this.#graph.constants.get(name);
    if (constant) return constant;
    const isFed = this.#options.parameters.some((parameter) => parameter.name === name);
    return isFed ? undefined : this.#graph.initializers.get(name);
  }

  /** A value may be the gradient of two weights, or an input: each result gets a name of its own. */
  #nameOutputs(values: ReadonlyMap<string, string>, taken: Set<string>): Map<string, string> {
    const named = new Map<string, string>();
    for (const [name, value] of values) {
      const own = taken.has(value) ? this.builder.add('Identity', [value]) : value;
      taken.add(own);
      named.set(name, own);
    }
    return named;
  }
}
