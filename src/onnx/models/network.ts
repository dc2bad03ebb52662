import { WeightedGraph } from './weighted-graph.ts';

/** The names of the only input and the only output. */
const INPUT = 'images';
const OUTPUT = 'logits';

/** What a built-in model is made for. */
export interface NetworkOptions {
  readonly classes: number;
  readonly width: number;
  readonly height: number;
  readonly seed: number;
}

/** A model of pictures in the making. */
export class Network extends WeightedGraph {
  /** Name of the pictures: [batch, 3, height, width]. */
  readonly input = INPUT;

  constructor({ width, height, seed }: NetworkOptions) {
    const input = { name: INPUT, type: 'float32', dims: ['batch', 3, height, width] } as const;
    super({ inputs: [input], names: [OUTPUT], seed });
  }

  /** The model's file; `logits` is the value [batch, classes] that it gives. */
  finish(logits: string): Uint8Array {
    return this.encode(new Map([[OUTPUT, logits]]));
  }
}
