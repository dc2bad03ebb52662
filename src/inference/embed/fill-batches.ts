import type { StreamedPatch } from '../../preprocessing/extract-patches/stream-patches.ts';

/** Patches for one run of a model. */
export interface PatchBatch {
  /** Planes of a whole batch, one patch after another; behind `patches.length` of them is what an earlier batch left. */
  readonly planes: Float32Array<ArrayBuffer>;
  readonly patches: readonly StreamedPatch['patch'][];
  /** How many have stored tiles painted white. */
  readonly whitened: number;
  /** What became of the colours of each, where stains are normalised. */
  readonly stains: readonly NonNullable<StreamedPatch['stain']>[];
}

/**
 * Gathers streamed patches to batches and gives their own memory back at once.
 * @param takePlanes memory of a whole batch, asked for with the first patch of each: it goes with the batch
 */
export async function* fillBatches(
  patches: AsyncIterable<StreamedPatch>,
  { batchSize, takePlanes }: { readonly batchSize: number; readonly takePlanes: () => Float32Array<ArrayBuffer> },
): AsyncGenerator<PatchBatch> {
  let batch = startBatch();
  for await (const { patch, pixels, badTiles, stain, release } of patches) {
    batch.planes ??= takePlanes();
    batch.planes.set(pixels, batch.patches.length * pixels.length);
    release();
    batch.patches.push(patch);
    if (badTiles > 0) batch.whitened++;
    if (stain) batch.stains.push(stain);
    if (batch.patches.length < batchSize) continue;
    yield { ...batch, planes: batch.planes };
    batch = startBatch();
  }
  if (batch.planes) yield { ...batch, planes: batch.planes };
}

function startBatch() {
  return {
    planes: undefined as PatchBatch['planes'] | undefined,
    patches: [] as StreamedPatch['patch'][],
    stains: [] as NonNullable<StreamedPatch['stain']>[],
    whitened: 0,
  };
}
