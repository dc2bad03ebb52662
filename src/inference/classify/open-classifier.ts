import { openForwardThread } from '../../onnx/forward-thread.ts';
import { createZeros, type Tensor } from '../../onnx/model/tensor.ts';
import { type Forward, openForward } from '../../onnx/open-forward.ts';
import type { DeviceChoice } from '../../onnx/open-on-device.ts';
import { ModelError, OptionError } from '../../utils/errors.ts';
import type { Logger } from '../../utils/log.ts';
import type { Activation } from './options.ts';
import type { ClassifierFacts } from './read-classifier.ts';

export interface OpenOptions {
  readonly device: DeviceChoice;
  readonly threads: number | undefined;
  /** The session has a thread of its own. */
  readonly ownThread: boolean;
  readonly logger: Logger | undefined;
  /** The model itself, in place of the file. */
  readonly bytes?: Uint8Array;
}

/** A model that is loaded, with what its numbers mean. Use it from one caller at a time. */
export interface Classifier extends AsyncDisposable {
  readonly facts: ClassifierFacts;
  readonly device: Forward['device'];
  readonly classes: readonly string[];
  readonly activation: Activation;
  /** Numbers that the model gives for a picture: one for each class, or one for the second of two. */
  readonly width: number;
  /**
   * What the model gives for `count` pictures, before the activation: count x `width`. A model with a fixed batch sees zeros
   * behind them. @param images pictures at the start of a buffer that may be longer @throws SessionError
   */
  run(images: Float32Array<ArrayBuffer>, count: number): Promise<Float32Array>;
}

/**
 * Opens a model and runs it once on zeros: what it does not take, and how many numbers it gives, shows before any picture is read.
 * @throws SessionError; ModelError where its output is no row of numbers for each picture; OptionError where the names of the
 * classes don't fit it
 */
export async function openClassifier(facts: ClassifierFacts, options: OpenOptions): Promise<Classifier> {
  const { device, threads, ownThread, logger, bytes } = options;
  const settings = { device, ...(threads === undefined ? {} : { threads }), ...(logger && { logger }) };
  const forward = await (ownThread ? openForwardThread : openForward)(bytes ?? facts.path, settings);
  try {
    const run = createRun(facts, forward);
    const { width: w, height: h } = facts.pictures;
    const width = checkOutput(facts, await run(new Float32Array(3 * w * h), 1));
    const activation = facts.activation ?? (width === 1 ? 'sigmoid' : 'softmax');
    const classes = chooseClasses(facts, width, activation);
    return {
      ...{ facts, device: forward.device, classes, activation, width },
      run: async (images, count) => (await run(images, count)).data.subarray(0, count * width) as Float32Array,
      [Symbol.asyncDispose]: () => forward.release(),
    };
  } catch (error) {
    await forward.release();
    throw error;
  }
}

function createRun({ inputName, outputName, pictures, batch, path }: ClassifierFacts, forward: Forward) {
  const length = 3 * pictures.width * pictures.height;
  return async (images: Float32Array<ArrayBuffer>, count: number): Promise<Tensor> => {
    const rows = batch ?? count;
    const data = rows === count ? images.subarray(0, count * length) : padRows(images, { count, rows, length });
    const dims = [rows, 3, pictures.height, pictures.width];
    const results = await forward.run(new Map([[inputName, { type: 'float32' as const, dims, data }]]), [outputName]);
    const output = results.get(outputName);
    if (!output) throw new ModelError(path, `it gives no "${outputName}"`);
    return output;
  };
}

/** In the same buffer where there is room. */
function padRows(
  images: Float32Array<ArrayBuffer>,
  { count, rows, length }: { count: number; rows: number; length: number },
): Float32Array {
  const room = images.buffer.byteLength - images.byteOffset >= rows * length * 4;
  const padded = room
    ? new Float32Array(images.buffer, images.byteOffset, rows * length)
    : (createZeros('float32', [rows, length]).data as Float32Array);
  if (!room) padded.set(images.subarray(0, count * length));
  padded.fill(0, count * length);
  return padded;
}

/** @returns numbers for each picture */
function checkOutput({ path, outputName, batch = 1 }: ClassifierFacts, { type, dims, data }: Tensor): number {
  const [rows, width = 1, ...rest] = dims;
  if (type === 'float32' && rows === batch && rest.every((side) => side === 1) && data.length === rows * width)
    return width;
  throw new ModelError(path, `its output "${outputName}" is ${type} [${dims.join(', ')}] for ${batch} pictures`, {
    hint: 'a classifier gives float32 [batch, classes]; name another output (outputName)',
  });
}

function chooseClasses(
  { path, card, classes: given, ending }: ClassifierFacts,
  width: number,
  activation: Activation,
): readonly string[] {
  if (width === 1 && activation !== 'sigmoid' && ending !== 'sigmoid')
    throw new ModelError(path, 'it gives one number for each picture, of which no classes follow', {
      hint: 'choose the activation sigmoid where it is the logit of the second of two classes',
    });
  const count = Math.max(2, width);
  const classes = given ?? Array.from({ length: count }, (_, label) => String(label));
  if (classes.length === count) return classes;
  const numbers = `${width} numbers for each picture`;
  if (card?.classes === given)
    throw new ModelError(path, `it gives ${numbers}, and its card names ${classes.length} classes`, {
      hint: 'mend or remove the card, or name the classes',
    });
  throw new OptionError('classes', `${count} names (the model gives ${numbers})`, classes.join(', '));
}
