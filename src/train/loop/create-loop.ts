import { createSampler } from '../data/sampler.ts';
import type { Engine } from '../engines/engine.ts';
import { createGradientSum } from '../optimizers/accumulate-gradients.ts';
import { createStepMemory } from '../step-memory.ts';
import type { LoopSettings } from './learning-options.ts';
import { createRunState } from './run-state.ts';
import type { Training, TrainingData } from './training.ts';

export interface LoopPlan {
  readonly settings: LoopSettings;
  readonly data: TrainingData;
  readonly engine: Engine;
  /** Examples of a batch. */
  readonly batchSize: number;
}

/** The order of the examples, the state before the first batch, and what learns. @throws OptionError */
export function createLoop(
  plan: LoopPlan,
): Pick<Training, 'settings' | 'data' | 'engine' | 'sampler' | 'learner' | 'state'> {
  const { settings, data, engine, batchSize } = plan;
  const { seed, balance, accumulate, clipNorm, mode } = settings;
  const order = balance === 'sampling' ? 'balanced' : 'shuffle';
  const labels = data.train.map(({ label }) => label);
  // A last batch of one picture would have no variance to normalise by.
  const sampler = createSampler(labels, { order, batchSize, seed, dropLast: true });
  const stepsPerEpoch = Math.ceil(sampler.batchesPerEpoch / accumulate);
  const state = createRunState(engine, settings, { stepsPerEpoch, first: sampler.start() });
  const trained = new Map([...state.weights].filter(([name]) => state.trained.includes(name)));
  const sum = accumulate > 1 ? createGradientSum(trained) : undefined;
  const learner = { clipNorm, sum, accumulate, memory: createStepMemory(mode) };
  return { settings, data, engine, sampler, learner, state };
}
