import { openForwardThread, type RemoteForward } from '../../onnx/forward-thread.ts';
import type { Device } from '../../onnx/session.ts';
import { ModelError, OptionError } from '../../utils/errors.ts';
import type { Logger } from '../../utils/log.ts';
import { findUnusable } from './kernels/pool-features.ts';
import { type BackboneOptions, resolveBackboneOptions } from './options.ts';
import { type Backbone, readBackbone } from './read-backbone.ts';
import { type TakenFeatures, takeFeatures } from './take-features.ts';

/** A backbone that is loaded in a thread of its own, for any number of slides. Use it for one at a time; whoever opens it closes it. */
export interface Embedder extends AsyncDisposable {
  readonly backbone: Backbone;
  readonly device: Device;
  /**
   * Features of the first `rows` pictures of `planes`, float planes [batch, 3, side, side] of a whole batch. The memory of `planes`
   * moves to the model's thread and comes back with them: the array that was given is empty from now on.
   * @throws SessionError, ModelError, OptionError
   */
  run(planes: Float32Array<ArrayBuffer>, rows: number): Promise<EmbeddedBatch>;
  close(): Promise<void>;
}

export interface EmbeddedBatch extends TakenFeatures {
  /** What was given, to be filled again. */
  readonly planes: Float32Array<ArrayBuffer>;
}

/** @throws SourceError, ModelError, OptionError, SessionError; WorkerError where the library is not built */
export async function openEmbedder(options: BackboneOptions & { logger?: Logger | undefined }): Promise<Embedder> {
  const { logger, ...given } = options;
  const resolved = resolveBackboneOptions(given);
  const backbone = await readBackbone(resolved, logger);
  const { device, threads, mode } = resolved;
  const forward = await openForwardThread(backbone.source, {
    device,
    asItStands: backbone.asItStands,
    ...(threads === undefined ? {} : { threads }),
    ...(logger && { logger }),
  });
  return new ThreadEmbedder(backbone, forward, mode === 'naive' ? [] : undefined);
}

class ThreadEmbedder implements Embedder {
  readonly backbone: Backbone;
  readonly device: Device;
  readonly #forward: RemoteForward;
  /** Of the naive way: copies of all pictures, and all outputs, as of a program that collects them in a list. */
  readonly #kept: Float32Array[] | undefined;

  constructor(backbone: Backbone, forward: RemoteForward, kept: Float32Array[] | undefined) {
    this.backbone = backbone;
    this.device = forward.device;
    this.#forward = forward;
    this.#kept = kept;
  }

  async run(given: Float32Array<ArrayBuffer>, rows: number): Promise<EmbeddedBatch> {
    const { inputName, side, batchSize, fixedBatch, take } = this.backbone;
    const batch = fixedBatch ? batchSize : rows;
    const { byteOffset, length } = given;
    const data = given.subarray(0, batch * 3 * side * side);
    if (data.length < batch * 3 * side * side)
      throw new OptionError('planes', `${batch} x 3 x ${side} x ${side} numbers`, length);
    const inputs = new Map([[inputName, { type: 'float32' as const, dims: [batch, 3, side, side], data }]]);
    const ran = await this.#forward.runMoving(inputs, [take.output]);
    const output = ran.results.get(take.output);
    const planes = new Float32Array(ran.inputs.get(inputName)?.data.buffer as ArrayBuffer, byteOffset, length);
    if (!output) throw new ModelError(take.source, `it gave nothing for its output ${take.output}`);
    const taken = takeFeatures(output, rows, take);
    this.#kept?.push(planes.slice(0, rows * 3 * side * side), output.data as Float32Array);
    if (findUnusable(taken.features) >= 0)
      throw new ModelError(take.source, `its output ${take.output} has numbers that are infinite or none`, {
        hint: 'look at mean and std, and whether the model is whole',
      });
    return { ...taken, planes };
  }

  close(): Promise<void> {
    return this.#forward.release();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
