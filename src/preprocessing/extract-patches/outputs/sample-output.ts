import type { Kernels } from '../../../io/kernels/wasm-kernels.ts';
import { sha256 } from '../../../utils/hash.ts';
import type { PatchSampleOutput, PatchTask } from '../patch-job.ts';
import { type FinishedCut, LEFT_OUT, type PatchSink } from '../patch-sink.ts';
import { createSamplePacker } from '../shards/packed-samples.ts';
import { loadPatchWriter } from '../writers.ts';

/** Samples of shards, those of a job in one buffer, to be moved to another thread. */
export async function createSampleOutput(
  { geometry, slideId: slide }: PatchTask,
  { format, quality }: PatchSampleOutput,
  kernels: Kernels | undefined,
): Promise<PatchSink> {
  const { extension, createEncoder } = await loadPatchWriter(format);
  const { level, mpp, size } = geometry;
  const encoder = createEncoder({ size, quality, kernels });
  const packer = createSamplePacker();
  const pack = ({ patch, badTiles: bad, stain }: FinishedCut, bytes: Uint8Array) => {
    const { index, x, y, tissueFraction = 1, label: labels } = patch;
    const hash = sha256(bytes);
    const badTiles = bad.length;
    const description = { slide, x, y, level, mpp, size, tissueFraction, badTiles, sha256: hash, stain, labels };
    packer.add({ index, extension, bytes, description });
    return { state: 'written', bytes: bytes.length, sha256: hash } as const;
  };
  return {
    take(cut) {
      const encoded = cut.file ?? (cut.block && encoder.encode(cut.block));
      if (encoded instanceof Promise) return encoded.then((bytes) => pack(cut, bytes));
      if (encoded) return pack(cut, encoded);
      packer.skip();
      return LEFT_OUT;
    },
    supply(buffers) {
      for (const buffer of buffers) packer.supply(buffer);
    },
    pack: packer.take,
  };
}
