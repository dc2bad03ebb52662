import { int, ints } from '../../attributes.ts';
import type { ValueInfo } from '../../graph.ts';
import type { Rows } from '../layers.ts';
import { WeightedGraph } from '../weighted-graph.ts';

/** Names of what goes in and comes out. */
export const FEATURES = 'features';
export const LOGITS = 'logits';
export const ATTENTION = 'attention';
export const INSTANCE_LOGITS = 'instance_logits';
/** Values within the graph that training looks at: scores [instances, 1] before softmax, and what they are scores of. */
export const SCORES = 'scores';
export const EMBEDDING = 'embedding';

/** Name of the only dimension that varies. */
const INSTANCES = 'instances';

/** What a model of bags is made for. */
export interface BagOptions {
  readonly featureDim: number;
  readonly classes: number;
  /** Columns of the hidden layer. */
  readonly hidden: number;
  /** Columns within the attention. */
  readonly attention: number;
  /** Share of what dropout drops in training. */
  readonly dropout: number;
  readonly seed: number;
}

/** What comes of a bag, by names of values. */
export interface BagResult {
  /** [1, classes] */
  readonly logits: string;
  /** [instances] */
  readonly attention: string;
  /** [instances, classes] */
  readonly instanceLogits: string;
  /** Names for values that training looks at. */
  readonly named?: ReadonlyMap<string, string>;
}

/** A model of one bag in the making: rows are instances, and there is no batch. */
export class BagGraph extends WeightedGraph {
  readonly options: BagOptions;
  /** The instances: [instances, featureDim]. */
  readonly features: Rows;

  constructor(options: BagOptions) {
    const { featureDim, seed } = options;
    const features: ValueInfo = { name: FEATURES, type: 'float32', dims: [INSTANCES, featureDim] };
    const names = [LOGITS, ATTENTION, INSTANCE_LOGITS, SCORES, EMBEDDING];
    super({ inputs: [features], names, seed });
    this.options = options;
    this.features = { value: FEATURES, columns: featureDim };
  }

  /** Dropout as it trains, with the share of the options; none where that is 0. */
  drop(value: string): string {
    const { dropout } = this.options;
    if (dropout === 0) return value;
    const trains = this.constant({ type: 'bool', dims: [], data: Uint8Array.of(1) });
    return this.add('Dropout', [value, this.scalar(dropout), trains]);
  }

  reshape(value: string, dims: readonly number[]): string {
    return this.add('Reshape', [value, this.ints(dims)]);
  }

  /** Largest values of each column, [1, columns]. */
  addColumnMax(value: string): string {
    return this.add('ReduceMax', [value], { attributes: { axes: ints([0]), keepdims: int(1) } });
  }

  /** Sums over one axis, which stays with size 1. */
  addSum(value: string, axis: number): string {
    return this.add('ReduceSum', [value, this.ints([axis])], { attributes: { keepdims: int(1) } });
  }

  /** The model's file. */
  finish({ logits, attention, instanceLogits, named }: BagResult): Uint8Array {
    const outputs = new Map([
      [LOGITS, logits],
      [ATTENTION, attention],
      [INSTANCE_LOGITS, instanceLogits],
    ]);
    return this.encode(outputs, named);
  }
}
