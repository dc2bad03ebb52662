import { ModelError } from '../utils/errors.ts';
import { createInferenceModel, isForInference } from './inference-model.ts';
import { joinChunks } from './model/encode-message.ts';
import type { Tensor } from './model/tensor.ts';
import { encodeModel, type OnnxModel } from './model.ts';
import { type DeviceOptions, openModelOnDevice } from './open-on-device.ts';
import { type ModelSource, openModel } from './prepare-model.ts';
import type { Device, Session } from './session.ts';
import { writeForDevice } from './write-for-device.ts';

export interface ForwardOptions extends DeviceOptions {
  /** Trained weights and statistics in place of the file's. */
  weights?: ReadonlyMap<string, Float32Array>;
  /** Of a path: the file is known to be for inference (`isForInference`), and is not read once more to find out. */
  asItStands?: boolean;
}

/** A model that is loaded for inference. Use it from one caller at a time; a run blocks its thread. */
export interface Forward extends AsyncDisposable {
  readonly device: Device;
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  /** Outputs by name. @throws SessionError */
  run(inputs: ReadonlyMap<string, Tensor>, outputs?: readonly string[]): Promise<Map<string, Tensor>>;
  /** Gives all memory back. May be called twice. */
  release(): Promise<void>;
}

/** What onnxruntime takes as bytes. */
const MAX_BYTES = 2 ** 31 - 1;

/**
 * Loads a model for inference, with its weights inside, so that onnxruntime may arrange them for speed: that is worth up to
 * twice the speed of the same graph with weights that are fed. After new weights, open it anew.
 * @throws SourceError, ModelError, OptionError, SessionError
 */
export async function openForward(source: ModelSource, options: ForwardOptions = {}): Promise<Forward> {
  const { weights = new Map<string, Float32Array>(), asItStands = false, ...settings } = options;
  let read: Promise<OnnxModel> | undefined;
  const write = async (device: Device) => {
    const isFile = typeof source === 'string' && weights.size === 0;
    if (isFile && asItStands && device !== 'webgpu') return source;
    read ??= openModel(source);
    const model = await read;
    const written = writeForDevice(model, device);
    // Read from the file, the weights are not in memory once more while it loads.
    return isFile && written === model && isForInference(model) ? source : encodeWhole(written, weights);
  };
  return new OrtForward(await openModelOnDevice(write, { optimization: 'all', ...settings }));
}

/** A model for inference in one piece. @throws OptionError, ModelError */
function encodeWhole(model: OnnxModel, weights: ReadonlyMap<string, Float32Array>): Uint8Array {
  const chunks = encodeModel(createInferenceModel(model, weights));
  if (chunks.reduce((sum, chunk) => sum + chunk.length, 0) <= MAX_BYTES) return joinChunks(chunks);
  throw new ModelError(model.source, 'more than 2 GiB with its weights', {
    hint: 'export it first (exportModel), and run the file',
  });
}

class OrtForward implements Forward {
  readonly device: Device;
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
    this.device = session.device;
    this.inputNames = session.inputNames;
    this.outputNames = session.outputNames;
  }

  run(inputs: ReadonlyMap<string, Tensor>, outputs?: readonly string[]): Promise<Map<string, Tensor>> {
    return this.#session.run(inputs, outputs);
  }

  release(): Promise<void> {
    return this.#session.release();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.release();
  }
}
