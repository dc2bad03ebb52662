/** One training step of a model of bags (`createMilModel`): a bag and its class give a loss and gradients. */
import { OptionError } from '../utils/errors.ts';
import { checkInteger } from '../utils/options.ts';
import type { LossOptions } from './losses.ts';
import type { InstanceLossChoice, MilArchitecture } from './mil-options.ts';
import { createMilTrainModel } from './mil-train-model.ts';
import { joinChunks } from './model/encode-message.ts';
import type { Tensor } from './model/tensor.ts';
import { encodeModel } from './model.ts';
import { FEATURES, LOGITS } from './models/mil/bag-graph.ts';
import { type Bag, createBagTensor } from './models/mil/bag-shape.ts';
import { INSTANCE_LOSS, INSTANCE_TARGET, isInstanceClassifier } from './models/mil/instance-loss.ts';
import type { DeviceOptions } from './open-on-device.ts';
import { type ModelSource, openModel } from './prepare-model.ts';
import type { Device } from './session.ts';
import type { TrainParameter } from './train-facts.ts';
import { openTrainStep, type TrainStep, type TrainStepOptions } from './train-step.ts';
import { openTrainThread } from './train-thread.ts';

/** Losses of a bag. Class weights are factors: with one bag a step nothing divides by their sum. */
export type MilLoss = Extract<LossOptions, { kind: 'cross-entropy' | 'focal' }>;

export interface MilStepOptions extends DeviceOptions {
  architecture: MilArchitecture;
  loss: MilLoss;
  /** Of `clam-sb` alone. Default `INSTANCE_LOSS_DEFAULTS`. */
  instanceLoss?: InstanceLossChoice;
  /** Compute in a thread of its own, which a bag's features are copied to. Default false: a step blocks the caller's thread. */
  thread?: boolean;
}

export interface MilStepInput extends Bag {
  /** Index of the bag's class, or a probability for each. */
  readonly target: number | Float32Array;
  /** By name. In a thread they move there and back: the map then has them in other arrays. */
  readonly weights: Map<string, Float32Array>;
  /** Of what dropout drops, another one for each step; without it nothing is dropped. */
  readonly seed?: number;
}

export interface MilStepResult {
  /** What the gradients are of. */
  readonly loss: number;
  /** Of the bag's logits alone. */
  readonly bagLoss: number;
  /** 0 for a bag of one instance; undefined where there is none. */
  readonly instanceLoss: number | undefined;
  /** Of the bag, with what dropout left. */
  readonly logits: Float32Array;
  /** Of each weight, in new arrays. */
  readonly gradients: Map<string, Float32Array>;
}

/** A loaded step. Use it from one caller at a time. Gradients of several bags are added up by the caller. */
export interface MilStep extends AsyncDisposable {
  readonly device: Device;
  /** Numbers of an instance, and logits of a bag. */
  readonly featureDim: number;
  readonly classes: number;
  readonly parameters: readonly TrainParameter[];
  /** Weights as they begin, those of the classifiers of instances too, in new arrays. */
  createWeights(): Map<string, Float32Array>;
  /** @throws OptionError for a bag or a target of another size, which it names; SessionError */
  step(input: MilStepInput): Promise<MilStepResult>;
  /** Gives back the memory that bags of many sizes have gathered. Results don't change. @throws SessionError */
  recycle(): Promise<void>;
  /** Gives all memory back. May be called twice. */
  release(): Promise<void>;
}

/**
 * Loads the step of a model of `createMilModel`.
 * @throws SourceError, ModelError for a file that is no such model; OptionError for options that don't fit it; SessionError
 */
export async function openMilStep(source: ModelSource, options: MilStepOptions): Promise<MilStep> {
  const { architecture, loss, instanceLoss, thread = false, ...settings } = options;
  const { model, bagWeight } = createMilTrainModel(await openModel(source), { architecture, instanceLoss });
  const all: TrainStepOptions = {
    ...{ ...settings, loss, output: LOGITS, trials: TRIALS },
    ...(bagWeight < 1 && { otherLoss: { output: INSTANCE_LOSS, share: 1 - bagWeight } }),
  };
  const step = await (thread
    ? openTrainThread(joinChunks(encodeModel(model.message)), all)
    : openTrainStep(model, all));
  return new BagStep(step, bagWeight);
}

/** The weights that the model's own file has: those to export. The classifiers of instances are left out. */
export function pickModelWeights(weights: ReadonlyMap<string, Float32Array>): Map<string, Float32Array> {
  return new Map([...weights].filter(([name]) => !isInstanceClassifier(name)));
}

/** Bags that shapes are learnt with. With 2 and 3 instances, half of them would be 1 both times, and pass for a size that stays. */
const TRIALS = [1, 4] as const;

class BagStep implements MilStep {
  readonly device: Device;
  readonly featureDim: number;
  readonly classes: number;
  readonly parameters: readonly TrainParameter[];
  readonly #step: TrainStep;
  readonly #bagWeight: number;

  constructor(step: TrainStep, bagWeight: number) {
    this.#step = step;
    this.#bagWeight = bagWeight;
    this.device = step.device;
    this.parameters = step.parameters;
    const features = step.inputs.find(({ name }) => name === FEATURES);
    this.featureDim = Number(features?.dims[1]);
    this.classes = Number(step.target.dims[1]);
  }

  createWeights(): Map<string, Float32Array> {
    return this.#step.createWeights();
  }

  async step({ features, count, target, weights, seed }: MilStepInput): Promise<MilStepResult> {
    const wanted = this.#createTarget(target);
    const inputs = new Map([[FEATURES, createBagTensor({ features, count }, this.featureDim)]]);
    if (this.#bagWeight < 1) inputs.set(INSTANCE_TARGET, wanted);
    const result = await this.#step.step({ inputs, target: wanted, weights, ...(seed !== undefined && { seed }) });
    const { loss, outputs, gradients } = result;
    const ofInstances = outputs.get(INSTANCE_LOSS)?.data[0];
    const instanceLoss = ofInstances === undefined ? undefined : Number(ofInstances);
    const bagLoss = (loss - (1 - this.#bagWeight) * (instanceLoss ?? 0)) / this.#bagWeight;
    return { loss, bagLoss, instanceLoss, logits: outputs.get(LOGITS)?.data as Float32Array, gradients };
  }

  #createTarget(target: number | Float32Array): Tensor {
    const dims = [1, this.classes];
    if (typeof target !== 'number') {
      if (target.length === this.classes) return { type: 'float32', dims, data: target };
      throw new OptionError('target', `a probability for each of ${this.classes} classes`, `${target.length} numbers`);
    }
    const data = new Float32Array(this.classes);
    data[checkInteger('target', target, { min: 0, max: this.classes - 1 })] = 1;
    return { type: 'float32', dims, data };
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
