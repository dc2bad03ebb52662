/** What an optimiser is as nodes of a graph. Each is a file beside this one. */
import type { GraphBuilder } from '../graph-builder.ts';

/** How one weight is trained. */
export interface WeightSettings {
  readonly name: string;
  /** The learning rate is multiplied by it. */
  readonly rateScale: number;
  readonly weightDecay: number;
}

/** Weights that have these numbers in common. */
export type WeightGroup = Omit<WeightSettings, 'name'>;

/** Names of values of the graph. */
export interface UpdateValues {
  readonly weight: string;
  readonly gradient: string;
  /** One for each slot, in their order. */
  readonly slots: readonly string[];
  /** The first and the second number of the weight's group: single numbers. */
  readonly pace: string;
  readonly decay: string;
  /** Of all weights. */
  readonly shared: readonly string[];
  /** Whether the group's weights decay at all. */
  readonly decays: boolean;
}

export interface UpdateRule {
  /** What it remembers of each weight. */
  readonly slots: readonly string[];
  /** How many numbers all weights share. */
  readonly sharedCount: number;
  /**
   * The numbers of one step: two of each group, then those that all weights share.
   * @param step its number, from 1, and the learning rate before any `rateScale`
   */
  getNumbers(step: { readonly count: number; readonly rate: number }, groups: readonly WeightGroup[]): number[];
  /** Adds the nodes of one weight, and returns the names of its new value and of its new slots. */
  addUpdate(builder: GraphBuilder, values: UpdateValues): { weight: string; slots: readonly string[] };
}

/** Nodes of two inputs, and numbers, in fewer words. */
export function createWriter(builder: GraphBuilder) {
  return {
    op: (name: string, ...inputs: string[]) => builder.add(name, inputs),
    /** a * factor */
    scale: (value: string, factor: number) => builder.add('Mul', [value, builder.scalar(factor)]),
  };
}
