import type { Kernels } from '../../../io/kernels/wasm-kernels.ts';
import { sha256 } from '../../../utils/hash.ts';
import type { PatchBytesOutput, PatchTask } from '../patch-job.ts';
import { LEFT_OUT, type PatchSink } from '../patch-sink.ts';
import { loadPatchWriter } from '../writers.ts';

/** The bytes that patch files would have, each patch's in a buffer of its own, to be moved to another thread. */
export async function createBytesOutput(
  { geometry }: PatchTask,
  { format, quality }: PatchBytesOutput,
  kernels: Kernels | undefined,
): Promise<PatchSink> {
  const { createEncoder } = await loadPatchWriter(format);
  const encoder = createEncoder({ size: geometry.size, quality, kernels });
  let collected: Uint8Array[] = [];
  const collect = (encoded: Uint8Array) => {
    // A copy: what an encoder gives lies in memory that it uses again, or in Node's pool of small buffers.
    collected.push(new Uint8Array(encoded));
    return { state: 'written', bytes: encoded.length, sha256: sha256(encoded) } as const;
  };
  return {
    take({ block, file }) {
      const encoded = file ?? (block && encoder.encode(block));
      if (!encoded) return LEFT_OUT;
      return encoded instanceof Promise ? encoded.then(collect) : collect(encoded);
    },
    flush() {
      const contents = collected;
      collected = [];
      return contents;
    },
  };
}
