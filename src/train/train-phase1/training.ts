import { join } from 'node:path';
import type { ForwardThread } from '../../onnx/forward-thread.ts';
import type { BatchLoader } from '../batches/batch-loader.ts';
import { createBatchLoader } from '../batches/batch-loader.ts';
import type { DecodePool } from '../batches/decode-pool.ts';
import { createSampler, type Sampler } from '../data/sampler.ts';
import type { Engine } from '../engines/engine.ts';
import { createGradientSum } from '../optimizers/accumulate-gradients.ts';
import { createStepMemory } from '../step-memory.ts';
import type { Judge } from './judge-model.ts';
import type { Learner } from './learn-batch.ts';
import type { Phase1Settings } from './options.ts';
import type { Phase1Data } from './read-data.ts';
import type { Phase1Model } from './read-phase1-model.ts';
import { type CheckpointContext, createRunState, type RunState } from './run-state.ts';

/** Everything that a training works with. */
export interface Training {
  readonly settings: Phase1Settings;
  readonly data: Phase1Data;
  readonly model: Phase1Model;
  readonly engine: Engine;
  readonly sampler: Sampler;
  readonly loader: BatchLoader;
  readonly learner: Learner;
  readonly judge: Judge;
  readonly state: RunState;
  readonly checkpoint: CheckpointContext;
  readonly signal: AbortSignal;
}

export interface TrainingParts {
  readonly settings: Phase1Settings;
  readonly data: Phase1Data;
  readonly model: Phase1Model;
  readonly engine: Engine;
  readonly pool: DecodePool;
  readonly thread: ForwardThread;
  readonly signal: AbortSignal;
}

export const LAST_NAME = 'last.safetensors';
export const BEST_NAME = 'best.safetensors';

export function getLastPath({ settings }: Pick<Training, 'settings'>): string {
  return join(settings.out, LAST_NAME);
}

export function getBestPath({ settings }: Pick<Training, 'settings'>): string {
  return join(settings.out, BEST_NAME);
}

/** A training before its first batch. @throws OptionError */
export function createTraining(parts: TrainingParts): Training {
  const { settings, data, model, engine, pool, thread, signal } = parts;
  const { batchSize, seed, balance, accumulate, clipNorm, threads, onBadImage } = settings;
  const { train, validation, classes } = data;
  const order = balance === 'sampling' ? 'balanced' : 'shuffle';
  const labels = train.map(({ label }) => label);
  // A last batch of one picture would have no variance to normalise by.
  const sampler = createSampler(labels, { order, batchSize, seed, dropLast: true });
  const { inputName, outputName, pictures } = model;
  const common = { classCount: classes.length, batchSize, settings: pictures, seed, onBadImage };
  const { augment, mixup, labelSmoothing } = settings;
  const loader = createBatchLoader(pool, {
    ...{ ...common, examples: train, mixup, labelSmoothing },
    augment: augment === false ? undefined : (augment ?? {}),
  });
  const stepsPerEpoch = Math.ceil(sampler.batchesPerEpoch / accumulate);
  const state = createRunState(engine, settings, { stepsPerEpoch, first: sampler.start() });
  const trained = new Map([...state.weights].filter(([name]) => state.trained.includes(name)));
  const sum = accumulate > 1 ? createGradientSum(trained) : undefined;
  const shared = { inputName, pictures, classCount: classes.length };
  return {
    ...{ settings, data, model, engine, sampler, loader, state, signal },
    learner: { ...shared, examples: train, clipNorm, sum, accumulate, memory: createStepMemory(settings.mode) },
    judge: {
      ...{ ...shared, thread, outputName, examples: validation, batchSize, threads, signal, device: engine.device },
      loader: createBatchLoader(pool, { ...common, examples: validation }),
    },
    checkpoint: { graphHash: model.hash, device: engine.device },
  };
}
