/** One training step of a model, as a function of inputs, target and weights. What to do with the gradients is the caller's. */
import { OptionError, SessionError } from '../utils/errors.ts';
import type { OtherLoss } from './add-other-loss.ts';
import { findChannelBlock } from './channel-block.ts';
import { checkTarget } from './check-target.ts';
import { checkPrecision, chooseWeights } from './choose-weights.ts';
import { fillDropoutMasks, type RunSizes } from './dropout-masks.ts';
import type { ValueInfo } from './graph.ts';
import type { LossOptions } from './losses.ts';
import { countElements, type Tensor } from './model/tensor.ts';
import { type DeviceOptions, openOnDevice } from './open-on-device.ts';
import { type ModelSource, type PreparedModel, type PrepareOptions, prepareModel } from './prepare-model.ts';
import type { Device, Session } from './session.ts';
import type { TrainGraph, TrainGraphOptions } from './train-assembly.ts';
import type { TrainFacts, TrainParameter } from './train-facts.ts';
import { createTrainGraph } from './train-graph.ts';

export interface TrainStepOptions extends PrepareOptions, DeviceOptions {
  loss: LossOptions;
  /** Name of the output that the loss is computed of. Default the model's first. */
  output?: string;
  /** A loss that is an output of the model, and its share of the total. Default none. */
  otherLoss?: OtherLoss;
  /** Names of the weights that are trained. Default all of them. */
  trained?: readonly string[];
}

export interface TrainStepInput {
  /** By the names of the model's inputs. */
  readonly inputs: ReadonlyMap<string, Tensor>;
  /** In the shape of the output. */
  readonly target: Tensor;
  /** Weights and running statistics by name. Those that are not in it are as in the model's file. */
  readonly weights: Map<string, Float32Array>;
  /** Seed of what dropout drops, another one for each step; without it nothing is dropped. */
  readonly seed?: number;
}

export interface TrainStepResult {
  readonly loss: number;
  /** The model's outputs, as they were before this step. */
  readonly outputs: ReadonlyMap<string, Tensor>;
  /** The gradient of each trained weight, in new arrays. */
  readonly gradients: Map<string, Float32Array>;
  /** New values of the running statistics: weights of the next step. */
  readonly statistics: Map<string, Float32Array>;
}

/** A loaded train graph. Use it from one caller at a time; a step blocks its thread while it computes. */
export interface TrainStep extends TrainFacts, AsyncDisposable {
  /**
   * Values of the file: trained weights and statistics, in new arrays. With `forget` the file's own are let go, which is as much
   * memory as they take: from then on each step must be given all of them, and they can't be created again.
   * @throws OptionError where they were forgotten
   */
  createWeights(options?: { forget?: boolean }): Map<string, Float32Array>;
  /** @throws OptionError for a target of another batch size; SessionError where inputs or weights don't fit the graph */
  step(input: TrainStepInput): Promise<TrainStepResult>;
  /**
   * Gives back the memory that steps have gathered: the session is released and opened anew on the graph as it was built.
   * Results don't change. @throws SessionError
   */
  recycle(): Promise<void>;
  /** Gives all memory back. May be called twice. */
  release(): Promise<void>;
}

/**
 * Reads a model, differentiates it, and loads the result.
 * @throws SourceError, ModelError for a file that is no usable model; OperatorError for an operator without gradient;
 * SessionError where no device takes it; OptionError for options that don't fit it
 */
export async function openTrainStep(source: ModelSource, options: TrainStepOptions): Promise<TrainStep> {
  const { loss, output, otherLoss, trained, sizes: _sizes, trials: _trials, ...others } = options;
  // The graph is written as it is to run: onnxruntime would take apart the order that frees memory early.
  const deviceOptions = { optimization: 'disabled', ...others } as const;
  const prepared = await prepareModel(source, options);
  const weights = chooseWeights(prepared, trained);
  checkPrecision(prepared.model.source, prepared);
  const channelBlock = await findChannelBlock();
  const { session, built } = await openPrepared(prepared, {
    ...{ loss, output, otherLoss, channelBlock },
    weights,
    deviceOptions,
  });
  const idle = [...weights].filter((name) => !built.gradients.has(name));
  if (idle.length > 0)
    options.logger?.warn(`${prepared.model.source}: the loss does not depend on ${idle.length} weights (${idle[0]})`);
  const reopen = createReopen(built, { ...deviceOptions, device: session.device });
  return new OrtTrainStep({ session, reopen, built }, prepared);
}

function openPrepared(
  { graph, facts, parameters }: PreparedModel,
  options: Pick<TrainGraphOptions, 'loss' | 'output' | 'otherLoss' | 'channelBlock'> & {
    weights: ReadonlySet<string>;
    deviceOptions: DeviceOptions;
  },
): Promise<{ session: Session; built: TrainGraph }> {
  const { weights: trainable, deviceOptions, ...chosen } = options;
  return openOnDevice(
    (device) => createTrainGraph(graph, facts, { ...chosen, device, parameters, trainable }),
    deviceOptions,
  );
}

/** A function of its own, so that it holds the graph alone and not the model's file. */
function createReopen(built: TrainGraph, { logger: _told, ...settings }: DeviceOptions): () => Promise<Session> {
  return async () => (await openOnDevice(() => built, settings)).session;
}

class OrtTrainStep implements TrainStep {
  readonly inputs: readonly ValueInfo[];
  readonly target: ValueInfo;
  readonly parameters: readonly TrainParameter[];
  readonly device: Device;
  readonly #reopen: () => Promise<Session>;
  #session: Session;
  #released = false;
  readonly #built: TrainGraph;
  /** Values of the file; none of those that were forgotten. */
  readonly #initial: Map<string, Pick<Tensor, 'dims'> & { data?: Tensor['data'] }>;
  readonly #fetches: readonly string[];
  readonly #outputs: readonly string[];
  readonly #sizes: RunSizes;

  constructor(
    { session, reopen, built }: { session: Session; reopen: () => Promise<Session>; built: TrainGraph },
    { graph, parameters, trials }: PreparedModel,
  ) {
    this.#session = session;
    this.#reopen = reopen;
    this.#built = built;
    this.#initial = new Map(
      parameters.flatMap(({ name }) => {
        const tensor = graph.initializers.get(name);
        return tensor ? [[name, tensor] as const] : [];
      }),
    );
    this.inputs = graph.inputs;
    this.#sizes = { inputs: graph.inputs, trials };
    this.target = built.target;
    this.device = session.device;
    this.parameters = parameters.map((parameter) => ({
      ...parameter,
      trainable: built.gradients.has(parameter.name),
    }));
    this.#outputs = graph.outputs;
    this.#fetches = built.graph.outputs;
  }

  createWeights({ forget = false } = {}): Map<string, Float32Array> {
    const weights = new Map<string, Float32Array>();
    for (const { name, kind, trainable } of this.parameters) {
      if (!trainable && kind !== 'statistic') continue;
      const { dims, data } = this.#initial.get(name) ?? { dims: [] };
      if (!data) throw new OptionError('forget', 'false at every call but the last', true);
      weights.set(name, (data as Float32Array).slice());
      if (forget) this.#initial.set(name, { dims });
    }
    return weights;
  }

  async step({ inputs, target, weights, seed }: TrainStepInput): Promise<TrainStepResult> {
    checkTarget({ inputs, target }, this.#built.output, this.#sizes);
    const masks = fillDropoutMasks(this.#built.masks, inputs, { sizes: this.#sizes, seed });
    const feeds = new Map([...inputs, ...masks]);
    feeds.set(this.#built.target.name, target);
    for (const [name, { dims, data: initial }] of this.#initial) {
      const data = weights.get(name) ?? initial;
      const count = countElements(dims);
      if (data?.length !== count) throw new OptionError('weights', `${count} numbers of "${name}"`, data?.length);
      feeds.set(name, { type: 'float32', dims, data });
    }
    const results = await this.#session.run(feeds, this.#fetches);
    const collect = (names: ReadonlyMap<string, string>) =>
      new Map([...names].map(([name, value]) => [name, results.get(value)?.data as Float32Array]));
    return {
      loss: Number(results.get(this.#built.loss)?.data[0]),
      outputs: new Map([...results].filter(([name]) => this.#outputs.includes(name))),
      gradients: collect(this.#built.gradients),
      statistics: collect(this.#built.statistics),
    };
  }

  async recycle(): Promise<void> {
    if (this.#released) throw new SessionError(this.device, 'the session is released');
    await this.#session.release();
    this.#session = await this.#reopen();
  }

  release(): Promise<void> {
    this.#released = true;
    return this.#session.release();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.release();
  }
}
