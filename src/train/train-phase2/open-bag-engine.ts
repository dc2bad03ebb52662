import { type MilStep, openMilStep } from '../../onnx/mil-step.ts';
import { FEATURES } from '../../onnx/models/mil/bag-graph.ts';
import type { TrainStepInput, TrainStepResult } from '../../onnx/train-step.ts';
import { countLabels } from '../data/class-names.ts';
import { computeClassWeights } from '../data/class-weights.ts';
import type { StepEngine } from '../engines/engine.ts';
import type { Phase2Settings } from './options.ts';
import type { Phase2Data } from './read-data.ts';

/** Opens what computes gradients of slides, in a thread of its own. @throws what `openMilStep` throws */
export async function openBagEngine(
  source: Uint8Array,
  settings: Phase2Settings,
  data: Phase2Data,
): Promise<StepEngine> {
  const { model: architecture, loss: kind, balance, bagWeight, instances: k, seed, threads, logger } = settings;
  const counts = countLabels(data.train, data.classes.length);
  const step = await openMilStep(source, {
    ...{ architecture, thread: true },
    loss: { kind, ...(balance === 'weights' && { classWeights: computeClassWeights(counts) }) },
    ...(architecture === 'clam-sb' && { instanceLoss: { bagWeight, k, seed } }),
    ...(threads !== undefined && { threads }),
    ...(logger && { logger }),
  });
  return new BagEngine(step);
}

/** A step of one bag as the loop calls it. */
class BagEngine implements StepEngine {
  readonly #step: MilStep;

  constructor(step: MilStep) {
    this.#step = step;
  }

  get device() {
    return this.#step.device;
  }

  get parameters() {
    return this.#step.parameters;
  }

  createWeights(): Map<string, Float32Array> {
    return this.#step.createWeights();
  }

  async step({ inputs, target, weights, seed }: TrainStepInput): Promise<TrainStepResult> {
    const bag = inputs.get(FEATURES);
    const { loss, gradients } = await this.#step.step({
      ...{
        features: bag?.data as Float32Array,
        count: bag?.dims[0] ?? 0,
        target: target.data as Float32Array,
        weights,
      },
      ...(seed !== undefined && { seed }),
    });
    return { loss, gradients, outputs: new Map(), statistics: new Map() };
  }

  recycle(): Promise<void> {
    return this.#step.recycle();
  }

  release(): Promise<void> {
    return this.#step.release();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.release();
  }
}
