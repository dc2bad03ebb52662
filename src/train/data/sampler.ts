import { checkBoolean, checkChoice, checkInteger } from '../../utils/options.ts';
import { EPOCH_ORDERS, type OrderName } from './epoch-orders.ts';

/** The batch that comes next. Whatever random numbers there are follow from it. */
export interface SamplerState {
  readonly seed: number;
  readonly epoch: number;
  /** Batches of the epoch before it. */
  readonly position: number;
}

export interface BatchPlan {
  readonly epoch: number;
  /** From 0 in its epoch. */
  readonly position: number;
  /** Of examples; the last batch of an epoch may have fewer. */
  readonly indices: Uint32Array;
  /** Of the sampler behind this batch: what a checkpoint keeps once the batch was learned. */
  readonly next: SamplerState;
}

export interface SamplerOptions {
  order: OrderName;
  batchSize: number;
  seed: number;
  /** Leave out a last batch that is not full. Default false; never where it is the only one. */
  dropLast?: boolean;
}

/** Which examples each batch has. */
export interface Sampler {
  readonly batchesPerEpoch: number;
  /** The batches from `state` on to the end of its epoch. @throws OptionError where there is no such batch */
  plan(state: SamplerState): Generator<BatchPlan>;
  /** The first batch of an epoch. */
  start(epoch?: number): SamplerState;
}

/** @param labels class of each example @throws OptionError */
export function createSampler(labels: readonly number[], options: SamplerOptions): Sampler {
  const order = checkChoice('order', options.order, Object.keys(EPOCH_ORDERS) as OrderName[]);
  const batchSize = checkInteger('batchSize', options.batchSize, { min: 1 });
  const seed = checkInteger('seed', options.seed);
  const dropLast = checkBoolean('dropLast', options.dropLast ?? false);
  const getOrder = EPOCH_ORDERS[order]({ labels, seed });
  const full = Math.floor(labels.length / batchSize);
  const batchesPerEpoch = dropLast && full > 0 ? full : Math.ceil(labels.length / batchSize);
  return {
    batchesPerEpoch,
    start: (epoch = 0) => ({ seed, epoch, position: 0 }),
    *plan({ epoch, position: first }) {
      checkInteger('epoch', epoch, { min: 0 });
      checkInteger('position', first, { min: 0, max: batchesPerEpoch });
      const indices = getOrder(epoch);
      for (let position = first; position < batchesPerEpoch; position++) {
        const last = position === batchesPerEpoch - 1;
        const next = last ? { seed, epoch: epoch + 1, position: 0 } : { seed, epoch, position: position + 1 };
        yield { epoch, position, indices: indices.slice(position * batchSize, (position + 1) * batchSize), next };
      }
    },
  };
}
