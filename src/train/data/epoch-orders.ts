import { createRandom, mixSeeds } from '../../utils/random.ts';
import { shuffle } from './shuffle.ts';

/** Indices of examples in the order in which an epoch shows them. The same seed and epoch give the same order. */
export type EpochOrder = (epoch: number) => Uint32Array;

export interface OrderPlan {
  /** Class of each example. */
  readonly labels: readonly number[];
  readonly seed: number;
}

/** The orders by name. */
export const EPOCH_ORDERS = {
  sequential: createSequentialOrder,
  shuffle: createShuffledOrder,
  balanced: createBalancedOrder,
} as const;

export type OrderName = keyof typeof EPOCH_ORDERS;

/** As they come. */
function createSequentialOrder({ labels }: OrderPlan): EpochOrder {
  return () => Uint32Array.from(labels, (_, i) => i);
}

/** Each example once, at random. */
function createShuffledOrder({ labels, seed }: OrderPlan): EpochOrder {
  return (epoch) =>
    shuffle(
      Uint32Array.from(labels, (_, i) => i),
      createRandom(mixSeeds(seed, epoch)),
    );
}

/**
 * As many draws as there are examples, as many of each class (but for a rest), at random. Examples of a rare class come
 * several times, all of them equally often but for one; of a frequent one some are left out, others in each epoch.
 */
function createBalancedOrder({ labels, seed }: OrderPlan): EpochOrder {
  const members = groupByClass(labels);
  return (epoch) => {
    const random = createRandom(mixSeeds(seed, epoch));
    // Which classes get the rest changes from epoch to epoch.
    const classes = shuffle([...members.keys()], random);
    const order = new Uint32Array(labels.length);
    let filled = 0;
    for (const [k, label] of classes.entries()) {
      const share = Math.floor((labels.length - filled) / (classes.length - k));
      const own = members.get(label) ?? [];
      for (let taken = 0; taken < share; ) {
        const round = shuffle([...own], random).slice(0, share - taken);
        order.set(round, filled + taken);
        taken += round.length;
      }
      filled += share;
    }
    return shuffle(order, random);
  };
}

function groupByClass(labels: readonly number[]): Map<number, number[]> {
  const members = new Map<number, number[]>();
  for (const [i, label] of labels.entries()) {
    const own = members.get(label);
    if (own) own.push(i);
    else members.set(label, [i]);
  }
  return members;
}
