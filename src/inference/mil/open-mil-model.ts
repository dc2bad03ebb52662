import { openForwardThread, type RemoteForward } from '../../onnx/forward-thread.ts';
import type { Tensor } from '../../onnx/model/tensor.ts';
import { type Forward, openForward } from '../../onnx/open-forward.ts';
import type { Device } from '../../onnx/session.ts';
import type { MilCard } from '../../train/mil-card.ts';
import { ModelError, OptionError } from '../../utils/errors.ts';
import { checkMilOptions, type MilModelOptions } from './model-options.ts';
import { type BagPrediction, readBagOutputs } from './read-bag-outputs.ts';
import { type MilFacts, readMilModel } from './read-mil-model.ts';

/** A classifier of slides that is loaded. Use it from one caller at a time; whoever opens it closes it. */
export interface MilModel extends AsyncDisposable {
  readonly path: string;
  readonly name: string;
  readonly sha256: string;
  readonly card: MilCard | undefined;
  readonly classes: readonly string[];
  /** Numbers of a patch that it takes. */
  readonly featureDim: number;
  readonly temperature: number;
  /** Of two classes, at least this probability of the second decides for it; of more it has no say. */
  readonly threshold: number | undefined;
  readonly device: Device;
  /** Names of the outputs that are read. */
  readonly outputs: MilFacts['outputs'];
  /** Whether it says how much each patch counted. */
  readonly hasAttention: boolean;
  /** Whether it says what each patch is by itself. */
  readonly hasInstances: boolean;
  /**
   * What it says of one slide. A bag is one run of the graph, so that nothing of other slides has a say. In memory are the features
   * twice, and what the graph keeps of each patch.
   * @param features count x dim
   * @throws RangeError for an empty bag; ModelError for features of another dimension, or where it gives no numbers; SessionError
   */
  predict(features: Float32Array, count: number, dim: number): Promise<BagPrediction>;
  /** As `predict`, without a second copy: the features move to the model's thread, and the array is empty from now on. */
  consume(features: Float32Array, count: number, dim: number): Promise<BagPrediction>;
  close(): Promise<void>;
}

/** Patches of the run that shows what a model gives. */
const TRIAL = 2;

/**
 * Opens a classifier of slides: any ONNX model that takes the features of a slide's patches, float32 [patches, features] or
 * [1, patches, features], and gives a number for each class. It is run once on zeros, so that what does not fit shows at once.
 * @throws SourceError, ModelError, OptionError, SessionError; WorkerError where the library is not built
 */
export async function openMilModel(path: string, options: MilModelOptions = {}): Promise<MilModel> {
  checkMilOptions(options);
  const facts = await readMilModel(path, options);
  const { threads, device = 'cpu', ownThread = true, logger } = options;
  const settings = { device, ...(threads === undefined ? {} : { threads }), ...(logger && { logger }) };
  const forward = await (ownThread ? openForwardThread : openForward)(path, settings);
  try {
    const features = new Float32Array(TRIAL * facts.input.featureDim);
    const results = await runBag(forward, facts, { features, count: TRIAL, moving: true });
    const width = findWidth(facts, results.get(facts.outputs.logits));
    readBagOutputs(results, facts, { count: TRIAL, width });
    const model = new SessionMilModel(facts, forward, width);
    const { classes } = model;
    if (options.threshold === undefined || classes.length === 2) return model;
    throw new OptionError('threshold', `none, as the model has ${classes.length} classes`, options.threshold);
  } catch (error) {
    await forward.release();
    throw error;
  }
}

class SessionMilModel implements MilModel {
  readonly path: string;
  readonly name: string;
  readonly sha256: string;
  readonly card: MilCard | undefined;
  readonly classes: readonly string[];
  readonly featureDim: number;
  readonly temperature: number;
  readonly threshold: number | undefined;
  readonly device: Device;
  readonly outputs: MilFacts['outputs'];
  readonly hasAttention: boolean;
  readonly hasInstances: boolean;
  readonly #facts: MilFacts;
  readonly #forward: Forward | RemoteForward;
  /** Numbers that the model gives for a slide. */
  readonly #width: number;

  constructor(facts: MilFacts, forward: Forward | RemoteForward, width: number) {
    const classes = chooseClasses(facts, width);
    this.path = facts.path;
    this.name = facts.name;
    this.sha256 = facts.sha256;
    this.card = facts.card;
    this.classes = classes;
    this.featureDim = facts.input.featureDim;
    this.temperature = facts.temperature;
    this.threshold = classes.length === 2 ? (facts.threshold ?? 0.5) : undefined;
    this.device = forward.device;
    this.outputs = facts.outputs;
    this.hasAttention = facts.outputs.attention !== undefined;
    this.hasInstances = facts.outputs.instances !== undefined;
    this.#facts = facts;
    this.#forward = forward;
    this.#width = width;
  }

  predict(features: Float32Array, count: number, dim: number): Promise<BagPrediction> {
    // The thread is sent the whole memory under a view.
    const isPart = features.buffer.byteLength > 2 * features.byteLength;
    return this.#predict(isPart ? features.slice() : features, { count, dim, moving: false });
  }

  consume(features: Float32Array, count: number, dim: number): Promise<BagPrediction> {
    return this.#predict(features, { count, dim, moving: true });
  }

  async #predict(
    features: Float32Array,
    { count, dim, moving }: { readonly count: number; readonly dim: number; readonly moving: boolean },
  ): Promise<BagPrediction> {
    if (count < 1 || features.length !== count * dim)
      throw new RangeError(`expected ${count} x ${dim} features of at least one patch but received ${features.length}`);
    if (dim !== this.featureDim)
      throw new ModelError(this.path, `it takes ${this.featureDim} features a patch, and these have ${dim}`);
    const results = await runBag(this.#forward, this.#facts, { features, count, moving });
    return readBagOutputs(results, this.#facts, { count, width: this.#width });
  }

  close(): Promise<void> {
    return this.#forward.release();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

async function runBag(
  forward: Forward | RemoteForward,
  { input, outputs }: MilFacts,
  { features, count, moving }: { features: Float32Array; count: number; moving: boolean },
): Promise<Map<string, Tensor>> {
  const { logits, attention, instances } = outputs;
  const wanted = [...new Set([logits, attention, instances])].filter((name) => name !== undefined);
  const dims = [...(input.batched ? [1] : []), count, input.featureDim];
  const feeds = new Map<string, Tensor>([[input.name, { type: 'float32', dims, data: features }]]);
  if (input.mask !== undefined)
    feeds.set(input.mask, { type: 'float32', dims: [count], data: new Float32Array(count).fill(1) });
  if (!moving || !('runMoving' in forward)) return forward.run(feeds, wanted);
  return (await forward.runMoving(feeds, wanted)).results;
}

/** Numbers for a slide: the trial had more patches than one, so that a number for each patch shows. */
function findWidth({ path, outputs, endings }: MilFacts, logits: Tensor | undefined): number {
  const { dims = [], data } = logits ?? {};
  const [width = 1, ...rest] = dims.toReversed();
  const text = `its output "${outputs.logits}" is [${dims.join(', ')}] for a slide of ${TRIAL} patches`;
  if (!data || rest.some((side) => side !== 1))
    throw new ModelError(path, text, {
      hint: 'a classifier of slides gives [1, classes]; name another output (logitsOutput)',
    });
  for (const key of ['logits', 'instances'] as const)
    if (width > 1 && endings[key] === 'sigmoid')
      throw new ModelError(
        path,
        `its output "${outputs[key]}" ends in a sigmoid: its classes do not exclude each other`,
        {
          hint: 'export it with softmax, or without either',
        },
      );
  return width;
}

/** @param width numbers that the model gives for a slide */
function chooseClasses({ path, card, classes: given }: MilFacts, width: number): readonly string[] {
  const count = Math.max(2, width);
  const classes = given ?? Array.from({ length: count }, (_, label) => String(label));
  if (classes.length === count) return classes;
  const numbers = `${width} number${width === 1 ? '' : 's'} for a slide`;
  if (card?.classes === given)
    throw new ModelError(path, `it gives ${numbers}, and its card names ${classes.length} classes`, {
      hint: 'mend or remove the card, or name the classes',
    });
  throw new OptionError('classes', `${count} names (the model gives ${numbers})`, classes.join(', '));
}
