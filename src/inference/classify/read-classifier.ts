import { basename } from 'node:path';
import { hashModel } from '../../onnx/hash-model.ts';
import { readModel } from '../../onnx/model.ts';
import type { PictureSettings } from '../../train/batches/batch-job.ts';
import { type ModelCard, readModelCard } from '../../train/train-phase1/model-card.ts';
import { ModelError, OptionError } from '../../utils/errors.ts';
import type { Logger } from '../../utils/log.ts';
import { warnOfCard } from '../warn-of-card.ts';
import { findLastOperator, findOutput, findPictureInput } from './model-interface.ts';
import type { Activation, ModelInputOptions } from './options.ts';

/** A model, and how it is fed and read, before it is opened. */
export interface ClassifierFacts {
  readonly path: string;
  readonly name: string;
  /** See `hashModel`: weights that lie beside the file have a say in it. */
  readonly sha256: string;
  readonly inputName: string;
  readonly outputName: string;
  readonly pictures: PictureSettings;
  /** Pictures of each run, where the model says so. */
  readonly batch: number | undefined;
  readonly card: ModelCard | undefined;
  /** Undefined where it depends on how many numbers the model gives. */
  readonly activation: Activation | undefined;
  /** The model's own last operator, where it makes probabilities: they need no activation. */
  readonly ending: 'softmax' | 'sigmoid' | undefined;
  readonly classes: readonly string[] | undefined;
}

/** ImageNet's, which most models were trained with first. */
const MEAN = [0.485, 0.456, 0.406] as const;
const STD = [0.229, 0.224, 0.225] as const;
const ENDINGS: Readonly<Record<string, ClassifierFacts['ending']>> = { Softmax: 'softmax', Sigmoid: 'sigmoid' };

/**
 * Reads a model and its card; options win over the card.
 * @throws SourceError; ModelError where it is no model of pictures; OptionError where something has to be said, or contradicts it
 */
export async function readClassifier(
  options: ModelInputOptions & { logger?: Logger | undefined },
): Promise<ClassifierFacts> {
  const { model: path, logger, activation = 'auto' } = options;
  const model = await readModel(path);
  const sha256 = await hashModel(path, model);
  const card = await readModelCard(path);
  warnOfCard(path, card, { sha256, logger });
  const input = findPictureInput(model);
  const outputName = findOutput(model, options.outputName ?? card?.output.name);
  const ending = ENDINGS[findLastOperator(model, outputName) ?? ''];
  const { mean, std } = chooseNormalization(options, card);
  return {
    ...{ path, name: basename(path), sha256, inputName: input.name, outputName, batch: input.batch, card },
    pictures: { ...chooseSize(path, input, { card, inputSize: options.inputSize }), mean, std },
    activation: chooseActivation(activation, { card, ending }),
    ending,
    classes: options.classes ?? card?.classes,
  };
}

function chooseActivation(
  asked: NonNullable<ModelInputOptions['activation']>,
  { card, ending }: Pick<ClassifierFacts, 'card' | 'ending'>,
): Activation | undefined {
  if (asked !== 'auto') return asked;
  return ending ? 'none' : card?.output.activation;
}

interface Side {
  readonly width: number | undefined;
  readonly height: number | undefined;
}

function chooseSize(
  source: string,
  { width, height }: Side,
  { card, inputSize }: { card: ModelCard | undefined; inputSize: number | undefined },
): { width: number; height: number } {
  const choose = (own: number | undefined, noted: number | undefined): number => {
    const side = own ?? inputSize ?? noted;
    if (side === undefined)
      throw new OptionError('inputSize', `a size in pixels, which ${source} leaves open`, undefined, {
        hint: 'say it, or put a model card beside the model',
      });
    if (inputSize !== undefined && side !== inputSize)
      throw new OptionError('inputSize', `${side}, as the model's input has`, inputSize);
    return side;
  };
  const size = { width: choose(width, card?.input.width), height: choose(height, card?.input.height) };
  const fits =
    !card || inputSize !== undefined || (card.input.width === size.width && card.input.height === size.height);
  if (fits) return size;
  throw new ModelError(
    source,
    `its input has ${size.width} x ${size.height} pixels, and its card says ${card.input.width} x ${card.input.height}`,
    { hint: 'mend or remove the card' },
  );
}

function chooseNormalization(options: ModelInputOptions, card: ModelCard | undefined) {
  const mean = toTriple('mean', options.mean ?? card?.input.mean ?? MEAN);
  const std = toTriple('std', options.std ?? card?.input.std ?? STD);
  if (std.some((value) => value <= 0)) throw new OptionError('std', 'numbers above 0', std);
  return { mean, std };
}

function toTriple(option: string, values: readonly number[]): readonly [number, number, number] {
  const [red, green, blue, ...more] = values;
  const there = red !== undefined && green !== undefined && blue !== undefined && more.length === 0;
  if (!there || !values.every(Number.isFinite)) throw new OptionError(option, 'three numbers', values);
  return [red, green, blue];
}
