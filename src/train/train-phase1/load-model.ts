import { adaptModel } from '../../onnx/adapt-model.ts';
import { hashModel } from '../../onnx/hash-model.ts';
import { joinChunks } from '../../onnx/model/encode-message.ts';
import { decodeModel, encodeModel, type OnnxModel, readModel } from '../../onnx/model.ts';
import { createModel, MODEL_NAMES, type ModelName } from '../../onnx/models.ts';
import { replaceHead } from '../../onnx/replace-head.ts';
import { OptionError, SourceError } from '../../utils/errors.ts';
import { sha256 } from '../../utils/hash.ts';
import type { Phase1Settings } from './options.ts';

export interface LoadedModel {
  /** Where it lies, if it was not made here. */
  readonly path: string | undefined;
  /** As the engine takes it. */
  readonly source: string | Uint8Array;
  readonly model: OnnxModel;
  readonly hash: string;
}

/**
 * A model by its name, made anew from the seed, or from its file, brought to opset 13 and to a batch that varies.
 * @throws SourceError, ModelError, OperatorError, OptionError
 */
export async function loadModel(settings: Phase1Settings, classCount: number): Promise<LoadedModel> {
  const { model: name, inputSize, seed, newHead, logger } = settings;
  if (isModelName(name)) {
    if (newHead) throw new OptionError('newHead', 'a model from a file', name, { hint: 'this one is new as a whole' });
    const bytes = createModel(name, { classes: classCount, width: inputSize, height: inputSize, seed });
    return { path: undefined, source: bytes, model: decodeModel(bytes, name), hash: sha256(bytes) };
  }
  const stored = await readFromFile(name);
  const model = await adaptModel(stored, { side: inputSize, logger });
  if (!newHead && model === stored) return { path: name, source: name, model, hash: await hashModel(name, stored) };
  const changed = newHead ? replaceHead(model, { classes: classCount, seed }) : model;
  const bytes = joinChunks(encodeModel(changed.message));
  return { path: name, source: bytes, model: changed, hash: sha256(bytes) };
}

async function readFromFile(name: string): Promise<OnnxModel> {
  try {
    return await readModel(name);
  } catch (error) {
    if (!(error instanceof SourceError) || /\.onnx$/i.test(name)) throw error;
    throw new OptionError('model', `one of ${MODEL_NAMES.join(', ')}, or an ONNX file`, name, { cause: error });
  }
}

function isModelName(name: string): name is ModelName {
  return (MODEL_NAMES as readonly string[]).includes(name);
}
