import type { StreamedPatch } from '../../preprocessing/extract-patches/stream-patches.ts';

/** Patches for one run of a model. */
export interface PatchBatch {
  /** Planes of a whole batch, one patch after another; behind `indices.length` of them is what an earlier batch left. */
  readonly planes: Float32Array;
  /** Position of each in the plan. */
  readonly indices: readonly number[];
  /** How many have stored tiles painted white. */
  readonly whitened: number;
}

/**
 * Gathers streamed patches to batches and gives their own memory back at once. There are two buffers, filled in turn: a batch
 * holds until the one after the next is asked for, so that the next is filled while a model has this one.
 * @param patchFloats of one patch's planes
 */
export async function* fillBatches(
  patches: AsyncIterable<StreamedPatch>,
  { batchSize, patchFloats }: { readonly batchSize: number; readonly patchFloats: number },
): AsyncGenerator<PatchBatch> {
  const buffers = [0, 1].map(() => new Float32Array(batchSize * patchFloats));
  let [planes, other] = buffers as [Float32Array, Float32Array];
  let indices: number[] = [];
  let whitened = 0;
  for await (const { patch, pixels, badTiles, release } of patches) {
    planes.set(pixels, indices.length * patchFloats);
    release();
    indices.push(patch.index);
    if (badTiles > 0) whitened++;
    if (indices.length < batchSize) continue;
    yield { planes, indices, whitened };
    [planes, other] = [other, planes];
    indices = [];
    whitened = 0;
  }
  if (indices.length > 0) yield { planes, indices, whitened };
}
