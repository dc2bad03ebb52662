import type { ForwardThread } from '../../onnx/forward-thread.ts';
import { sha256 } from '../../utils/hash.ts';
import type { BagStore } from '../bags/bag-store.ts';
import type { Engine } from '../engines/engine.ts';
import { createLoop } from '../loop/create-loop.ts';
import type { Training } from '../loop/training.ts';
import { createBagFeed } from './feed-bags.ts';
import { createBagJudge } from './judge-bags.ts';
import { type Phase2Settings, toLoopSettings } from './options.ts';
import type { Phase2Data } from './read-data.ts';

export interface Phase2Parts {
  readonly settings: Phase2Settings;
  readonly data: Phase2Data;
  /** The model as it begins. */
  readonly source: Uint8Array;
  readonly store: BagStore;
  readonly engine: Engine;
  readonly thread: ForwardThread;
  readonly signal: AbortSignal;
}

/** A training of slides before its first step. @throws OptionError */
export function createPhase2Training({ settings, data, source, store, engine, thread, signal }: Phase2Parts): Training {
  const { labelSmoothing, maxPatches, onBadSlide, seed, threads } = settings;
  const { train, validation, classes, featureDim: dim } = data;
  const shared = { store, dim, classCount: classes.length, skipsBad: onBadSlide === 'skip' };
  return {
    unit: 'slides',
    ...createLoop({ settings: toLoopSettings(settings), data, engine, batchSize: 1 }),
    feed: createBagFeed({ ...shared, examples: train, labelSmoothing, maxPatches, seed }),
    judge: createBagJudge({ ...shared, source, thread, examples: validation, threads, signal }),
    checkpoint: { graphHash: sha256(source), device: engine.device },
    signal,
  };
}
