/** A classifier of pictures with eight bits: smaller, and several times as fast on processors that add bytes. */
import { existsSync } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { joinChunks } from '../onnx/model/encode-message.ts';
import type { Tensor } from '../onnx/model/tensor.ts';
import { encodeModel, readModel } from '../onnx/model.ts';
import { quantizeModel } from '../onnx/quantize.ts';
import { listWeightFiles } from '../onnx/weight-files.ts';
import { createDecodePool } from '../train/batches/decode-pool.ts';
import { checkImages } from '../train/data/check-images.ts';
import { getCardPath, writeModelCard } from '../train/train-phase1/model-card.ts';
import { writePiecesAtomic } from '../utils/atomic-pieces.ts';
import { OutputError } from '../utils/errors.ts';
import { openClassifier } from './classify/open-classifier.ts';
import { checkInputs } from './classify/options.ts';
import { type ClassifierFacts, readClassifier } from './classify/read-classifier.ts';
import { readPictures } from './classify/read-pictures.ts';
import { type CalibrationBatches, createCalibrationBatches, spreadEvenly } from './quantize/calibration-batches.ts';
import { compareModels, type ModelComparison } from './quantize/compare-models.ts';
import { type QuantizeConfig, type QuantizeSettings, resolveQuantize } from './quantize/options.ts';

export type { ModelComparison } from './quantize/compare-models.ts';
export { QUANTIZE_DEFAULTS, type QuantizeConfig, type QuantizeProgress } from './quantize/options.ts';

export interface QuantizeResult {
  readonly modelPath: string;
  /** Undefined where the model has no card. */
  readonly cardPath: string | undefined;
  /** Of the model files, with weights that lie beside them. */
  readonly bytes: { readonly original: number; readonly quantized: number };
  /** Convolutions and products with eight bits, and all that there are. */
  readonly quantizedNodes: number;
  readonly candidates: number;
  readonly comparison: ModelComparison;
}

/**
 * Rounds a model to eight bits: weights by output channel, values by the range that they have on the calibration pictures. The new
 * model takes and gives the same in single precision, and is compared with the old one on the same pictures.
 * @throws OptionError, SourceError, DatasetError, ModelError, SessionError, OutputError, AbortedError
 */
export async function quantize(config: QuantizeConfig): Promise<QuantizeResult> {
  const settings = resolveQuantize(config);
  const { out, model: path, calibrationPictures, onBadImage, workers, signal, logger, onProgress } = settings;
  checkOutput(settings);
  const table = await readPictures(checkInputs(settings.input), settings);
  const facts = await readClassifier(settings);
  const examples = spreadEvenly(table.rows, calibrationPictures);
  if (onBadImage === 'fail') await checkImages(examples, onBadImage);
  const looks = settings.calibrationMethod === 'percentile' ? 3 : 2;
  let done = 0;
  const onDone = (count: number) => {
    done += count;
    onProgress?.({ done, total: looks * examples.length });
  };
  await using pool = createDecodePool(workers);
  const batches = createCalibrationBatches(pool, examples, { facts, settings: { onBadImage, signal, logger, onDone } });
  const model = await readModel(path);
  const quantized = await quantizeModel(model, () => toRuns(facts, batches), {
    method: settings.calibrationMethod,
    percent: settings.percentile,
    threads: settings.threads,
    narrowWeights: settings.narrowWeights,
    excluded: settings.exclude,
  });
  const pieces = encodeModel(quantized.message);
  const original = await measureFiles([path, ...listWeightFiles(path, model).values()]);
  const comparison = await compare(settings, facts, { bytes: joinChunks(pieces), batches });
  const file = await writePiecesAtomic(out, pieces, { fsync: true });
  const cardPath = await writeCard(settings, facts, { sha256: file.sha256, comparison });
  return {
    ...{ modelPath: out, cardPath, comparison },
    bytes: { original, quantized: file.bytes },
    quantizedNodes: quantized.quantized,
    candidates: quantized.candidates,
  };
}

/** Bytes of all of them. */
async function measureFiles(paths: readonly string[]): Promise<number> {
  const sizes = await Promise.all(paths.map(async (one) => (await stat(one)).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

function checkOutput({ out, model, overwrite }: QuantizeSettings): void {
  if (resolve(out) === resolve(model)) throw new OutputError(out, 'is the model itself');
  for (const path of [out, getCardPath(out)])
    if (!overwrite && existsSync(path))
      throw new OutputError(path, 'is there already', { hint: 'give another path, or --overwrite' });
}

/** What the model is fed; a fixed batch that is not full ends in zeros. */
async function* toRuns(
  { inputName, pictures, batch }: ClassifierFacts,
  batches: CalibrationBatches,
): AsyncGenerator<ReadonlyMap<string, Tensor>> {
  const { width, height } = pictures;
  for await (const { images, count } of batches()) {
    const rows = batch ?? count;
    const data = rows === count ? images : new Float32Array(rows * 3 * height * width);
    if (rows > count) data.set(images);
    yield new Map([[inputName, { type: 'float32', dims: [rows, 3, height, width], data }]]);
  }
}

async function compare(
  { threads, workers, logger }: QuantizeSettings,
  facts: ClassifierFacts,
  { bytes, batches }: { bytes: Uint8Array; batches: CalibrationBatches },
): Promise<ModelComparison> {
  const options = { device: 'cpu', threads, ownThread: workers > 0, logger } as const;
  await using original = await openClassifier(facts, options);
  await using quantized = await openClassifier(facts, { ...options, bytes });
  return await compareModels({ original, quantized }, batches);
}

/** The model's card, with what became of it. Its figures are those of the model in single precision. */
async function writeCard(
  { out, calibrationMethod, narrowWeights }: QuantizeSettings,
  { card, name, sha256: from }: ClassifierFacts,
  { sha256, comparison }: { sha256: string; comparison: ModelComparison },
): Promise<string | undefined> {
  if (!card) {
    // That of an earlier model of this name.
    await rm(getCardPath(out), { force: true });
    return undefined;
  }
  const { pictures, agreement, largestDifference } = comparison;
  const quantization = {
    from: name,
    fromSha256: from,
    calibrationMethod,
    narrowWeights,
    pictures,
    agreement,
    largestDifference,
  };
  const training = { ...card.training, quantization };
  return (await writeModelCard(out, { ...card, model: basename(out), sha256, training })).path;
}
