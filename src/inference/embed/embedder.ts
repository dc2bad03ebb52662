import { openForwardThread } from '../../onnx/forward-thread.ts';
import type { Forward } from '../../onnx/open-forward.ts';
import type { Device } from '../../onnx/session.ts';
import { ModelError } from '../../utils/errors.ts';
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
   * Features of the first `rows` pictures of `planes`, float planes [batch, 3, side, side] of a whole batch.
   * @throws SessionError, ModelError, OptionError
   */
  run(planes: Float32Array, rows: number): Promise<TakenFeatures>;
  close(): Promise<void>;
}

/** @throws SourceError, ModelError, OptionError, SessionError; WorkerError where the library is not built */
export async function openEmbedder(options: BackboneOptions & { logger?: Logger | undefined }): Promise<Embedder> {
  const { logger, ...given } = options;
  const resolved = resolveBackboneOptions(given);
  const backbone = await readBackbone(resolved);
  const { device, threads } = resolved;
  const forward = await openForwardThread(backbone.source, {
    device,
    ...(threads === undefined ? {} : { threads }),
    ...(logger && { logger }),
  });
  return new ThreadEmbedder(backbone, forward);
}

class ThreadEmbedder implements Embedder {
  readonly backbone: Backbone;
  readonly device: Device;
  readonly #forward: Forward;

  constructor(backbone: Backbone, forward: Forward) {
    this.backbone = backbone;
    this.device = forward.device;
    this.#forward = forward;
  }

  async run(planes: Float32Array, rows: number): Promise<TakenFeatures> {
    const { inputName, side, batchSize, fixedBatch, take } = this.backbone;
    const batch = fixedBatch ? batchSize : rows;
    // Not a view: the thread is sent the whole memory under one.
    const data = batch * 3 * side * side === planes.length ? planes : planes.slice(0, batch * 3 * side * side);
    const inputs = new Map([[inputName, { type: 'float32' as const, dims: [batch, 3, side, side], data }]]);
    const output = (await this.#forward.run(inputs, [take.output])).get(take.output);
    if (!output) throw new ModelError(take.source, `it gave nothing for its output ${take.output}`);
    const taken = takeFeatures(output, rows, take);
    if (findUnusable(taken.features) >= 0)
      throw new ModelError(take.source, `its output ${take.output} has numbers that are infinite or none`, {
        hint: 'look at mean and std, and whether the model is whole',
      });
    return taken;
  }

  close(): Promise<void> {
    return this.#forward.release();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
