import { FEATURES } from '../../onnx/models/mil/bag-graph.ts';
import { throwIfAborted } from '../../utils/abort.ts';
import { mixSeeds } from '../../utils/random.ts';
import { readAhead } from '../../utils/read-ahead.ts';
import type { BagExample } from '../bags/bag-example.ts';
import type { BagStore } from '../bags/bag-store.ts';
import { readBag } from '../bags/read-bag.ts';
import { sampleInstances } from '../bags/sample-instances.ts';
import { createTargets } from '../batches/create-targets.ts';
import type { BatchPlan } from '../data/sampler.ts';
import type { FedBatch, Feed } from '../loop/fed-batch.ts';

export interface BagFeed {
  readonly store: BagStore;
  readonly examples: readonly BagExample[];
  readonly dim: number;
  readonly classCount: number;
  readonly labelSmoothing: number;
  /** Patches of a bag, at most; 0 for all. */
  readonly maxPatches: number;
  readonly skipsBad: boolean;
  readonly seed: number;
}

/** Slides in memory: one that is learned, and two that are read meanwhile. */
export const HELD = 3;
/** Apart from the other seeds that are made of the same numbers. */
const PATCHES = -3;

/** Slides as batches of one: what a step learns from depends on seed, epoch and place alone. */
export function createBagFeed(feed: BagFeed): Feed {
  return {
    async *load(plans, { signal }) {
      for await (const { result } of readAhead(plans, HELD, (plan) => loadBag(plan, feed))) {
        throwIfAborted(signal);
        yield result;
      }
    },
  };
}

async function loadBag({ epoch, position, indices: [index = 0] }: BatchPlan, feed: BagFeed): Promise<FedBatch> {
  const { store, examples, dim, classCount, labelSmoothing: smoothing, maxPatches, skipsBad, seed } = feed;
  const example = examples[index];
  if (!example) throw new RangeError(`expected a slide below ${examples.length} but received ${index}`);
  const found = await readBag(store, example, skipsBad);
  const read = found instanceof Float32Array;
  const most = maxPatches || example.count;
  const all = read ? found : new Float32Array(0);
  const features = sampleInstances(all, dim, { most, seed: mixSeeds(seed, epoch, position, PATCHES) });
  const target = createTargets({ labels: [example.label], classCount, smoothing, mixShare: 1 });
  return {
    ...{ epoch, position, count: read ? 1 : 0, skipped: read ? [] : [found] },
    name: `epoch ${epoch + 1}, slide ${position + 1} (${example.slide})`,
    inputs: new Map([[FEATURES, { type: 'float32', dims: [features.length / dim, dim], data: features }]]),
    target: { type: 'float32', dims: [1, classCount], data: target },
    release() {},
  };
}
