import type { Parameter } from '../find-parameters.ts';
import { listReads, type ValueInfo } from '../graph.ts';
import { GraphBuilder } from '../graph-builder.ts';
import type { TrainGraph } from '../train-assembly.ts';
import type { WritableGraph } from '../write-graph.ts';
import { addClipFactor, addGradientLength } from './gradient-length.ts';
import type { UpdateRule, WeightGroup, WeightSettings } from './update-rule.ts';

/** A value that each step gives to the next one. */
export interface StateValue {
  /** `weight` for weights and running statistics, or a slot of the optimiser. */
  readonly kind: string;
  /** Of the parameter. */
  readonly name: string;
  readonly dims: readonly number[];
  /** Where the graph reads it, and under which name it is written. */
  readonly input: string;
  readonly output: string;
}

/** A training step with its optimiser: what it learns, it hands on. */
export interface TrainerGraph {
  readonly graph: WritableGraph;
  readonly train: TrainGraph;
  /** Values that come with each batch: inputs of the model, target, masks and `numbers`. */
  readonly batch: readonly ValueInfo[];
  /** The optimiser's numbers, of `groups`. */
  readonly numbers: string;
  readonly groups: readonly WeightGroup[];
  readonly state: readonly StateValue[];
  readonly loss: string;
  /** Length of the gradients, before it is cut. */
  readonly length: string;
}

export interface TrainerGraphOptions {
  readonly rule: UpdateRule;
  /** One for each weight; a weight without is not changed. */
  readonly settings: readonly WeightSettings[];
  /** Longest common length of the gradients; 0 for any. */
  readonly clipNorm: number;
  /** Inputs of the train graph that steps change. */
  readonly parameters: readonly Parameter[];
}

/** Adds an optimiser behind a train graph: weights, slots and running statistics go in and come out. */
export function createTrainerGraph(train: TrainGraph, options: TrainerGraphOptions): TrainerGraph {
  const { graph } = train;
  const builder = new GraphBuilder(graph.opset, listNames(graph));
  const dimsOf = new Map(options.parameters.map(({ name, dims }) => [name, dims]));
  const settings = options.settings.filter(({ name }) => train.gradients.has(name));
  const gradients = settings.map(({ name }) => ({
    value: train.gradients.get(name) ?? '',
    dims: dimsOf.get(name) ?? [],
  }));
  const length = addGradientLength(builder, gradients);
  const factor = options.clipNorm > 0 ? addClipFactor(builder, length, options.clipNorm) : undefined;
  const updates = new UpdateWriter(builder, { settings, rule: options.rule });
  const state = settings.flatMap((one, index) => {
    const { value = '' } = gradients[index] ?? {};
    const gradient = factor === undefined ? value : builder.add('Mul', [value, factor]);
    return updates.add(one, { gradient, dims: dimsOf.get(one.name) ?? [] });
  });
  for (const [name, output] of train.statistics)
    state.push({ kind: 'weight', name, dims: dimsOf.get(name) ?? [], input: name, output });
  const numbers: ValueInfo = { name: updates.numbers, type: 'float32', dims: [updates.numberCount] };
  const slots = state.filter(({ kind }) => kind !== 'weight');
  return {
    ...{ train, state, length, loss: train.loss, numbers: numbers.name, groups: updates.groups },
    batch: [...graph.inputs.filter(({ name }) => !dimsOf.has(name)), numbers],
    graph: {
      opset: graph.opset,
      inputs: [...graph.inputs, numbers, ...slots.map(({ input, dims }) => toInfo(input, dims))],
      outputs: [train.loss, length, ...state.map(({ output }) => output)],
      tensors: new Map([...graph.tensors, ...builder.constants]),
      nodes: [...graph.nodes, ...builder.nodes],
    },
  };
}

/** Names that are in use in a graph. */
export function listNames({ inputs, tensors, nodes }: WritableGraph): string[] {
  return [
    ...inputs.map(({ name }) => name),
    ...tensors.keys(),
    ...nodes.flatMap((n) => [...n.outputs, ...listReads(n)]),
  ];
}

function toInfo(name: string, dims: readonly number[]): ValueInfo {
  return { name, type: 'float32', dims };
}

/** Writes the update of one weight after another. */
class UpdateWriter {
  /** Name of the input with the numbers of a step. */
  readonly numbers: string;
  readonly groups: readonly WeightGroup[];
  readonly #builder: GraphBuilder;
  readonly #rule: UpdateRule;
  readonly #places: ReadonlyMap<string, number>;
  readonly #picked = new Map<number, string>();

  constructor(builder: GraphBuilder, { settings, rule }: { settings: readonly WeightSettings[]; rule: UpdateRule }) {
    this.#builder = builder;
    this.#rule = rule;
    this.numbers = builder.createName();
    const groups = new Map(settings.map((one) => [getKey(one), one]));
    this.groups = [...groups.values()];
    this.#places = new Map([...groups.keys()].map((key, place) => [key, place]));
  }

  get numberCount(): number {
    return 2 * this.groups.length + this.#rule.sharedCount;
  }

  add(settings: WeightSettings, { gradient, dims }: { gradient: string; dims: readonly number[] }): StateValue[] {
    const { name } = settings;
    const slots = this.#rule.slots.map((slot) => ({ slot, input: this.#builder.createName() }));
    const place = 2 * (this.#places.get(getKey(settings)) ?? 0);
    const made = this.#rule.addUpdate(this.#builder, {
      ...{ weight: name, gradient, decays: settings.weightDecay > 0 },
      slots: slots.map(({ input }) => input),
      pace: this.#pick(place),
      decay: this.#pick(place + 1),
      shared: Array.from({ length: this.#rule.sharedCount }, (_, at) => this.#pick(2 * this.groups.length + at)),
    });
    return [
      { kind: 'weight', name, dims, input: name, output: made.weight },
      ...slots.map(({ slot, input }, at) => ({ kind: slot, name, dims, input, output: made.slots[at] ?? '' })),
    ];
  }

  /** One of the numbers. */
  #pick(place: number): string {
    const known = this.#picked.get(place);
    if (known !== undefined) return known;
    const value = this.#builder.add('Gather', [this.numbers, this.#builder.tensor('int64', [], [place])]);
    this.#picked.set(place, value);
    return value;
  }
}

function getKey({ rateScale, weightDecay }: WeightGroup): string {
  return `${rateScale} ${weightDecay}`;
}
