import { z } from 'zod';
import type { TrainStep } from '../../onnx/train-step.ts';
import { VERSION } from '../../utils/version.ts';
import { checkResume } from '../checkpoints/check-resume.ts';
import type { Checkpoint } from '../checkpoints/checkpoint.ts';
import type { CheckpointFacts } from '../checkpoints/checkpoint-schema.ts';
import { copyParameters } from '../checkpoints/copy-parameters.ts';
import type { SamplerState } from '../data/sampler.ts';
import { createEarlyStopping, type EarlyStopping } from '../early-stopping.ts';
import { createWeightAverage, type WeightAverage } from '../optimizers/average-weights.ts';
import type { Optimizer } from '../optimizers/optimizer.ts';
import { resolveParameterGroups } from '../optimizers/parameter-groups.ts';
import { createOptimizer } from '../optimizers.ts';
import type { ParameterMap, ParameterShapes } from '../parameters.ts';
import type { Schedule } from '../schedules/schedule.ts';
import { createSchedule, type ScheduleChoice } from '../schedules.ts';
import type { LoopSettings } from './learning-options.ts';

/** What of a training changes from batch to batch: all that a checkpoint holds. */
export interface RunState {
  /** Trained weights and running statistics. Their arrays are others after each step. */
  readonly weights: Map<string, Float32Array>;
  readonly trained: readonly string[];
  readonly statistics: readonly string[];
  readonly shapes: ParameterShapes;
  readonly optimizer: Optimizer;
  readonly schedule: Schedule;
  readonly stopping: EarlyStopping;
  readonly average: WeightAverage | undefined;
  /** The batch that comes next. */
  next: SamplerState;
  /** Of the epoch under way. */
  sums: EpochSums;
  /** Where the step under way begins, if several batches make one. */
  stepStart: StepStart | undefined;
  /** Examples that could not be read. */
  readonly skipped: Set<string>;
}

/** Sums over the batches of an epoch. */
export interface EpochSums {
  examples: number;
  /** Losses, each times its examples. */
  loss: number;
  gradientNorm: number;
  /** Of the last batch. */
  rate: number;
}

/**
 * A training before the first of the batches that make a step together. Weights and optimiser change at the step alone, so that
 * only what changes with each batch is kept.
 */
export interface StepStart {
  readonly next: SamplerState;
  readonly sums: Readonly<EpochSums>;
  /** Copies: a step in a thread moves the arrays that it is given. */
  readonly statistics: ParameterMap;
}

const runFactsSchema = z.object({
  sums: z.object({ examples: z.number(), loss: z.number(), gradientNorm: z.number(), rate: z.number() }),
  stopping: z.object({ best: z.number().optional(), bestEpoch: z.int(), badEpochs: z.int() }),
  skipped: z.array(z.string()),
});

/** Adds what became of batches to the sums of the epoch. */
export function addToSums(
  { sums }: RunState,
  results: readonly (Omit<EpochSums, 'examples'> & { readonly count: number })[],
): void {
  for (const { loss, gradientNorm, rate, count } of results) {
    sums.examples += count;
    sums.loss += loss * count;
    sums.gradientNorm += gradientNorm * count;
    sums.rate = rate;
  }
}

export const NO_SUMS: Readonly<EpochSums> = Object.freeze({ examples: 0, loss: 0, gradientNorm: 0, rate: 0 });

/** A training before its first batch. @param stepsPerEpoch of the optimiser @throws OptionError */
export function createRunState(
  step: Pick<TrainStep, 'createWeights' | 'parameters'>,
  settings: LoopSettings,
  plan: { readonly stepsPerEpoch: number; readonly first: SamplerState },
): RunState {
  const { weightDecay, layerDecay, optimizer, averageDecay, patience, watch, epochs } = settings;
  // What opened the model need not keep the values that it began with.
  const weights = step.createWeights({ forget: true });
  const shapes = new Map(step.parameters.map(({ name, dims }) => [name, dims]));
  const trained = step.parameters.filter(({ trainable }) => trainable).map(({ name }) => name);
  const statistics = step.parameters.filter(({ kind }) => kind === 'statistic').map(({ name }) => name);
  const own = new Map([...shapes].filter(([name]) => trained.includes(name)));
  const groups = resolveParameterGroups(own, { weightDecay, layerDecay, decayVectors: false });
  return {
    ...{ weights, trained, statistics, shapes },
    optimizer: createOptimizer(weights, groups, { name: optimizer }),
    schedule: createSchedule(chooseSchedule(settings, plan.stepsPerEpoch * epochs)),
    stopping: createEarlyStopping({ patience: patience || epochs + 1, mode: watch === 'auc' ? 'max' : 'min' }),
    average: averageDecay > 0 ? createWeightAverage(pick(weights, trained), { decay: averageDecay }) : undefined,
    next: plan.first,
    sums: { ...NO_SUMS },
    stepStart: undefined,
    skipped: new Set(),
  };
}

/** The weights that are judged and exported: the average where one is kept. */
export function getJudgedWeights({ weights, average, trained, statistics }: RunState): Map<string, Float32Array> {
  return new Map([...pick(average?.weights ?? weights, trained), ...pick(weights, statistics)]);
}

export interface CheckpointContext {
  readonly graphHash: string;
  readonly device: string;
}

/** Views of the state, to be written before the next step. */
export function createCheckpoint(state: RunState, context: CheckpointContext): Checkpoint {
  const { weights, optimizer, average, shapes, trained, statistics } = state;
  return {
    facts: describeState(state, context),
    weights: pick(weights, trained),
    buffers: pick(weights, statistics),
    slots: optimizer.slots,
    averages: average?.weights,
    shapes,
  };
}

/** The judged weights alone: what a best epoch leaves. */
export function createBestCheckpoint(state: RunState, context: CheckpointContext): Checkpoint {
  const judged = getJudgedWeights(state);
  const { averageUpdates: _none, ...facts } = describeState(state, context);
  const parts = { weights: pick(judged, state.trained), buffers: pick(judged, state.statistics) };
  return { facts, ...parts, slots: {}, averages: undefined, shapes: state.shapes };
}

/** Goes on from a checkpoint of the same training. @throws CheckpointError */
export function restoreState(state: RunState, checkpoint: Checkpoint, from: { path: string; graphHash: string }): void {
  const { weights, trained, statistics, optimizer, average } = state;
  const parts = { weights: pick(weights, trained), buffers: pick(weights, statistics), averages: average?.weights };
  const { seed } = state.next;
  checkResume(checkpoint, { graphHash: from.graphHash, optimizer, ...parts, seed }, from.path);
  const { facts } = checkpoint;
  const run = runFactsSchema.parse(facts.run);
  copyParameters(parts.weights, checkpoint.weights);
  copyParameters(parts.buffers, checkpoint.buffers);
  optimizer.restore({ steps: facts.optimizer.steps, slots: checkpoint.slots });
  if (average && checkpoint.averages)
    average.restore({ updates: facts.averageUpdates ?? 0, weights: checkpoint.averages });
  state.schedule.restore(facts.schedule);
  state.stopping.restore(run.stopping);
  state.next = facts.sampler;
  state.sums = run.sums;
  for (const path of run.skipped) state.skipped.add(path);
}

function describeState(state: RunState, { graphHash, device }: CheckpointContext): CheckpointFacts {
  const { optimizer, schedule, next, average, sums, stopping, skipped } = state;
  return {
    schema: 'slideloom/checkpoint/v1',
    step: optimizer.steps,
    epoch: next.epoch,
    optimizer: { name: optimizer.name, steps: optimizer.steps, options: {} },
    schedule: { ...schedule.state },
    sampler: next,
    random: {},
    ...(average ? { averageUpdates: average.updates } : {}),
    graphHash,
    runtime: { slideloom: VERSION, device },
    run: { sums: { ...sums }, stopping: { ...stopping.state }, skipped: [...skipped].sort() },
  };
}

function chooseSchedule(settings: LoopSettings, totalSteps: number): ScheduleChoice {
  const { schedule: name, rate, minRate, dropFactor: factor, dropEpochs, watch } = settings;
  const warmUpSteps = Math.floor(settings.warmUpShare * totalSteps);
  if (name === 'cosine') return { name, rate, totalSteps, warmUpSteps, minRate };
  if (name === 'step') return { name, rate, dropEpochs, factor, warmUpSteps };
  const mode = watch === 'auc' ? 'max' : 'min';
  return name === 'plateau'
    ? { name, rate, mode, factor, patience: dropEpochs, minRate, warmUpSteps }
    : { name, rate, warmUpSteps };
}

function pick(parameters: ParameterMap, names: readonly string[]): Map<string, Float32Array> {
  return new Map(
    names.flatMap((name) => {
      const values = parameters.get(name);
      return values ? [[name, values] as const] : [];
    }),
  );
}
