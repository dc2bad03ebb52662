import { OptionError, SessionError } from '../../utils/errors.ts';
import { checkTarget } from '../check-target.ts';
import { checkPrecision, chooseWeights } from '../choose-weights.ts';
import { fillDropoutMasks, type RunSizes } from '../dropout-masks.ts';
import type { ValueInfo } from '../graph.ts';
import type { Tensor } from '../model/tensor.ts';
import { openOnDevice } from '../open-on-device.ts';
import { type ModelSource, type PreparedModel, prepareModel } from '../prepare-model.ts';
import type { Device, DeviceTensor, Session } from '../session.ts';
import type { TrainParameter } from '../train-facts.ts';
import { createTrainGraph } from '../train-graph.ts';
import { copyOut } from './copy-out.ts';
import { createScanRunner } from './scan-runner.ts';
import { type BatchValues, createStepRunner, type Runner } from './step-runner.ts';
import type { Trainer, TrainerBatch, TrainerOptions, TrainerResult, TrainerState } from './trainer.ts';
import { createTrainerGraph, type StateValue, type TrainerGraph } from './trainer-graph.ts';
import type { UpdateRule } from './update-rule.ts';
import { createUpdateRule } from './update-rules.ts';

/** Steps in one run of a Scan. */
const SCAN_STEPS = 16;

/**
 * Reads a model, differentiates it, adds the optimiser, and loads the result.
 * @throws what `openTrainStep` throws
 */
export async function openTrainer(source: ModelSource, options: TrainerOptions): Promise<Trainer> {
  const { device, threads, optimization, logger } = options;
  const prepared = await prepareModel(source, options);
  checkPrecision(prepared.model.source, prepared);
  const rule = createUpdateRule(options.optimizer);
  const build = (on: Device) => {
    const step = createStep(prepared, { options, rule, device: on });
    const mode = options.mode ?? (on === 'cuda' ? 'scan' : 'step');
    const runner = mode === 'scan' ? createScanRunner(step, options.scanSteps ?? SCAN_STEPS) : createStepRunner(step);
    return { step, runner, graph: runner.graph, kept: runner.kept };
  };
  const settings = { ...(threads !== undefined && { threads }), ...(optimization && { optimization }) };
  const { session, built } = await openOnDevice(build, {
    ...settings,
    ...(device && { device }),
    ...(logger && { logger }),
  });
  const reopen = async () => (await openOnDevice(() => built, { ...settings, device: session.device })).session;
  return new OrtTrainer({ session, reopen, ...built, rule }, prepared);
}

/** Only what steps change is fed. All else is part of the graph, and lies on the device from the beginning. */
function createStep(
  prepared: PreparedModel,
  { options, rule, device }: { options: TrainerOptions; rule: UpdateRule; device: Device },
): TrainerGraph {
  const { graph, facts, parameters } = prepared;
  const { loss, output, settings, clipNorm } = options;
  const trainable = chooseWeights(prepared, options.trained);
  const known = new Set(settings.map(({ name }) => name));
  const common = { loss, output, device, trainable: new Set([...trainable].filter((name) => known.has(name))) };
  const whole = createTrainGraph(graph, facts, { ...common, parameters });
  const moving = parameters.filter(({ name }) => whole.gradients.has(name) || whole.statistics.has(name));
  const train = createTrainGraph(graph, facts, { ...common, parameters: moving });
  return createTrainerGraph(train, { rule, settings, clipNorm, parameters: moving });
}

interface Loaded {
  readonly session: Session;
  readonly reopen: () => Promise<Session>;
  readonly step: TrainerGraph;
  readonly runner: Runner;
  readonly rule: UpdateRule;
}

class OrtTrainer implements Trainer {
  readonly device: Device;
  readonly inputs: readonly ValueInfo[];
  readonly target: ValueInfo;
  readonly parameters: readonly TrainParameter[];
  readonly #loaded: Loaded;
  readonly #initial: ReadonlyMap<string, Tensor>;
  readonly #sizes: RunSizes;
  readonly #waiting: { readonly values: BatchValues; readonly shapes: string }[] = [];
  #session: Session;
  #state: Map<string, Tensor | DeviceTensor>;
  #steps = 0;
  #released = false;

  constructor(loaded: Loaded, { graph, parameters, trials }: PreparedModel) {
    const { session, step } = loaded;
    this.#loaded = loaded;
    this.#session = session;
    this.#initial = graph.initializers;
    this.#sizes = { inputs: graph.inputs, trials };
    this.device = session.device;
    this.inputs = graph.inputs;
    this.target = step.train.target;
    const trained = new Set(step.state.map(({ name }) => name));
    this.parameters = parameters.map((one) => ({ ...one, trainable: one.kind === 'weight' && trained.has(one.name) }));
    this.#state = this.#createState({ weights: this.createWeights(), slots: {} });
  }

  createWeights(): Map<string, Float32Array> {
    const weights = new Map<string, Float32Array>();
    for (const { name, kind, trainable } of this.parameters)
      if (trainable || kind === 'statistic')
        weights.set(name, Float32Array.from(this.#initial.get(name)?.data as Float32Array));
    return weights;
  }

  async load(state: TrainerState): Promise<void> {
    const fresh = this.#createState(state);
    this.#waiting.length = 0;
    this.#replaceState(fresh);
    this.#steps = state.steps;
  }

  async learn(batch: TrainerBatch, flush = false): Promise<readonly TrainerResult[]> {
    const results: TrainerResult[] = [];
    const fed = this.#toValues(batch);
    const last = this.#waiting.at(-1);
    if (last && last.shapes !== fed.shapes) results.push(...(await this.flush()));
    this.#waiting.push(fed);
    if (flush || this.#waiting.length >= this.#loaded.runner.most) results.push(...(await this.flush()));
    return results;
  }

  async flush(): Promise<readonly TrainerResult[]> {
    const batches = this.#waiting.splice(0).map(({ values }) => values);
    if (batches.length === 0) return [];
    const { results, state } = await this.#loaded.runner.run(this.#session, { batches, state: this.#state });
    if (results.every(({ loss, gradientNorm }) => Number.isFinite(loss) && Number.isFinite(gradientNorm))) {
      this.#replaceState(state);
      this.#steps += batches.length;
    } else for (const value of state.values()) value.dispose();
    return results;
  }

  async save(): Promise<TrainerState> {
    const copies = await copyOut(this.#state, this.#session);
    const pick = (kind: string) =>
      new Map(
        this.#loaded.step.state
          .filter((value) => value.kind === kind)
          .map(({ name, input }) => [name, copies.get(input) ?? new Float32Array()]),
      );
    const slots = Object.fromEntries(this.#loaded.rule.slots.map((slot) => [slot, pick(slot)]));
    return { steps: this.#steps, weights: pick('weight'), slots };
  }

  async recycle(): Promise<void> {
    if (this.#released) throw new SessionError(this.device, 'the session is released');
    this.#replaceState(this.#createState(await this.save()));
    await this.#session.release();
    this.#session = await this.#loaded.reopen();
  }

  async release(): Promise<void> {
    if (this.#released) return;
    this.#released = true;
    this.#replaceState(new Map());
    await this.#session.release();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.release();
  }

  /** Slots that are not there begin with zeros. */
  #createState({ weights, slots }: Pick<TrainerState, 'weights' | 'slots'>): Map<string, Tensor> {
    const create = ({ kind, name, dims }: StateValue): Tensor => {
      const length = dims.reduce((product, size) => product * size, 1);
      const known = kind === 'weight' ? weights.get(name) : slots[kind]?.get(name);
      if ((known?.length ?? (kind === 'weight' ? -1 : length)) !== length)
        throw new OptionError('state', `${length} numbers of "${name}" (${kind})`, known?.length);
      return { type: 'float32', dims, data: known ?? new Float32Array(length) };
    };
    return new Map(this.#loaded.step.state.map((value) => [value.input, create(value)]));
  }

  #replaceState(state: Map<string, Tensor | DeviceTensor>): void {
    for (const value of this.#state.values()) if ('dispose' in value) value.dispose();
    this.#state = state;
  }

  #toValues({ inputs, target, rate, seed }: TrainerBatch): { values: BatchValues; shapes: string } {
    const { step, rule } = this.#loaded;
    checkTarget({ inputs, target }, step.train.output, this.#sizes);
    const count = this.#steps + this.#waiting.length + 1;
    const numbers = Float32Array.from(rule.getNumbers({ count, rate }, step.groups));
    const values = new Map<string, Tensor>([
      ...inputs,
      [this.target.name, target],
      ...fillDropoutMasks(step.train.masks, inputs, { sizes: this.#sizes, seed }),
      [step.numbers, { type: 'float32', dims: [numbers.length], data: numbers }],
    ]);
    return { values, shapes: [...values.values()].map(({ dims }) => dims.join('x')).join(' ') };
  }
}
